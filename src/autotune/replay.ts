import type { Kernel } from "../ir/loop/stmt.js";
import { verifyKernel } from "../ir/loop/verify.js";
import type { IrContext } from "../ir/pass/context.js";
import { applySteps } from "../ir/schedule/apply.js";
import type { Best } from "./records/best.js";
import type { Workload } from "./workload.js";

/** A recorded schedule, if it still applies; where a step is not legal any more that is reported, and the default stays. */
export function replayOf(
  best: Best,
  workload: Workload | undefined,
  nameOf: (k: Kernel) => string,
  ctx: IrContext,
): ((k: Kernel) => Kernel) | null {
  const scheduled = (k: Kernel): Kernel => ({ ...applySteps(k, best.steps), name: nameOf(k) });
  try {
    if (workload) verifyKernel(scheduled(workload.kernel));
    return workload ? scheduled : null;
  } catch (e) {
    // a log is a file: its steps may have members of any type, on which the rewrites throw whatever they throw
    const why = e instanceof Error ? e.message : String(e);
    const message = `the recorded schedule of '${best.kernel}' does not apply any more, the default is used: ${why}`;
    ctx.report({ severity: "warning", code: "QC-TUNE-008", message });
    return null;
  }
}
