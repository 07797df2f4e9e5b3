import type { Step } from "../../ir/schedule/step.js";
import type { Decisions } from "../../support/choose.js";

/** What a measurement is only valid for. */
export interface Environment {
  /** ir/target's targetKey: nothing left open. */
  readonly target: string;
  readonly cpu: string;
  /** Program and version: { qc: "0.1.0", llvm: "19.1.7" }. */
  readonly toolchain: Readonly<Record<string, string>>;
}

/** Why a candidate has no time. `wrong`: its result is not that of the unscheduled kernel. */
export type Failure = "illegal" | "build" | "crash" | "wrong" | "timeout";

export interface RecordedError {
  readonly kind: Failure;
  readonly message: string;
}

/** One measured candidate: one line of a log. */
export interface TuningRecord {
  readonly v: 1;
  readonly workload: string;
  /** Name of the unscheduled kernel, for people. */
  readonly kernel: string;
  /** All candidates of one run of the tuner have the same. */
  readonly session: string;
  readonly seed: number;
  /**
   * Where the candidate came from: `default`, the name of a strategy or `random`, `recalled` from records that do not count here. Then how it was measured
   * again: `final` at length, `context` in the whole model, `slower` there with the winners of the other workloads, in a model that was not accepted.
   * `whole`: in the model that is used; with the default's steps, and without times, where the workload keeps its default schedule.
   */
  readonly source: string;
  /** What the sketch was told, to search on from here. Replay needs only the steps. */
  readonly decisions: Decisions;
  /** The full schedule. */
  readonly steps: readonly Step[];
  /** Key of the default's steps at the time: what `baselineMs` are times of. */
  readonly baseline: string;
  readonly target: string;
  readonly cpu: string;
  readonly toolchain: Readonly<Record<string, string>>;
  /** Hash of the generated code; null where none was generated. */
  readonly code: string | null;
  /** Threads that it was measured on. */
  readonly threads: number;
  /** Milliseconds a run, every sample. */
  readonly ms: readonly number[];
  /** Milliseconds a run of the default schedule, measured in turns with `ms`. */
  readonly baselineMs: readonly number[];
  readonly error: RecordedError | null;
  /** ISO 8601, UTC. */
  readonly time: string;
}

const FAILURES: readonly string[] = ["illegal", "build", "crash", "wrong", "timeout"] satisfies Failure[];
const isObject = (x: unknown): x is Record<string, unknown> => x !== null && typeof x === "object" && !Array.isArray(x);
const isTimes = (x: unknown): boolean =>
  Array.isArray(x) && x.every((n) => typeof n === "number" && Number.isFinite(n) && n >= 0);

/** A value as a record, or null where it is none. */
export function asRecord(x: unknown): TuningRecord | null {
  if (!isObject(x) || x.v !== 1) return null;
  const texts = ["workload", "kernel", "session", "source", "baseline", "target", "cpu", "time"];
  if (!texts.every((k) => typeof x[k] === "string") || typeof x.seed !== "number") return null;
  if (!isObject(x.decisions) || !isObject(x.toolchain) || !Array.isArray(x.steps) || !isTimes(x.ms) || !isTimes(x.baselineMs))
    return null;
  if (!x.steps.every((s) => isObject(s) && typeof s.step === "string")) return null;
  if (x.code !== null && typeof x.code !== "string") return null;
  const { error } = x;
  if (error !== null && !(isObject(error) && FAILURES.includes(String(error.kind)) && typeof error.message === "string"))
    return null;
  if (x.threads !== undefined && !(Number.isInteger(x.threads) && Number(x.threads) > 0)) return null;
  return { ...x, threads: x.threads ?? 1 } as unknown as TuningRecord;
}
