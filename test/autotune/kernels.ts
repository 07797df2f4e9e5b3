/** Small workloads for tests of the tuner, and a measurer that measures nothing. */
import type { Measurement, Measurer } from "../../src/autotune/measure.js";
import type { TuneSummary } from "../../src/autotune/progress.js";
import type { Environment, TuningRecord } from "../../src/autotune/records/record.js";
import type { ScheduleCandidate, ScheduleFor } from "../../src/autotune/schedule-space.js";
import { type TuneRequest, tune } from "../../src/autotune/session.js";
import { collectWorkloads } from "../../src/autotune/workload.js";
import { type Drawn, lowerCase } from "../../src/check/draw/op-case.js";
import type { Attrs } from "../../src/ir/attr/attr.js";
import type { LoweredGroup } from "../../src/ir/loop/lower-group.js";
import type { Kernel } from "../../src/ir/loop/stmt.js";
import { inferOp } from "../../src/ir/op/registry.js";
import { createGen } from "../../src/ir/op/sample.js";
import type { Tensor } from "../../src/ir/op/tensor.js";
import { builtinOps } from "../../src/ir/ops/index.js";
import type { Machine } from "../../src/ir/target/machine.js";
import type { DType } from "../../src/ir/type/dtype.js";
import { scheduleKernel } from "../../src/schedules/cpu/schedule.js";
import { builtinStrategies } from "../../src/search/strategies/builtin.js";
import type { StrategyMaker } from "../../src/search/strategy.js";
import { shortHash } from "../../src/support/hash.js";
import { MACHINES } from "../schedules/cpu/machines.js";

const gen = createGen(11);
export const tensor = (dtype: DType, shape: readonly number[]): Tensor => gen.tensor({ dtype, shape: [...shape], quant: null });

export interface LoweredCase {
  readonly group: LoweredGroup;
  readonly drawn: Drawn;
}

/** One op on drawn tensors, lowered; all operands but the first are constants. */
export function lowered(name: string, inputs: readonly (Tensor | null)[], attrs: Attrs): LoweredCase {
  const def = builtinOps.find((d) => d.name === name);
  if (!def) throw new Error(name);
  const done = inferOp(
    def,
    inputs.map((t) => t?.type ?? null),
    attrs,
    (code, message) => {
      throw new Error(`${code} ${message}`);
    },
  );
  const drawn = { inputs, attrs: done.attrs, types: done.types };
  return { drawn, group: lowerCase(def, drawn, (i) => i > 0) };
}

const CONV = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1, layout: "channels_last" } as const;

/** A 3x3 convolution, channels last, with a halo. */
export const conv = (dtype: DType = "f32", size = 9, from = 8, to = 40, attrs: Attrs = {}): LoweredCase =>
  lowered("conv", [tensor(dtype, [1, size, size, from]), tensor(dtype, [to, 3, 3, from]), null], { ...CONV, ...attrs });

/** Sums in tiles, never by Winograd's algorithm, whose schedules take long to make. */
export const strided = (): LoweredCase => conv("f32", 9, 8, 40, { strides: [2, 2] });

export const kernels = (): readonly Kernel[] => [
  strided().group.kernel,
  conv("f32", 6, 4, 16, { strides: [2, 2] }).group.kernel,
  lowered("softmax", [tensor("f32", [4, 50])], { axis: 1 }).group.kernel,
];

export const HERE: Environment = { target: "llvm x86_64 test", cpu: "a processor", toolchain: { qc: "0.1.0", llvm: "19.1.7" } };
export const MACHINE = MACHINES.avx2;
export const scheduleOn =
  (machine: Machine): ScheduleFor =>
  (kernel, choose) =>
    scheduleKernel(kernel, machine, choose);

/** Times that are a function of the schedule alone. */
export const fakeMs = (c: ScheduleCandidate): number =>
  1 + (Number.parseInt(shortHash(JSON.stringify(c.steps), 6), 16) % 1000) / 1000;

export const strategyNamed = (name: string): StrategyMaker =>
  builtinStrategies.find((s) => s.name === name) ??
  (() => {
    throw new Error(name);
  })();

export type FakeResult = (c: ScheduleCandidate) => Partial<Measurement>;

/** A measurer that makes results up; it notes what it was asked for. */
export function fakeMeasurer(result: FakeResult = () => ({})): Measurer & { readonly asked: string[] } {
  let standardMs = 1;
  const asked: string[] = [];
  const made = (c: ScheduleCandidate): Measurement => ({
    code: shortHash(`code of ${c.key}`, 12),
    isDuplicate: false,
    ms: [fakeMs(c), fakeMs(c)],
    baselineMs: [standardMs, standardMs],
    error: null,
    ...result(c),
  });
  return {
    asked,
    async open(_w, standard) {
      standardMs = fakeMs(standard);
      return made(standard);
    },
    async measure(w, candidates) {
      asked.push(...candidates.map((c) => `${w.key} ${c.key}`));
      return candidates.map(made);
    },
    close: () => undefined,
  };
}

export interface FakeRun {
  readonly summary: TuneSummary;
  readonly records: readonly TuningRecord[];
  readonly asked: readonly string[];
}

/** A whole search on made-up times. */
export async function fakeTune(
  request: Partial<TuneRequest> & { readonly iterations: number },
  result?: FakeResult,
  of: readonly Kernel[] = kernels(),
): Promise<FakeRun> {
  const measurer = fakeMeasurer(result);
  const records: TuningRecord[] = [];
  let clock = 0;
  const summary = await tune({
    workloads: collectWorkloads(of, HERE.target),
    schedule: scheduleOn(MACHINE),
    environment: HERE,
    measurer,
    prior: [],
    record: (r) => records.push(r),
    seed: 1,
    strategy: strategyNamed("model"),
    session: "test",
    now: () => new Date(1e12 + 1000 * clock++),
    ...request,
  });
  return { summary, records, asked: measurer.asked };
}
