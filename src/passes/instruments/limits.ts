/** Limits that narrow a wrong result down: to a pass (`bisect`), then to a single rewrite (`fuel`). */
import type { Fuel } from "../../ir/pass/context.js";
import type { Loc } from "../../support/diag.js";
import type { Instrument } from "../manager.js";
import type { Write } from "./print.js";

/**
 * Runs the first `limit` passes and skips the others, counted over all pipelines of a build; obligatory passes run and do not count. In the end it
 * names the last pass that ran and the first that did not.
 */
export function bisect(limit: number, write: Write): Instrument {
  const counted: string[] = [];
  return {
    name: "bisect",
    shouldRun: ({ pass }) => pass.obligatory === true || counted.push(pass.name) <= limit,
    finish() {
      const ran = Math.min(limit, counted.length);
      const last = ran === 0 ? "none of the passes ran" : `pass ${ran} '${counted[ran - 1]}' is the last that ran`;
      const next = ran === counted.length ? "there are no more" : `pass ${ran + 1} '${counted[ran]}' is the next`;
      write(`// bisect ${limit} of ${counted.length}: ${last}, ${next}\n`);
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
