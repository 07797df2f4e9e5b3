import { QcError } from "../../support/diag.js";
import type { Kernel } from "../loop/stmt.js";
import { applyStep } from "./apply.js";
import type { Step } from "./step.js";

/** A kernel and the steps that led to it. */
export interface Scheduled {
  readonly kernel: Kernel;
  readonly steps: readonly Step[];
}

export const unscheduled = (kernel: Kernel): Scheduled => ({ kernel, steps: [] });

/** After one more step; throws where it is not legal. */
export const after = (s: Scheduled, step: Step): Scheduled => ({ kernel: applyStep(s.kernel, step), steps: [...s.steps, step] });

/** After one more step, or null where it is not legal. */
export function attempt(s: Scheduled, step: Step): Scheduled | null {
  try {
    return after(s, step);
  } catch (e) {
    if (e instanceof QcError && e.code === "QC-SCHED-001") return null;
    throw e;
  }
}

export const thenAll = (s: Scheduled, steps: readonly Step[]): Scheduled => steps.reduce(after, s);
