/**
 * The last measurement of a search: the whole model with the best schedules against the whole model with the default ones, launch by launch, in turns.
 * Alone a kernel finds its operands in the nearest cache, in the model what the kernel before it left there; only what is faster in both is used.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "../autotune/random.js";
import { linkShared } from "../backends/llvm/libllvm/link.js";
import type { Context } from "../context.js";
import type { Module } from "../ir/graph/module.js";
import type { Kernel } from "../ir/loop/stmt.js";
import { emptyData, type TypedArray } from "../ir/op/tensor.js";
import { isFloat } from "../ir/type/dtype.js";
import { numElements } from "../ir/type/tensor-type.js";
import { load, type Net } from "../runtime/index.js";
import { breathe } from "../support/interrupt.js";
import { planModule } from "./plan.js";
import type { Toolchain } from "./toolchain.js";
import { compileObjects } from "./write.js";

export interface ContextTimes {
  /** Milliseconds of one launch of the workload, a sample a run. */
  readonly ms: readonly number[];
  readonly baselineMs: readonly number[];
}

const LEAST_RUNS = 12;
const MOST_RUNS = 120;
const BUDGET_MS = 4000;

/** Builds a module for the machine at hand and loads it, on one thread. */
async function build(m: Module, ctx: Context, tools: Toolchain, schedule: (k: Kernel) => Kernel): Promise<Net> {
  const { program } = planModule(m, ctx, schedule);
  const { objects } = compileObjects(program, ctx.blobs, tools);
  const folder = mkdtempSync(join(tmpdir(), "qc-tune-model-"));
  try {
    const file = join(folder, "model.so");
    linkShared({ objects, output: file });
    return await load(file, { threads: 1 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Floats in [-1, 1), 8-bit codes, zeros for wider integers, which are often indices. */
function drawInput({ dtype, shape }: Net["inputs"][number], seed: number): TypedArray {
  const random = createRandom(seed);
  const data = emptyData(dtype, numElements(shape));
  const draw = (): number =>
    dtype === "f32" || dtype === "f64" ? 2 * random.next() - 1 : dtype === "u8" ? random.below(256) : random.below(256) - 128;
  if (dtype === "u8" || dtype === "i8" || (isFloat(dtype) && dtype !== "f16" && dtype !== "bf16"))
    for (let i = 0; i < data.length; i++) data[i] = draw() as never;
  return data;
}

/** Nanoseconds of every launch in one run. */
function profiled(net: Net, inputs: Readonly<Record<string, TypedArray>>): readonly number[] {
  net.startProfile();
  net.run(inputs);
  net.stopProfile();
  return net.profile().phases.map((p) => p.ns);
}

/**
 * Times of the workloads in `keys` (one for each launch of the module, in order) under `tuned` schedules against `standard` ones. A workload's sample is the
 * mean over its launches in one run.
 */
export async function timeInContext(
  m: Module,
  ctx: Context,
  tools: Toolchain,
  keys: readonly string[],
  standard: (k: Kernel) => Kernel,
  tuned: (k: Kernel) => Kernel,
): Promise<ReadonlyMap<string, ContextTimes>> {
  const nets = [await build(m, ctx, tools, standard)];
  try {
    await breathe();
    nets.push(await build(m, ctx, tools, tuned));
    const inputs = Object.fromEntries(nets[0].inputs.map((p, i) => [p.name, drawInput(p, i + 1)]));
    for (const net of nets) net.run(inputs);
    const samples: (readonly number[])[][] = [[], []];
    const start = performance.now();
    for (let run = 0; run < MOST_RUNS && (run < LEAST_RUNS || performance.now() - start < BUDGET_MS); run++) {
      for (const which of run % 2 ? [1, 0] : [0, 1]) samples[which].push(profiled(nets[which], inputs));
      if (run % 16 === 15) await breathe();
    }
    const launches = new Map<string, number[]>();
    keys.forEach((key, i) => launches.set(key, [...(launches.get(key) ?? []), i]));
    const meanMs = (run: readonly number[], of: readonly number[]) =>
      Number((of.reduce((sum, i) => sum + run[i], 0) / of.length / 1e6).toPrecision(6));
    return new Map(
      [...launches].map(([key, of]) => [
        key,
        { ms: samples[1].map((run) => meanMs(run, of)), baselineMs: samples[0].map((run) => meanMs(run, of)) },
      ]),
    );
  } finally {
    for (const net of nets) net.close();
  }
}
