/** The worker's side of a measurement: builds candidates of one workload, checks them, times them in turns with the default. */

import {
  type KernelCode,
  type LoadedKernels,
  type Measure,
  type NativeKernel,
  PARALLEL_WORK,
  type Pool,
} from "../../backends/backend.js";
import type { Toolchain } from "../../build/toolchain.js";
import { costOf } from "../../ir/loop/cost.js";
import type { Kernel } from "../../ir/loop/stmt.js";
import { verifyKernel } from "../../ir/loop/verify.js";
import { applySteps } from "../../ir/schedule/apply.js";
import type { Step } from "../../ir/schedule/step.js";
import { QcError } from "../../support/diag.js";
import type { Measurement } from "../measure.js";
import type { RecordedError } from "../records/record.js";
import { timeRatio } from "../statistics.js";
import { differenceOf, drawOperands } from "./data.js";
import { bytesOf, createOperands, type Operands } from "./operands.js";
import type { MeasureMessage, OpenMessage, PhaseMessage } from "./protocol.js";

/** Says what comes next; resolves when the other side has been told, so that a crash is put down to the right candidate. */
export type Announce = (phase: Omit<PhaseMessage, "k">) => Promise<void>;

/** What a worker process opens once. */
export interface WorkerTools extends Toolchain {
  readonly native: Measure;
  /** Null where kernels run on one thread. */
  readonly pool: Pool | null;
}

/** A workload with everything candidates need: inputs, constants, right results, the default ready to run. */
export interface Bench {
  readonly kernel: Kernel;
  readonly bytes: number;
  readonly standard: Measurement;
  measure(message: MeasureMessage, announce: Announce): Promise<readonly Measurement[]>;
  close(): void;
}

/** Least time of one sample, so that the clock's resolution does not matter. */
const SAMPLE_MS = 0.5;
const MOST_REPEATS = 20_000;
/** Rounds after which clearly slow candidates are left alone, and what that is. */
const EARLY_ROUNDS = 3;
const HOPELESS = 1.25;
const DEFAULT_ROUNDS = 9;

const failed = (kind: RecordedError["kind"], message: string, code: string | null = null): Measurement => ({
  code,
  isDuplicate: false,
  ms: [],
  baselineMs: [],
  error: { kind, message: message.slice(0, 400) },
});

const messageOf = (e: unknown): string => (e instanceof Error ? e.message : String(e));

/** A kernel ready to run. */
interface Runnable {
  readonly run: NativeKernel;
  readonly operands: Operands;
  readonly pool: Pool | null;
}

interface Built {
  readonly kernel: Kernel;
  readonly code: KernelCode;
  readonly object: Uint8Array;
}

/** Samples in which the process lost its processor are taken again, so often. */
const RETAKES = 4;

/** One run on the first set of operands, whose results are looked at. */
const runOnce = ({ run, operands: { tables }, pool }: Runnable): void => run(tables, 0, 1, pool);

/** Runs on, from the operands that were not used for longest. */
function runOn({ run, operands: { tables, copies }, pool }: Runnable, repeats: number): void {
  run(tables, copies.next, repeats, pool);
  copies.next = (copies.next + repeats) % tables.sets;
}

const timed = (r: Runnable, repeats: number): number => {
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n <= RETAKES; n++) {
    const before = process.resourceUsage().involuntaryContextSwitches;
    const start = performance.now();
    runOn(r, repeats);
    least = Math.min(least, (performance.now() - start) / repeats);
    if (process.resourceUsage().involuntaryContextSwitches === before) break;
  }
  return least;
};

const repeatsFor = (ms: number): number => Math.max(1, Math.min(MOST_REPEATS, Math.ceil(SAMPLE_MS / Math.max(ms, 1e-6))));

/** Opens a workload. The reference is its unscheduled kernel as machine code: no step can have spoilt it. */
export async function openBench(m: OpenMessage, tools: WorkerTools, announce: Announce): Promise<Bench> {
  const { kernel } = m;
  const { native } = tools;
  const { flops, bytes: traffic } = costOf(kernel);
  // as in a network: kernels with little work never use the pool
  const pool = flops + traffic >= PARALLEL_WORK ? tools.pool : null;
  const operands = createOperands(kernel, drawOperands(kernel, m.seed), m.consts, m.footprint);
  const build = (scheduled: Kernel, symbol: string): Built => {
    const code = native.code(scheduled);
    return { kernel: scheduled, code, object: native.compile(code, symbol) };
  };
  await announce({ candidate: -1, phase: "build" });
  const plain = build(kernel, "reference");
  const standard = build(scheduledBy(kernel, m.standard), "standard");
  const loaded = native.load([
    { symbol: "reference", object: plain.object },
    { symbol: "standard", object: standard.object },
  ]);
  await announce({ candidate: -1, phase: "run" });
  operands.reset();
  runOnce({ run: loaded.run[0], operands: operands.of(kernel), pool: null });
  operands.release();
  const want = operands.snapshot();

  const check = (r: Runnable): string | null => {
    operands.reset();
    runOnce(r);
    return differenceOf(kernel, want, operands.results());
  };
  const baseRun = (): Runnable => ({ run: loaded.run[1], operands: operands.of(standard.kernel), pool });
  const base = baseRun();
  const differs = check(base);
  const baseMs = timed(base, repeatsFor(timed(base, 1)));
  const baseRepeats = repeatsFor(baseMs);
  await announce({ candidate: -1, phase: "time" });
  const samples = differs ? [] : Array.from({ length: DEFAULT_ROUNDS }, () => timed(base, baseRepeats));

  operands.release();

  const measure: Bench["measure"] = async (message, announceNext) => {
    const results: Measurement[] = [];
    const built: { readonly at: number; readonly built: Built; readonly symbol: string }[] = [];
    const known = new Set(message.known);
    for (const [at, steps] of message.candidates.entries()) {
      await announceNext({ candidate: at, phase: "build" });
      try {
        const scheduled = scheduledBy(kernel, steps);
        const code = native.code(scheduled);
        if (known.has(code.hash)) {
          results[at] = { code: code.hash, isDuplicate: true, ms: [], baselineMs: [], error: null };
          continue;
        }
        known.add(code.hash);
        const symbol = `candidate_${at}`;
        const object = native.compile(code, symbol);
        built.push({ at, symbol, built: { kernel: scheduled, code, object } });
      } catch (e) {
        const isIllegal = e instanceof QcError && e.code === "QC-SCHED-001";
        results[at] = failed(isIllegal ? "illegal" : "build", messageOf(e));
      }
    }
    if (built.length === 0) return results;
    await announceNext({ candidate: built.length === 1 ? built[0].at : -1, phase: "build" });
    let library: LoadedKernels | null = null;
    try {
      library = native.load(built.map((b) => ({ symbol: b.symbol, object: b.built.object })));
      const right: Racer[] = [];
      for (const [i, b] of built.entries()) {
        await announceNext({ candidate: b.at, phase: "run" });
        const r: Runnable = { run: library.run[i], operands: operands.of(b.built.kernel), pool };
        const wrong = check(r);
        if (wrong) results[b.at] = failed("wrong", wrong, b.built.code.hash);
        else
          right.push({
            at: b.at,
            code: b.built.code.hash,
            runnable: r,
            repeats: repeatsFor(timed(r, 1)),
            ms: [],
            baselineMs: [],
          });
      }
      await announceNext({ candidate: built.length === 1 ? built[0].at : -1, phase: "time" });
      race(right, baseRun(), baseRepeats, message);
      for (const { at, code, ms, baselineMs } of right)
        results[at] = { code, isDuplicate: false, ms: ms.map(rounded), baselineMs: baselineMs.map(rounded), error: null };
    } finally {
      operands.release();
      library?.unload();
    }
    return results;
  };
  return {
    kernel,
    bytes: kernel.buffers.reduce((n, b) => n + bytesOf(b), 0),
    standard: {
      code: standard.code.hash,
      isDuplicate: false,
      ms: samples.map(rounded),
      baselineMs: samples.map(rounded),
      error: differs ? { kind: "wrong", message: differs } : null,
    },
    measure,
    close: () => loaded.unload(),
  };
}

interface Racer {
  readonly at: number;
  readonly code: string;
  readonly runnable: Runnable;
  repeats: number;
  readonly ms: number[];
  readonly baselineMs: number[];
}

/** Samples in turns with the default, so that a machine that slows down slows both. */
function race(racers: readonly Racer[], base: Runnable, baseRepeats: number, o: { rounds: number; thorough: boolean }): void {
  for (const r of racers) r.repeats = repeatsFor(timed(r.runnable, r.repeats));
  let running = racers;
  let lastBase = 0;
  for (let round = 0; round < o.rounds && running.length > 0; round++) {
    for (const r of running) {
      if (r === running[0] || o.thorough || running.length <= 4) lastBase = timed(base, baseRepeats);
      r.ms.push(timed(r.runnable, r.repeats));
      r.baselineMs.push(lastBase);
    }
    if (o.thorough || round + 1 !== EARLY_ROUNDS) continue;
    const best = Math.min(1, ...running.map(ratioOf));
    running = running.filter((r) => ratioOf(r) <= HOPELESS * best);
  }
}

const ratioOf = (r: Racer): number => timeRatio(r.ms, r.baselineMs);

/** Nanoseconds and less are noise. */
const rounded = (ms: number): number => Number(ms.toPrecision(6));

/** A kernel after recorded steps. Errors: QC-SCHED-001, those of the verifier. */
function scheduledBy(kernel: Kernel, steps: readonly Step[]): Kernel {
  const scheduled = applySteps(kernel, steps);
  verifyKernel(scheduled);
  return scheduled;
}
