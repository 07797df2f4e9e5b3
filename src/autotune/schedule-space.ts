import type { Kernel } from "../ir/loop/stmt.js";
import type { Scheduled } from "../ir/schedule/session.js";
import type { Step } from "../ir/schedule/step.js";
import { type Candidate, createSpace, type Space } from "../search/space.js";
import type { Chooser } from "../support/choose.js";
import { stepsKey } from "./records/steps-key.js";

/** A schedule of a workload. Its key is that of the steps. */
export interface ScheduleCandidate extends Candidate {
  readonly steps: readonly Step[];
  readonly kernel: Kernel;
}

/** The schedules of a workload: a scheduler's rules, run with other decisions at their choices. The standard one is the default schedule. */
export interface ScheduleSpace extends Space<ScheduleCandidate> {
  readonly workload: Kernel;
}

/** A kernel scheduled for one target, as a chooser decides: `Scheduler.schedule`. */
export type ScheduleFor = (kernel: Kernel, choose: Chooser) => Scheduled;

export function createScheduleSpace(workload: Kernel, schedule: ScheduleFor): ScheduleSpace {
  const space = createSpace((choose) => {
    const { kernel, steps } = schedule(workload, choose);
    return { kernel, steps, key: stepsKey(steps) };
  });
  return { workload, ...space };
}
