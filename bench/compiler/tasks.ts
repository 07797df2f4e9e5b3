/** What the compiler does to a module, stage by stage, each ready to be timed on its own. */

import { kernelSource } from "../../src/backends/js/run-kernel.js";
import { emitProgram } from "../../src/backends/llvm/build.js";
import { planModule } from "../../src/build/plan.js";
import { openToolchain } from "../../src/build/toolchain.js";
import type { Context } from "../../src/context.js";
import type { Module } from "../../src/ir/graph/module.js";
import type { Kernel } from "../../src/ir/loop/stmt.js";
import { assertValid } from "../../src/ir/op/verify.js";
import { applySteps } from "../../src/ir/schedule/apply.js";
import { parseModule } from "../../src/ir/text/parse-module.js";
import { printModule } from "../../src/ir/text/print-module.js";
import { planArena } from "../../src/passes/memory/arena.js";
import { parsePipeline } from "../../src/passes/pipeline.js";
import { canonicalPipeline, loweredPipeline } from "../../src/passes/presets.js";
import { observedNetwork } from "../../src/passes/quant/observed-network.js";
import { withObservers } from "../../src/passes/quant/observers.js";
import { presetRecipe } from "../../src/passes/quant/recipe/recipe.js";
import { scheduleKernel } from "../../src/schedules/cpu/schedule.js";
import { plainScheduler } from "../../src/schedules/plain/scheduler.js";
import { byDefault } from "../../src/support/choose.js";
import type { Model } from "../networks/model-builder.js";
import { importModel } from "./operands.js";

export interface Task {
  readonly name: string;
  run(): unknown;
}

/**
 * Text there and back, the verifier, observation, and every pass of a quantized build on the module that reaches it. One after another:
 * a task keeps its own module alive and no other, so that the collector's work does not grow with what was timed before.
 */
export function* graphTasks(m: Module, ctx: Context): Generator<Task> {
  const options = { locs: true, inlineElements: 16 };
  yield { name: "print", run: () => printModule(m, ctx, options) };
  const text = printModule(m, ctx, options);
  yield { name: "parse", run: () => parseModule(text, "bench.qc", ctx) };
  yield { name: "verify", run: () => assertValid(m, ctx.ops, ctx.blobs) };
  const canonical = yield* passTasks(m, canonicalPipeline(), "canonical", ctx);
  yield* passTasks(canonical, loweredPipeline(), "float", ctx);
  const recipe = presetRecipe("symmetricpc");
  yield { name: "observe", run: () => observedNetwork(canonical, ctx, recipe) };
  const seen = { min: -1, max: 1, power: 1, samples: 1, calibrator: "min-max", data: [] };
  const statistics = new Map(observedNetwork(canonical, ctx, recipe).points.map(({ id }) => [id, seen]));
  const observed = withObservers(canonical, statistics);
  const lowered = yield* passTasks(observed, `fake-quant{quantizer=symmetricpc},${loweredPipeline()}`, "int8", ctx);
  yield { name: "verify lowered", run: () => assertValid(lowered, ctx.ops, ctx.blobs) };
}

function* passTasks(from: Module, pipeline: string, prefix: string, ctx: Context): Generator<Task, Module> {
  let current = from;
  for (const [i, { pass, options }] of parsePipeline(pipeline, ctx.passes).entries()) {
    const input = current;
    const run = () => pass.run(input, ctx, options as never);
    yield { name: `${prefix} ${i + 1} ${pass.name}`, run };
    current = run();
  }
  return current;
}

/** The module as kernels: passes done. */
export function loweredModule(m: Module, ctx: Context): Module {
  const pipeline = parsePipeline(`${canonicalPipeline()},${loweredPipeline()}`, ctx.passes);
  return pipeline.reduce((current, { pass, options }) => pass.run(current, ctx, options as never), m);
}

const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, t) => sum + t.length, 0);

/** Lowering with scheduling, the schedule alone, replay of its steps, and the program as text of every backend: its length. */
export function kernelTasks(m: Module, ctx: Context): readonly Task[] {
  const tools = openToolchain();
  const { target } = tools;
  const kernels: Kernel[] = [];
  const lowered = loweredModule(m, ctx);
  const plan = () => planModule(lowered, ctx, (k) => scheduleKernel(k, target).kernel);
  const { program } = planModule(lowered, ctx, (k) => {
    kernels.push(k);
    return scheduleKernel(k, target).kernel;
  });
  const recorded = kernels.map((kernel) => ({ kernel, steps: scheduleKernel(kernel, target).steps }));
  const options = { producer: tools.producer };
  const c = openToolchain("c");
  const plain = planModule(lowered, ctx, (k) => plainScheduler.schedule(k, c.target, byDefault).kernel).program;
  return [
    { name: "lower, schedule and place", run: plan },
    { name: "choose schedules", run: () => kernels.map((k) => scheduleKernel(k, target)) },
    { name: "replay schedules", run: () => recorded.map(({ kernel, steps }) => applySteps(kernel, steps)) },
    { name: "LLVM text", run: () => emitProgram(program, ctx.blobs, target, options).length },
    { name: "C text", run: () => lengthOf(c.engine.emit(plain, ctx.blobs, options).texts.flatMap((t) => [...t.pieces()])) },
    { name: "JavaScript text", run: () => lengthOf(program.kernels.map((k) => kernelSource(k))) },
  ];
}

/** What a model costs that grows in operands: from the file to the text of every backend. */
export function* operandTasks(model: Model, ctx: Context): Generator<Task> {
  yield { name: "import", run: () => importModel(model, ctx) };
  const m = importModel(model, ctx);
  yield* graphTasks(m, ctx);
  yield* kernelTasks(m, ctx);
}

/** The arena planner on `count` buffers, of which a few (`depth`) or all (`depth` = count) are alive at once. */
export function arenaTask(name: string, count: number, depth: number): Task {
  const intervals = Array.from({ length: count }, (_, i) => ({
    bytes: 64 * (1 + ((i * 7919) % 61)),
    first: i,
    last: Math.min(count, i + 1 + ((i * 31) % depth)),
  }));
  return { name, run: () => planArena(intervals) };
}

/** Least milliseconds of processor time of several runs: unlike time on the clock, it does not grow where other jobs share the machine. */
export function leastMs(task: Task, times: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const before = process.cpuUsage();
    task.run();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}
