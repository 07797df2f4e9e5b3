/** What is known of one workload while it is searched. */

import { featuresOf } from "../cost/features.js";
import type { CostModel } from "../cost/model.js";
import type { Random } from "../random.js";
import type { Candidate, Space } from "../space.js";
import type { Workload } from "../workload.js";

export interface Measured {
  readonly candidate: Candidate;
  /** Time over the default's; null where it failed. */
  readonly ratio: number | null;
  readonly code: string | null;
}

export interface Task {
  readonly workload: Workload;
  readonly space: Space;
  readonly random: Random;
  readonly standardFeatures: readonly number[];
  /** Keys of all candidates that need not be tried again. */
  readonly seen: Set<string>;
  /** Hashes of the code of measured candidates, this session's and earlier ones'. */
  readonly codes: Set<string>;
  readonly measured: Measured[];
  /** Candidates that go before those of the strategy: the best of records that do not count any more. */
  readonly recalled: Candidate[];
  /** Milliseconds of the default; null until it is measured. */
  baselineMs: number | null;
  /** Least time over the default's so far. */
  bestRatio: number;
  /** bestRatio after every trial. */
  readonly history: number[];
  trials: number;
  /** Why it is searched no more. */
  ended: string | null;
}

export function createTask(workload: Workload, space: Space, random: Random): Task {
  return {
    workload,
    space,
    random,
    standardFeatures: featuresOf(space.standard.kernel),
    seen: new Set([space.standard.key]),
    codes: new Set(),
    measured: [],
    recalled: [],
    baselineMs: null,
    bestRatio: 1,
    history: [],
    trials: 0,
    ended: space.standard.sites.length === 0 ? "there is one schedule only" : null,
  };
}

/** Notes a measured candidate, for the search and for the model. */
export function noteMeasured(task: Task, m: Measured, model: CostModel): void {
  task.seen.add(m.candidate.key);
  if (m.code) task.codes.add(m.code);
  task.measured.push(m);
  if (m.ratio === null) return;
  task.bestRatio = Math.min(task.bestRatio, m.ratio);
  model.add(featuresOf(m.candidate.kernel), task.standardFeatures, m.ratio, task.workload.key);
}
