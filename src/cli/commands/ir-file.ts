/** What the commands on IR text read and write. */
import type { Context } from "../../context.js";
import type { Module } from "../../ir/graph/module.js";
import type { StatePair } from "../../ir/graph/state.js";
import type { ParsedText } from "../../ir/text/parse-module.js";
import { failUsage } from "../../support/diag.js";
import { isDevice, writeFileAtomic } from "../../support/fs.js";
import type { Io } from "../options/command.js";
import { text } from "../options/option.js";
import { refuseInputs } from "../options/output.js";
import { type InputShape, inputShapes } from "../options/shapes.js";

export const IR_FILE = { name: "FILE", doc: "a .qc text, or a model, which is imported", required: true } as const;

export const outputFile = () =>
  text("file for the result; weights go beside it into a .qcw file", { aliases: ["-o"], value: "FILE.qc" });
export const modelShapes = () => inputShapes("sizes of the inputs, where a model leaves them open");

/** The text or imported model of a file. QC-IO-003 where it does not exist, QC-FORMAT-* for other kinds of files. */
export async function readIr(
  file: string,
  ctx: Context,
  shapes: readonly InputShape[],
  states: readonly StatePair[] = [],
): Promise<ParsedText> {
  const { frontendOf } = await import("../../frontends/detect.js");
  const { irText } = await import("../../frontends/ir-text/frontend.js");
  const frontend = frontendOf(file, ctx.frontends);
  if (frontend !== irText) {
    const { requestShapes } = await import("./build-options.js");
    return { module: frontend.import(file, ctx, { shapes: requestShapes(shapes, []), states }), kernels: [] };
  }
  const { readIrFile } = await import("../../ir/text/file.js");
  const { declareStates } = await import("../../ir/graph/state.js");
  const { module, kernels } = readIrFile(file, ctx);
  return { module: module && declareStates(module, states), kernels };
}

/** The module of a file. QC-CLI-041 where it holds none. */
export async function readModule(
  file: string,
  ctx: Context,
  shapes: readonly InputShape[],
  states: readonly StatePair[] = [],
): Promise<Module> {
  const { module } = await readIr(file, ctx, shapes, states);
  return module ?? failUsage("QC-CLI-041", `'${file}' holds no function`, "func @main(%x: f32[4]) -> f32[4] { return %x }");
}

/** QC-CLI-057 for a file that is not named as IR text is, 056 for the one that is read; devices are taken. */
export function checkIrOutput(output: string | undefined, input: string): void {
  if (output === undefined || isDevice(output)) return;
  if (!/\.qc$/i.test(output)) failUsage("QC-CLI-057", `'${output}' is not named as IR text is`, `-o ${output}.qc`);
  refuseInputs(output, [input]);
}

/** Writes the module to a file with its weights, or prints it, to a device too; then constants that stand in no file are noted. */
export async function writeIr(m: Module, ctx: Context, output: string | undefined, locs: boolean, io: Io): Promise<void> {
  const { blobsBeside, printModule } = await import("../../ir/text/print-module.js");
  if (output !== undefined && !isDevice(output)) {
    const { writeIrFile } = await import("../../ir/text/file.js");
    const written = writeIrFile(output, m, ctx, { locs });
    io.result(written, () => `wrote ${written.file}${written.weights ? ` and ${written.weights}` : ""}`);
    return;
  }
  const left = blobsBeside(m, ctx.blobs).length;
  const shown = printModule(m, ctx, { locs });
  if (output === undefined) io.result({ text: shown, blobs: left }, () => shown);
  else writeFileAtomic(output, shown);
  if (left)
    io.note(
      `remark QC-CLI-042: ${left} large constant${left === 1 ? " is" : "s are"} named by content only; -o FILE.qc writes them too`,
    );
}
