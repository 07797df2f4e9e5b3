/** What the stages of one build share: the request, the tools, constants of its own, and the time each stage took. */
import type { Context } from "../context.js";
import { createSpillingStore } from "../ir/blob/spilling-store.js";
import type { Module } from "../ir/graph/module.js";
import type { Kernel } from "../ir/loop/stmt.js";
import { schedulerFor } from "../ir/schedule/scheduler.js";
import { lanesFor } from "../ir/target/machine.js";
import type { Target } from "../ir/target/target.js";
import { runPipeline } from "../passes/manager.js";
import type { PlannedProgram } from "../passes/memory/program.js";
import { parsePipeline } from "../passes/pipeline.js";
import { canonicalPipeline, endingInKernels, loweredPipeline } from "../passes/presets.js";
import { extendPipeline, namedTarget } from "../plugin.js";
import { byDefault } from "../support/choose.js";
import { breathe } from "../support/interrupt.js";
import { reportUnchecked } from "./checked-plugins.js";
import { importModel } from "./import-model.js";
import { planModule } from "./plan.js";
import type { BuildRequest } from "./request.js";
import { checkEmit, openToolchain, type Toolchain } from "./toolchain.js";

export interface Line {
  readonly request: BuildRequest;
  readonly ctx: Context;
  readonly tools: Toolchain;
  /** By stage. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Runs and times one stage; an interrupt is noticed between stages. */
  stage<T>(name: string, run: () => T | Promise<T>): Promise<T>;
  /** The module after a pipeline; `assumed` facts hold without a look. */
  passes(m: Module, pipeline: string, assumed?: Parameters<typeof runPipeline>[4]): Module;
  /** The model, imported and canonical. */
  canonical(): Promise<Module>;
  /** A canonical module, quantized or not, as one that consists of kernels. */
  lower(m: Module): Module;
  /** The same for the module that is built: the last pipeline of a build. */
  lowerFinally(m: Module): Promise<Module>;
  /** A program of scheduled kernels; by the default schedules of the target unless given. */
  plan(m: Module, target: Target, schedule?: (k: Kernel) => Kernel): PlannedProgram;
}

/** Constants of one build that stay in memory; the others wait in a temporary file. */
const BLOB_MEMORY_BYTES = 64 << 20;

/** Runs a build on constants of its own: they are gone when it ends, and take bounded memory until then. Errors: those of the toolchain. */
export async function withLine<T>(request: BuildRequest, ctx: Context, build: (line: Line) => Promise<T>): Promise<T> {
  const blobs = createSpillingStore(BLOB_MEMORY_BYTES);
  try {
    const line = openLine(request, { ...ctx, blobs });
    for (const d of line.tools.engine.ready({ bundle: request.bundle ?? false })) {
      if (!ctx.diags.some((said) => said.message === d.message)) ctx.report(d);
    }
    return await build(line);
  } finally {
    blobs.close();
  }
}

/** A line on the constants of its context: they live as long as that. */
export function openLine(request: BuildRequest, ctx: Context): Line {
  const options = { strictFloat: request.strictFloat, backends: ctx.backends.values() };
  const tools = openToolchain(namedTarget(request.target, ctx.targets), options);
  checkEmit(tools, request.emit ?? []);
  const seconds: Record<string, number> = {};
  const stage: Line["stage"] = async (name, run) => {
    request.onStage?.(name);
    await breathe();
    const start = performance.now();
    const result = await run();
    seconds[name] = (seconds[name] ?? 0) + (performance.now() - start) / 1000;
    return result;
  };
  const passes: Line["passes"] = (m, pipeline, assumed) =>
    runPipeline(m, parsePipeline(extendPipeline(pipeline, ctx.plugins), ctx.passes), ctx, request.instruments, assumed);
  const lower: Line["lower"] = (m) => {
    const converts = request.layout !== "NCHW" && (request.kernelLevel ?? 3) >= 3;
    const preset = () => loweredPipeline(request.optLevel, converts ? "NHWC" : "NCHW", lanesFor(tools.target, "f32"));
    return passes(m, request.passes === undefined ? preset() : endingInKernels(request.passes, ctx.passes));
  };
  return {
    ...{ request, ctx, tools, seconds, stage, passes },
    async canonical() {
      const source = await stage("import", () => importModel(request, ctx));
      return stage("passes", () => passes(source, canonicalPipeline(request.optLevel)));
    },
    lower,
    lowerFinally: (m) =>
      stage("passes", () => {
        const kernels = lower(m);
        reportUnchecked(kernels, ctx);
        for (const i of request.instruments ?? []) i.finish?.();
        return kernels;
      }),
    plan(m, target, schedule) {
      const scheduler = schedulerFor(ctx.schedulers, target);
      return planModule(m, ctx, schedule ?? ((k) => scheduler.schedule(k, target, byDefault).kernel));
    },
  };
}
