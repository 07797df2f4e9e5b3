/**
 * Which workload gets the next trials: the one whose trials are expected to save the model most time. After the task scheduler of Ansor (Zheng et al.
 * 2020, section 6), its gradient estimated from the recent past and from what may be left:
 *   gain = launches * baselineMs * max( what the last trials won each,  left / (trials + 8) )
 *   left = min( bestRatio - floor,  (1 - bestRatio) + 0.3 exp(-trials / 16) )
 * Floor: half of the best time so far, or the time the peak would take, whichever is more. What is left is a hope at first, then as much as was won already:
 * the rules are near the best for kernels whose first trials won nothing.
 */
import type { WorkloadTask } from "./task.js";

/** Trials that count as recent. */
const WINDOW = 16;
/** Share of its time that a kernel is hoped to lose before anything is known. */
const HOPE = 0.3;
/** Operations and bytes a nanosecond of a fast core: no schedule is expected to pass them. */
const PEAK_OPS = 1000;
const PEAK_BYTES = 100;
/** What a default schedule is expected to reach before it is measured. */
const EXPECTED_OPS = 30;
const EXPECTED_BYTES = 8;

export function expectedGain(task: WorkloadTask): number {
  const { workload, baselineMs, history, trials, bestRatio } = task;
  if (task.ended) return 0;
  const standardMs = baselineMs ?? Math.max(workload.flops / EXPECTED_OPS, workload.bytes / EXPECTED_BYTES) / 1e6;
  const roofMs = Math.max(workload.flops / PEAK_OPS, workload.bytes / PEAK_BYTES) / 1e6;
  const floor = Math.max(bestRatio / 2, Math.min(bestRatio, roofMs / standardMs));
  const before = history[Math.max(0, history.length - 1 - WINDOW)] ?? 1;
  const recent = history.length ? (before - bestRatio) / Math.min(WINDOW, history.length) : 0;
  const left = Math.min(bestRatio - floor, 1 - bestRatio + HOPE * Math.exp(-trials / WINDOW));
  return workload.launches * standardMs * Math.max(recent, left / (trials + WINDOW / 2));
}

/** The task with the most to gain. */
export const nextTask = (open: readonly WorkloadTask[]): WorkloadTask =>
  open.reduce((a, b) => (expectedGain(b) > expectedGain(a) ? b : a));
