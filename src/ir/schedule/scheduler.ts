import type { Chooser } from "../../support/choose.js";
import { fail } from "../../support/diag.js";
import type { Kernel } from "../loop/stmt.js";
import { targetText } from "../target/resolve.js";
import type { Target } from "../target/target.js";
import type { Scheduled } from "./session.js";

/** The rules that give kernels their schedules for a family of targets. */
export interface Scheduler {
  readonly name: string;
  readonly doc: string;
  accepts(target: Target): boolean;
  /**
   * A kernel scheduled for a target it accepts, and the steps that lead there. Whatever `choose` decides at the sites it is asked about, the
   * schedule is legal; with `byDefault` its float sums err by FLOAT_TOLERANCE at most.
   */
  schedule(kernel: Kernel, target: Target, choose: Chooser): Scheduled;
  /** The name of a kernel once it is scheduled; equal for every schedule of it. */
  nameOf(kernel: Kernel, target: Target): string;
}

/** Largest error of a default schedule, over the largest magnitude of a contraction's sums. */
export const FLOAT_TOLERANCE = 2e-5;

/** The first of `schedulers` that accepts a target. Errors: QC-SCHED-002 none does. */
export function schedulerFor(schedulers: readonly Scheduler[], target: Target): Scheduler {
  const found = schedulers.find((s) => s.accepts(target));
  if (found) return found;
  return fail("QC-SCHED-002", `there are no schedules for target '${targetText(target)}'`, {
    help: `add a scheduler by a plugin; there are: ${schedulers.map((s) => s.name).join(", ") || "none"}`,
  });
}
