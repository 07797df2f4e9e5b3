import type { Scheduler } from "../../ir/schedule/scheduler.js";
import { unscheduled } from "../../ir/schedule/session.js";

/** Loops as they are lowered: sums directly, no tiles, no vectors, no packed weights. For C, where the compiler of another day chooses. */
export const plainScheduler: Scheduler = {
  name: "plain",
  doc: "loops as they are lowered, for source that people read and other compilers optimise",
  accepts: (target) => target.kind === "c",
  schedule: (kernel) => unscheduled(kernel),
  nameOf: (kernel) => kernel.name,
};
