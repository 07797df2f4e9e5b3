import { QcError } from "../../support/diag.js";
import { defineCommand } from "../options/command.js";
import { plugins as pluginOption } from "../options/leip.js";
import { contextWith } from "./context-with.js";
import { IR_FILE, modelShapes, readIr } from "./ir-file.js";

export const verify = defineCommand({
  name: "verify",
  summary: "checks IR text: exit code 0 where it is well formed, 1 where it is not",
  description:
    "Reads IR text or a model and checks it: names, the order of definitions, every type against what the op infers, calls, the sizes and " +
    "checksums of weights, quantization parameters. Prints every violation.",
  examples: [
    ["qc verify model.qc", "one line where all is well; else every violation, with line and column where the text is at fault"],
    ["qc verify model.onnx --json", "for programs"],
  ],
  operands: [IR_FILE],
  options: { inputShapes: modelShapes(), plugin: pluginOption() },
  async run(args, io) {
    const ctx = await contextWith(args.plugin, io);
    const { verifyModule } = await import("../../ir/op/verify.js");
    const [file] = args.operands;
    const { module, kernels } = await readIr(file, ctx, args.inputShapes);
    const diags = module ? verifyModule(module, ctx.ops, ctx.blobs) : [];
    if (diags.length) throw new QcError(diags);
    const found = {
      functions: module?.funcs.length ?? 0,
      nodes: module?.funcs.reduce((n, f) => n + f.body.length, 0) ?? 0,
      constants: Object.keys(module?.consts ?? {}).length,
      kernels: kernels.length,
    };
    io.result({ file, ok: true, ...found }, () => {
      const counted = Object.entries(found).filter(([, n]) => n > 0);
      return `${file}: well formed: ${counted.map(([what, n]) => `${n} ${n === 1 ? what.slice(0, -1) : what}`).join(", ") || "empty"}`;
    });
  },
});
