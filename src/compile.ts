/** The straight line: a model file to a folder with `model.so`, `model.h` and `model.json`, one call a stage. */
import type { SearchRequest } from "./autotune/search-workloads.js";
import { logPath } from "./autotune/site.js";
import { type Tuned, type TuningReport, tuneModule } from "./autotune/tune.js";
import type { BuildFacts } from "./build/describe.js";
import { type BuildReport, finishBuild } from "./build/finish.js";
import { modelFile } from "./build/import-model.js";
import { buildInMemory } from "./build/in-memory.js";
import { type Line, openLine, withLine } from "./build/line.js";
import type { BuildRequest } from "./build/request.js";
import { measureOf, type Toolchain } from "./build/toolchain.js";
import type { Context } from "./context.js";
import { preprocessorFacts } from "./data/sample.js";
import type { Module } from "./ir/graph/module.js";
import { callerPorts } from "./ir/graph/state.js";
import { type Preset, presetRecipe, type Recipe, recipeText } from "./passes/quant/recipe/recipe.js";
import type { CalibrationSample, CalibrationSamples } from "./quantize/calibrate.js";
import { keptIntegers } from "./quantize/kept-integers.js";
import { quantizeModule } from "./quantize/quantize.js";
import { type CalibrationReport, calibrationReport } from "./quantize/report.js";

/** What a compilation is asked for; everything but the paths has a default. */
export interface CompileRequest extends BuildRequest {
  /** Looks for faster schedules, or takes those found before; absent: the default schedules. */
  readonly search?: SearchRequest;
}

export interface QuantizeRequest extends CompileRequest {
  /** What decides about every tensor, where no recipe is given. */
  readonly quantizer: Preset;
  /** Decisions by op, node and tensor. */
  readonly recipe?: Recipe;
  /** Opens the stream; called once for each pass over the data. */
  readonly samples: (inputs: Module["funcs"][0]["params"], names: readonly string[], hasState: boolean) => CalibrationSamples;
  /** How the samples became inputs; kept in model.json as the default of `qc run` and `qc evaluate`. */
  readonly preprocessor?: string;
}

export interface TuneRequest extends CompileRequest {
  readonly search: SearchRequest;
}

export interface CompileReport extends BuildReport {
  /** What the schedule search did; null without one. */
  readonly tuning: TuningReport | null;
  /** What quantization was calibrated on and what it keeps of the signal; null where nothing was quantized. */
  readonly calibration: CalibrationReport | null;
}

export type { BuildRequest, CalibrationSample, CalibrationSamples, Context };

/** Compiles a model, its arithmetic kept. Errors: QC-ONNX-*, QC-IR-*, QC-LLVM-*, QC-LINK-*, QC-IO-*. */
export function compileModel(request: CompileRequest, ctx: Context): Promise<CompileReport> {
  return withLine(request, ctx, async (line) => {
    checkSearch(line, request);
    return finish(line, request, await line.canonical(), { quantizer: "none" });
  });
}

/** Calibrates on the samples, quantizes, and compiles. Errors: also QC-QUANT-*. */
export function optimizeModel(request: QuantizeRequest, ctx: Context): Promise<CompileReport> {
  const { quantizer, recipe = presetRecipe(quantizer) } = request;
  return withLine(request, ctx, async (line) => {
    checkSearch(line, request);
    const preprocessor = preprocessorFacts(request.preprocessor);
    const canonical = await line.canonical();
    const kept = keptIntegers(canonical);
    if (kept) {
      ctx.report(kept);
      return finish(line, request, canonical, { quantizer: "none", ...preprocessor });
    }
    const samples = () => request.samples(...fedPorts(canonical));
    const quantized = await line.stage("calibrate", () =>
      quantizeModule(canonical, recipe, { ctx: line.ctx, samples, build: (m) => buildInMemory(line, m), passes: line.passes }),
    );
    const facts = { quantizer, ...preprocessor, calibrationSamples: quantized.count };
    const reports = {
      "optimization_artifacts/quantization.json": `${JSON.stringify(quantized.values, null, 2)}\n`,
      ...(request.emit?.includes("recipe") && { "recipe.json": recipeText(recipe) }),
    };
    return { ...(await finish(line, request, quantized.simulated, facts, reports)), calibration: calibrationReport(quantized) };
  });
}

/** What samples feed: the parameters that are no state, their names, and whether there is state. */
function fedPorts(m: Module): Parameters<QuantizeRequest["samples"]> {
  const [{ params, paramNames }] = m.funcs;
  const fed = callerPorts(m).params;
  return [fed.map((at) => params[at]), fed.map((at) => paramNames[at]), m.states.length > 0];
}

/** Searches for schedules only: the log grows, nothing is built. Errors: also QC-TUNE-*. */
export function tuneModel(request: TuneRequest, ctx: Context): Promise<TuningReport> {
  return withLine(request, ctx, async (line) => {
    checkSearch(line, request);
    return (await searched(line, await fusedSource(line), request.search)).report;
  });
}

/** A model as the module that is lowered to kernels, and what would build it: for tools that look inside. */
export async function fuseModel(
  request: CompileRequest,
  ctx: Context,
): Promise<{ readonly module: Module; readonly tools: Toolchain }> {
  const line = openLine(request, ctx);
  return { module: await fusedSource(line), tools: line.tools };
}

async function fusedSource(line: Line): Promise<Module> {
  const canonical = await line.canonical();
  return line.lowerFinally(canonical);
}

/** Before any work is done: a search that the target cannot have is refused. */
function checkSearch({ tools }: Line, { search }: CompileRequest): void {
  if (search) measureOf(tools);
}

const searched = (line: Line, fused: Module, search: SearchRequest): Promise<Tuned> =>
  line.stage("tune", () =>
    tuneModule(
      fused,
      line.ctx,
      line.tools,
      logPath(line.request.outputPath, modelFile(line.request.inputPath, line.ctx)),
      search,
    ),
  );

/** From the canonical module to the files. */
async function finish(
  line: Line,
  { search }: CompileRequest,
  canonical: Module,
  facts: BuildFacts,
  reports: Readonly<Record<string, string>> = {},
): Promise<CompileReport> {
  const fused = await line.lowerFinally(canonical);
  const tuned = search ? await searched(line, fused, search) : null;
  const report = await finishBuild(line, fused, { canonical, schedule: tuned?.schedule, facts, reports });
  return { ...report, tuning: tuned?.report ?? null, calibration: null };
}
