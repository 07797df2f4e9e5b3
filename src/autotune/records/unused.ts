/** What people are told of a log whose records are not all used. */
import type { IrContext } from "../../ir/pass/context.js";
import type { Usable } from "./best.js";

/** Says what of a log is left out, and why. */
export function reportUnused(usable: Usable, unreadable: number, stale: number, log: string, ctx: IrContext): void {
  for (const { why, count } of usable.refused) {
    const message = `${count} record${count === 1 ? "" : "s"} of '${log}' ${count === 1 ? "is" : "are"} not used: ${why}`;
    ctx.report({ severity: "warning", code: "QC-TUNE-005", message });
  }
  if (stale > 0) {
    const [records, are] = stale === 1 ? ["record", "is"] : ["records", "are"];
    const message = `${stale} ${records} of '${log}' ${are} not used: measured against another default schedule than this version's`;
    const help = "a further search measures the fastest of them again";
    ctx.report({ severity: "warning", code: "QC-TUNE-011", message, help });
  }
  for (const cpu of usable.foreign)
    ctx.report({
      severity: "remark",
      code: "QC-TUNE-006",
      message: `'${log}' holds times for this target from another processor: ${cpu}`,
    });
  if (unreadable > 0) {
    const [lines, are] = unreadable === 1 ? ["line", "is"] : ["lines", "are"];
    const message = `${unreadable} ${lines} of '${log}' cannot be read and ${are} left out`;
    ctx.report({ severity: "warning", code: "QC-TUNE-007", message });
  }
}

/** Says that schedules are used which were only measured alone. */
export function reportUnconfirmed(count: number, log: string, ctx: IrContext): void {
  if (count === 0) return;
  const what = count === 1 ? "1 schedule was never measured" : `${count} schedules were never measured`;
  ctx.report({
    severity: "warning",
    code: "QC-TUNE-013",
    message: `${what} in the whole model: the search that wrote '${log}' was cut short`,
    help: "a further search, be it of one iteration, confirms them or puts the default schedules in their places",
  });
}
