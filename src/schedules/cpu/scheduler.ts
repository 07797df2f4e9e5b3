import type { Scheduler } from "../../ir/schedule/scheduler.js";
import type { Sketch } from "../../ir/schedule/sketch.js";
import { scheduledName, scheduleKernel } from "./schedule.js";

/** Schedules for the vectors and caches of processors that LLVM makes code for. `sketches` come before its own rules. */
export const cpuScheduler = (sketches: readonly Sketch[]): Scheduler => ({
  name: "cpu",
  doc: "register tiles, packed weights and Winograd's algorithm for processors with vectors",
  accepts: (target) => target.kind === "llvm",
  schedule: (kernel, target, choose) => scheduleKernel(kernel, target, choose, sketches),
  nameOf: scheduledName,
});
