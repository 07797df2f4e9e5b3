/**
 * Whole models with one schedule or another, measured launch by launch in turns. Alone a kernel finds its operands in the nearest cache, in the model what
 * the kernel before it left there.
 */
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
import { openTempFolder } from "../support/temp-folder.js";
import { planModule } from "./plan.js";
import type { Toolchain } from "./toolchain.js";
import { compileObjects } from "./write.js";

/** What one build of the model took. */
export interface BuildTimes {
  /** By workload: milliseconds of one launch, a sample a run, the mean over its launches. */
  readonly launches: ReadonlyMap<string, readonly number[]>;
  /** Milliseconds of whole runs. */
  readonly total: readonly number[];
}

export interface ModelBench {
  /** Builds the model with these schedules; returns a number for `time`. */
  add(schedule: (k: Kernel) => Kernel): Promise<number>;
  /** Runs builds in turns on so many threads. */
  time(builds: readonly number[], threads: number): Promise<readonly BuildTimes[]>;
  close(): void;
}

const LEAST_RUNS = 24;
const MOST_RUNS = 160;
const BUDGET_MS = 5000;
/** Runs in which the process lost a processor are taken again, so often. */
const RETAKES = 2;

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
  for (let take = 0; ; take++) {
    const before = process.resourceUsage().involuntaryContextSwitches;
    net.startProfile();
    net.run(inputs);
    net.stopProfile();
    if (take === RETAKES || process.resourceUsage().involuntaryContextSwitches === before)
      return net.profile().phases.map((p) => p.ns);
  }
}

interface Build {
  readonly file: string;
  /** By workload the numbers of its launches. */
  readonly launches: ReadonlyMap<string, readonly number[]>;
}

function launchesByKey(callees: readonly string[], keys: ReadonlyMap<string, string>): Build["launches"] {
  const launches = new Map<string, number[]>();
  callees.forEach((callee, i) => {
    const key = keys.get(callee) ?? "";
    launches.set(key, [...(launches.get(key) ?? []), i]);
  });
  return launches;
}

/** `keys`: the workload of every private function of the module. */
export function openModelBench(m: Module, ctx: Context, tools: Toolchain, keys: ReadonlyMap<string, string>): ModelBench {
  const folder = openTempFolder("tune-model");
  const made: Build[] = [];
  const meanMs = (run: readonly number[], of: readonly number[]): number =>
    Number((of.reduce((sum, i) => sum + run[i], 0) / of.length / 1e6).toPrecision(6));
  const sumMs = (run: readonly number[]): number => Number((run.reduce((a, b) => a + b, 0) / 1e6).toPrecision(6));
  return {
    async add(schedule) {
      await breathe();
      const { program, callees } = planModule(m, ctx, schedule);
      const { objects } = compileObjects(program, ctx.blobs, tools);
      const file = join(folder.path, `model${made.length}.so`);
      linkShared({ objects, output: file });
      return made.push({ file, launches: launchesByKey(callees, keys) }) - 1;
    },
    async time(builds, threads) {
      const nets: Net[] = [];
      try {
        for (const b of builds) nets.push(await load(made[b].file, { threads }));
        const inputs = Object.fromEntries(nets[0].inputs.map((p, i) => [p.name, drawInput(p, i + 1)]));
        for (const net of nets) net.run(inputs);
        const samples: (readonly number[])[][] = nets.map(() => []);
        const start = performance.now();
        for (let run = 0; run < MOST_RUNS && (run < LEAST_RUNS || performance.now() - start < BUDGET_MS); run++) {
          for (let i = 0; i < nets.length; i++) {
            const which = (i + run) % nets.length;
            // what the other builds left in the caches is not what a model finds that runs alone
            nets[which].run(inputs);
            samples[which].push(profiled(nets[which], inputs));
          }
          if (run % 16 === 15) await breathe();
        }
        return samples.map((runs, i) => ({
          launches: new Map([...made[builds[i]].launches].map(([key, of]) => [key, runs.map((run) => meanMs(run, of))])),
          total: runs.map(sumMs),
        }));
      } finally {
        for (const net of nets) net.close();
      }
    },
    close: folder.remove,
  };
}
