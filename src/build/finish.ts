import type { Module } from "../ir/graph/module.js";
import type { Kernel } from "../ir/loop/stmt.js";
import { archHere } from "../ir/target/arch.js";
import type { FloatError } from "../runtime/model-record.js";
import { withOutputFolder } from "../support/output-folder.js";
import { type BuildFacts, sourceOf } from "./describe.js";
import { floatError } from "./float-error.js";
import { modelFile } from "./import-model.js";
import { type FloatIsland, floatIslands } from "./islands.js";
import type { Line } from "./line.js";
import { compileProgram, writeModel } from "./write.js";

/** What was built, for `--json` and for people. */
export interface BuildReport {
  readonly outputPath: string;
  readonly files: readonly string[];
  /** For people: names the processor where the target leaves it to the host. */
  readonly target: string;
  /** Whether this machine's processor is of the architecture that was built for. */
  readonly runsHere: boolean;
  readonly inputs: readonly { readonly name: string }[];
  readonly outputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly arenaBytes: number;
  readonly arenaLowerBound: number;
  readonly weightBytes: number;
  readonly kernels: number;
  readonly launches: number;
  /** By stage. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Nodes that stay in floating point although a quantizer was asked for: op, node, reason. */
  readonly floatIslands: readonly FloatIsland[];
  /** Float layers whose sums are not direct, with their error bounds. */
  readonly floatError: FloatError;
}

export interface Finish {
  /** What `--emit qc` keeps. */
  readonly canonical: Module;
  /** Of recorded schedules; else the target's default ones. */
  readonly schedule?: (k: Kernel) => Kernel;
  readonly facts: BuildFacts;
  /** Further text files by name. */
  readonly reports?: Readonly<Record<string, string>>;
}

/** From a module of kernels to the files of the output folder. Errors: QC-LLVM-*, QC-LINK-*, QC-IO-*. */
export async function finishBuild(
  line: Line,
  fused: Module,
  { canonical, schedule, facts, reports = {} }: Finish,
): Promise<BuildReport> {
  const { request, ctx, tools } = line;
  const { program, arenaLowerBound } = await line.stage("schedule", () => line.plan(fused, tools.target, schedule));
  const error = floatError(program, ctx);
  const code = await line.stage("emit", () => compileProgram(program, ctx.blobs, tools, request.emit));
  if (!code.built) {
    const message = `model.so is not built: no C compiler was found for target '${tools.targetText}'`;
    ctx.report({ severity: "warning", code: "QC-COMPILE-016", message, help: "apt install gcc, or set QC_CC" });
  }
  const source = sourceOf(modelFile(request.inputPath, ctx), request.outputPath);
  const { emit = [], bundle = false } = request;
  const findings = { source, arenaLowerBound, floatError: error };
  const what = { emit, bundle, reports, facts, findings, source: { module: canonical, context: ctx } };
  const files = await line.stage("link", () =>
    withOutputFolder(request.outputPath, async (out) => writeModel(program, code, tools, out, what)),
  );
  return {
    outputPath: request.outputPath,
    files,
    target: tools.targetLabel,
    runsHere: tools.target.arch === archHere() || tools.target.arch === "portable",
    inputs: program.inputs.map(({ name }) => ({ name })),
    outputs: program.outputs.map(({ name, type }) => ({ name, shape: type.shape as readonly number[] })),
    arenaBytes: program.arenaBytes,
    arenaLowerBound,
    weightBytes: program.weightBytes,
    kernels: program.kernels.length,
    launches: program.launches.length,
    seconds: line.seconds,
    floatIslands: facts.quantizer === "none" ? [] : floatIslands(fused, ctx),
    floatError: error,
  };
}
