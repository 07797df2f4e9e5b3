/** What is known of one workload while it is searched. */
import type { Objective } from "../search/objective.js";
import type { Random } from "../search/random.js";
import { createTask, noteMeasured, type Task } from "../search/task.js";
import { featuresOf } from "./cost/features.js";
import type { CostModel } from "./cost/model.js";
import type { ScheduleCandidate, ScheduleSpace } from "./schedule-space.js";
import type { Workload } from "./workload.js";

export interface WorkloadTask extends Task<ScheduleCandidate> {
  readonly workload: Workload;
  readonly space: ScheduleSpace;
  readonly standardFeatures: readonly number[];
  /** Hashes of the code of measured candidates, this session's and earlier ones'. */
  readonly codes: Set<string>;
  /** Milliseconds of the default; null until it is measured. */
  baselineMs: number | null;
  /** Least time over the default's so far. */
  bestRatio: number;
  /** bestRatio after every trial. */
  readonly history: number[];
}

/** Time over that of the default schedule, both measured in turns. */
const RATIO: Objective = { name: "ratio", goal: "least", isExact: false };
/** What is slower than this is not searched around. */
const SLOWEST_PARENT = 1.5;

export function createWorkloadTask(workload: Workload, space: ScheduleSpace, random: Random, model: CostModel): WorkloadTask {
  const standardFeatures = featuresOf(space.standard.kernel);
  const task = createTask<ScheduleCandidate>({
    space,
    random,
    objectives: [RATIO],
    surrogate: {
      get samples() {
        return model.samples;
      },
      predict: (c) => model.predict(featuresOf(c.kernel), standardFeatures),
    },
    isPromising: ([ratio]) => ratio < SLOWEST_PARENT,
  });
  task.seen.add(space.standard.key);
  if (space.standard.sites.length === 0) task.ended = "there is one schedule only";
  return { ...task, space, workload, standardFeatures, codes: new Set(), baselineMs: null, bestRatio: 1, history: [] };
}

/** A measured candidate. */
export interface MeasuredSchedule {
  readonly candidate: ScheduleCandidate;
  /** Null where it failed. */
  readonly ratio: number | null;
  readonly code: string | null;
}

/** Notes a candidate's code and time, for the search and for the model. */
export function learnFrom(task: WorkloadTask, { candidate, ratio, code }: MeasuredSchedule, model: CostModel): void {
  if (code) task.codes.add(code);
  if (ratio === null) return;
  task.bestRatio = Math.min(task.bestRatio, ratio);
  model.add(featuresOf(candidate.kernel), task.standardFeatures, ratio, task.workload.key);
}

/** Notes what an earlier session measured. */
export function recallMeasured(task: WorkloadTask, m: MeasuredSchedule, model: CostModel): void {
  noteMeasured(task, { candidate: m.candidate, values: m.ratio === null ? null : [m.ratio] });
  learnFrom(task, m, model);
}
