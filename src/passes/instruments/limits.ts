/** Limits that narrow a wrong result down: to a pass (`bisect`), then to a single rewrite (`fuel`). */
import type { Fuel } from "../../ir/pass/context.js";
import type { Loc } from "../../support/diag.js";
import type { Instrument } from "../manager.js";
import type { Write } from "./print.js";

/** Runs the first `limit` passes, counted over all pipelines, and skips the others; names the last one that ran. */
export function bisect(limit: number, write: Write): Instrument {
  let offered = 0;
  let last = "";
  let skipped = 0;
  return {
    name: "bisect",
    shouldRun(step) {
      const runs = offered++ < limit;
      if (runs) last = step.pass.name;
      else skipped++;
      return runs;
    },
    finish() {
      write(`// bisect ${limit}: ${last ? `the last pass that ran is '${last}'` : "no pass ran"}, ${skipped} skipped\n`);
    },
  };
}

/** A budget of `limit` rewrites over all passes that rewrite node by node, and the instrument that names the last one. */
export function fuel(limit: number, write: Write): { readonly fuel: Fuel; readonly instrument: Instrument } {
  let spent = 0;
  let refused = false;
  let last: { pass: string; loc: Loc } | null = null;
  return {
    fuel: {
      hasLeft() {
        if (spent < limit) return true;
        refused = true;
        return false;
      },
      spend(pass, loc) {
        spent++;
        last = { pass, loc };
      },
    },
    instrument: {
      name: "fuel",
      finish() {
        const where = last ? `the last by '${last.pass}' at node '${last.loc.node}'` : "none was made";
        write(`// fuel ${limit}: ${spent} rewrites, ${where}${refused ? "" : "; there are no more"}\n`);
      },
    },
  };
}
