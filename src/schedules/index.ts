import type { Scheduler } from "../ir/schedule/scheduler.js";
import type { Sketch } from "../ir/schedule/sketch.js";
import { cpuScheduler } from "./cpu/scheduler.js";
import { plainScheduler } from "./plain/scheduler.js";

/** The schedulers of qc. `sketches`: ways of plugins to schedule a stage. */
export const builtinSchedulers = (sketches: readonly Sketch[]): readonly Scheduler[] => [cpuScheduler(sketches), plainScheduler];
