/** What a search shows while it runs, and what it says at its end. */
import type { WorkloadTask } from "./task.js";

export interface TaskProgress {
  readonly workload: string;
  readonly kernel: string;
  readonly launches: number;
  readonly trials: number;
  readonly failures: number;
  /** Milliseconds of the default and of the best, a launch; null before they are measured. */
  readonly baselineMs: number | null;
  readonly bestMs: number | null;
  readonly ended: string | null;
}

export interface TuneProgress {
  readonly done: number;
  readonly total: number;
  /** Searching; measuring the best of each workload again; measuring them in the whole model. */
  readonly phase: "search" | "final" | "model";
  /** The kernel in work, or what is done. */
  readonly current: string;
  readonly tasks: readonly TaskProgress[];
  /** Share of pairs that the cost model put in order unseen; null before it could. */
  readonly rankingAccuracy: number | null;
}

export interface TuneSummary extends Omit<TuneProgress, "phase" | "current"> {
  readonly strategy: string;
  readonly seed: number;
  readonly session: string;
  readonly duplicates: number;
}

export const progressOf = (t: WorkloadTask): TaskProgress => ({
  workload: t.workload.key,
  kernel: t.workload.kernel.name,
  launches: t.workload.launches,
  trials: t.trials,
  failures: t.measured.filter((m) => m.values === null).length,
  baselineMs: t.baselineMs,
  bestMs: t.baselineMs === null ? null : t.baselineMs * t.bestRatio,
  ended: t.ended,
});
