/** The straight line: a model file to a folder with `model.so`, `model.h` and `model.json`, one call a stage. */
import { join, resolve } from "node:path";
import type { SearchRequest } from "./autotune/search-module.js";
import { logPath, type Tuned, type TuningReport, tuneModule } from "./autotune/tune-module.js";
import { type FloatError, floatError } from "./build/float-error.js";
import { importModel, modelFile } from "./build/import-model.js";
import { floatIslands } from "./build/islands.js";
import { planModule } from "./build/plan.js";
import type { BuildRequest } from "./build/request.js";
import { checkEmit, measureOf, openToolchain, type Toolchain } from "./build/toolchain.js";
import { buildShared, compileProgram, writeModel } from "./build/write.js";
import type { Context } from "./context.js";
import { createSpillingStore } from "./ir/blob/spilling-store.js";
import type { Module } from "./ir/graph/module.js";
import { callerPorts } from "./ir/graph/state.js";
import type { Kernel } from "./ir/loop/stmt.js";
import { schedulerFor } from "./ir/schedule/scheduler.js";
import { lanesFor } from "./ir/target/machine.js";
import type { Target } from "./ir/target/target.js";
import { runPipeline } from "./passes/manager.js";
import type { PlannedProgram } from "./passes/memory/program.js";
import { parsePipeline } from "./passes/pipeline.js";
import { canonicalPipeline, endingInKernels, loweredPipeline } from "./passes/presets.js";
import { type Preset, presetRecipe, type Recipe, recipeText } from "./passes/quant/recipe/recipe.js";
import { extendPipeline, namedTarget } from "./plugin.js";
import type { CalibrationSample, CalibrationSamples } from "./quantize/calibrate.js";
import { keptIntegers } from "./quantize/kept-integers.js";
import { quantizeModule } from "./quantize/quantize.js";
import { type CalibrationReport, calibrationReport } from "./quantize/report.js";
import { load, type Net } from "./runtime/index.js";
import { byDefault } from "./support/choose.js";
import { sha256OfFile } from "./support/fs.js";
import { breathe } from "./support/interrupt.js";
import { withOutputFolder } from "./support/output-folder.js";
import { withTempFolder } from "./support/temp-folder.js";

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

/** What was built, for `--json` and for people. */
export interface BuildReport {
  readonly outputPath: string;
  readonly files: readonly string[];
  readonly target: string;
  readonly arenaBytes: number;
  readonly arenaLowerBound: number;
  readonly weightBytes: number;
  readonly kernels: number;
  readonly launches: number;
  readonly seconds: Readonly<Record<string, number>>;
  /** Nodes that stay in floating point although a quantizer was asked for: op, node, reason. */
  readonly floatIslands: readonly { readonly op: string; readonly node: string; readonly reason: string }[];
  /** Float layers whose sums are not direct, with their error bounds. */
  readonly floatError: FloatError;
  /** What the schedule search did; null without one. */
  readonly tuning: TuningReport | null;
  /** What quantization was calibrated on and what it keeps of the signal; null where nothing was quantized. */
  readonly calibration: CalibrationReport | null;
}

export type { BuildRequest, CalibrationSample, CalibrationSamples, Context };

/** Compiles a model, its arithmetic kept. Errors: QC-ONNX-*, QC-IR-*, QC-LLVM-*, QC-LINK-*, QC-IO-*. */
export function compileModel(request: CompileRequest, ctx: Context): Promise<BuildReport> {
  return withOwnBlobs(ctx, async (own) => {
    const line = openLine(request, own);
    const source = await line.stage("import", () => importModel(request, own));
    const canonical = await line.stage("passes", () => line.passes(source, canonicalPipeline(request.optLevel)));
    return finish(line, canonical, { quantizer: "none" });
  });
}

/** Calibrates on the samples, quantizes, and compiles. */
export function optimizeModel(request: QuantizeRequest, ctx: Context): Promise<BuildReport> {
  return withOwnBlobs(ctx, (own) => quantizeAndCompile(request, own));
}

async function quantizeAndCompile(request: QuantizeRequest, ctx: Context): Promise<BuildReport> {
  const line = openLine(request, ctx);
  const source = await line.stage("import", () => importModel(request, ctx));
  const canonical = await line.stage("passes", () => line.passes(source, canonicalPipeline(request.optLevel)));
  const kept = keptIntegers(canonical);
  if (kept) {
    ctx.report(kept);
    return finish(line, canonical, { quantizer: "none", preprocessor: request.preprocessor });
  }
  const [{ params, paramNames }] = canonical.funcs;
  const fed = callerPorts(canonical).params;
  const samples = () =>
    request.samples(
      fed.map((at) => params[at]),
      fed.map((at) => paramNames[at]),
      canonical.states.length > 0,
    );
  const recipe = request.recipe ?? presetRecipe(request.quantizer);
  const quantized = await line.stage("calibrate", () =>
    quantizeModule(canonical, recipe, {
      ctx,
      samples,
      build: (m) => buildInMemory(line, m),
      passes: line.passes,
    }),
  );
  const facts = { quantizer: request.quantizer, preprocessor: request.preprocessor, calibrationSamples: quantized.count };
  const reports = {
    "optimization_artifacts/quantization.json": `${JSON.stringify(quantized.values, null, 2)}\n`,
    ...(request.emit?.includes("recipe") && { "recipe.json": recipeText(recipe) }),
  };
  return { ...(await finish(line, quantized.simulated, facts, reports)), calibration: calibrationReport(quantized) };
}

/** Constants of one build that stay in memory; the others wait in a temporary file. */
const BLOB_MEMORY_BYTES = 64 << 20;

/** Runs a build on constants of its own: they are gone when it ends, and take bounded memory until then. */
async function withOwnBlobs<T>(ctx: Context, build: (own: Context) => Promise<T>): Promise<T> {
  const blobs = createSpillingStore(BLOB_MEMORY_BYTES);
  try {
    return await build({ ...ctx, blobs });
  } finally {
    blobs.close();
  }
}

/** A model as the module that is lowered to kernels, and what would build it: for tools that look inside. */
export async function fuseModel(
  request: CompileRequest,
  ctx: Context,
): Promise<{ readonly module: Module; readonly tools: Toolchain }> {
  const line = openLine(request, ctx);
  return { module: await fusedSource(line), tools: line.tools };
}

/** Searches for schedules only: the log grows, nothing is built. Errors: also QC-TUNE-*. */
export async function tuneModel(
  request: CompileRequest & { readonly search: SearchRequest },
  ctx: Context,
): Promise<TuningReport> {
  const line = openLine(request, ctx);
  return (await searched(line, await fusedSource(line), request.search)).report;
}

async function fusedSource(line: Line): Promise<Module> {
  const source = await line.stage("import", () => importModel(line.request, line.ctx));
  const canonical = await line.stage("passes", () => line.passes(source, canonicalPipeline(line.request.optLevel)));
  return line.stage("passes", () => finallyLowered(line, canonical));
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

interface Line {
  readonly request: CompileRequest;
  readonly ctx: Context;
  readonly tools: Toolchain;
  readonly seconds: Record<string, number>;
  /** Runs and times one stage; an interrupt is noticed between stages. */
  stage<T>(name: string, run: () => T | Promise<T>): Promise<T>;
  /** The module after a pipeline; `assumed` facts hold without a look. */
  passes(m: Module, pipeline: string, assumed?: Parameters<typeof runPipeline>[4]): Module;
  plan(m: Module, target: Target, schedule?: (k: Kernel) => Kernel): PlannedProgram;
}

function openLine(request: CompileRequest, ctx: Context): Line {
  const tools = openToolchain(namedTarget(request.target, ctx.targets), {
    strictFloat: request.strictFloat,
    backends: ctx.backends.values(),
  });
  checkEmit(tools, request.emit ?? []);
  if (request.search) measureOf(tools);
  const seconds: Record<string, number> = {};
  return {
    request,
    ctx,
    tools,
    seconds,
    async stage(name, run) {
      request.onStage?.(name);
      await breathe();
      const start = performance.now();
      const result = await run();
      seconds[name] = (seconds[name] ?? 0) + (performance.now() - start) / 1000;
      return result;
    },
    passes: (m, pipeline, assumed) =>
      runPipeline(m, parsePipeline(extendPipeline(pipeline, ctx.plugins), ctx.passes), ctx, request.instruments, assumed),
    plan: (m, target, schedule) => {
      const scheduler = schedulerFor(ctx.schedulers, target);
      return planModule(m, ctx, schedule ?? ((k) => scheduler.schedule(k, target, byDefault).kernel));
    },
  };
}

const lowered = ({ request, passes, tools, ctx }: Line, m: Module): Module => {
  const convert = request.layout !== "NCHW" && (request.kernelLevel ?? 3) >= 3;
  const preset = () => loweredPipeline(request.optLevel, convert ? "NHWC" : "NCHW", lanesFor(tools.target, "f32"));
  return passes(m, request.passes === undefined ? preset() : endingInKernels(request.passes, ctx.passes));
};

/** The last pipeline of a build. */
function finallyLowered(line: Line, m: Module): Module {
  const kernels = lowered(line, m);
  for (const i of line.request.instruments ?? []) i.finish?.();
  return kernels;
}

/** From the canonical module to the files. */
async function finish(
  line: Line,
  canonical: Module,
  facts: Readonly<Record<string, unknown>>,
  reports: Readonly<Record<string, string>> = {},
): Promise<BuildReport> {
  const { request, ctx, tools } = line;
  const fused = await line.stage("passes", () => finallyLowered(line, canonical));
  const tuned = request.search ? await searched(line, fused, request.search) : null;
  const { program, arenaLowerBound } = await line.stage("schedule", () => line.plan(fused, tools.target, tuned?.schedule));
  const error = floatError(program, ctx);
  const code = await line.stage("emit", () => compileProgram(program, ctx.blobs, tools, request.emit));
  if (!code.built) {
    const message = `model.so is not built: no C compiler was found for target '${tools.targetText}'`;
    ctx.report({ severity: "warning", code: "QC-COMPILE-016", message, help: "apt install gcc, or set QC_CC" });
  }
  const file = modelFile(request.inputPath, ctx);
  const extra = { source: { path: resolve(file), sha256: sha256OfFile(file) }, arenaLowerBound, floatError: error, ...facts };
  const files = await line.stage("link", () =>
    withOutputFolder(request.outputPath, async (out) =>
      writeModel(program, code, tools, out, {
        emit: request.emit ?? [],
        bundle: request.bundle ?? false,
        source: { module: canonical, context: ctx },
        extra,
        reports,
      }),
    ),
  );
  return {
    outputPath: request.outputPath,
    files,
    target: tools.targetLabel,
    arenaBytes: program.arenaBytes,
    arenaLowerBound,
    weightBytes: program.weightBytes,
    kernels: program.kernels.length,
    launches: program.launches.length,
    seconds: line.seconds,
    floatIslands: facts.quantizer === "none" ? [] : floatIslands(fused, ctx),
    floatError: error,
    tuning: tuned?.report ?? null,
    calibration: null,
  };
}

/** A module compiled for the machine at hand, whatever the target, and loaded; nothing is left on disk. */
async function buildInMemory(line: Line, m: Module): Promise<Net> {
  const tools = openToolchain();
  const { program } = line.plan(lowered(line, m), tools.target);
  return withTempFolder("calibrate", async (folder) => {
    const file = join(folder, "model.so");
    buildShared(program, line.ctx.blobs, tools, file);
    return load(file);
  });
}
