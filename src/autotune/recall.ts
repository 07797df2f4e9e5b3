/** What earlier sessions learnt, for the search that goes on from there. */
import { applySteps } from "../ir/schedule/apply.js";
import { following } from "../support/choose.js";
import { QcError } from "../support/diag.js";
import type { CostModel } from "./cost/model.js";
import type { TuningRecord } from "./records/record.js";
import { stepsKey } from "./records/steps-key.js";
import type { ScheduleCandidate, ScheduleSpace } from "./schedule-space.js";
import { timeRatio } from "./statistics.js";
import { recallMeasured, type WorkloadTask } from "./task.js";

/** Records of a workload that become parents and lessons again: the fastest, and as many from all over; deriving one takes milliseconds. */
const RECALLED = 32;
/** Schedules of other versions that are measured again. */
const AGAIN = 6;

/** Sources of measurements in the whole model, whose times are not those of a kernel alone. */
const IN_MODEL: ReadonlySet<string> = new Set(["context", "whole", "slower"]);

const ratioOf = (r: TuningRecord): number => (r.error ? Number.POSITIVE_INFINITY : timeRatio(r.ms, r.baselineMs));

/** Of records of the same schedule the first. */
function bySteps(records: readonly TuningRecord[]): readonly (readonly [string, TuningRecord])[] {
  const found = new Map<string, TuningRecord>();
  for (const r of records) {
    const key = stepsKey(r.steps);
    if (!found.has(key)) found.set(key, r);
  }
  return [...found].sort(([, a], [, b]) => ratioOf(a) - ratioOf(b));
}

/** A recorded schedule as a candidate, and what its decisions lead to today; none where its steps are not legal any more. */
function candidatesOf(space: ScheduleSpace, r: TuningRecord): readonly ScheduleCandidate[] {
  const today = space.derive(following(r.decisions));
  const key = stepsKey(r.steps);
  if (today.key === key) return [today];
  try {
    return [
      { decisions: r.decisions, sites: today.sites, steps: r.steps, kernel: applySteps(space.workload, r.steps), key },
      today,
    ];
  } catch (e) {
    if (e instanceof QcError) return [today];
    throw e;
  }
}

/**
 * Measured against today's default (`prior`): candidates that this version of the sketches derives again are parents, all others at least not tried twice.
 * Against another default, or by another compiler (`older` too): the fastest are candidates again, for their times say nothing today.
 */
export function recall(
  task: WorkloadTask,
  prior: readonly TuningRecord[],
  older: readonly TuningRecord[],
  threads: number,
  model: CostModel,
): void {
  const { workload, space } = task;
  const own = prior.filter((r) => r.workload === workload.key && r.source !== "default");
  const valid = own.filter((r) => r.baseline === space.standard.key && r.threads === threads);
  for (const r of valid) {
    task.seen.add(stepsKey(r.steps));
    if (r.code) task.codes.add(r.code);
  }
  const alone = valid.filter((r) => !IN_MODEL.has(r.source));
  const stride = Math.max(1, Math.ceil((bySteps(alone).length - RECALLED) / RECALLED));
  const recalled = bySteps(alone).filter((_, i) => i < RECALLED || (i - RECALLED) % stride === 0);
  for (const [key, r] of recalled) {
    const candidate = space.derive(following(r.decisions));
    if (candidate.key !== key) continue;
    recallMeasured(task, { candidate, ratio: r.error ? null : timeRatio(r.ms, r.baselineMs), code: r.code }, model);
  }
  const valued = new Set(valid);
  const others = [...own.filter((r) => !valued.has(r)), ...older.filter((r) => r.workload === workload.key)];
  const wanted = bySteps(others.filter((r) => r.source !== "default" && ratioOf(r) < 1)).slice(0, AGAIN);
  for (const [, r] of wanted) {
    for (const c of candidatesOf(space, r)) {
      if (task.seen.has(c.key) || task.recalled.some((x) => x.key === c.key)) continue;
      task.recalled.push(c);
    }
  }
}
