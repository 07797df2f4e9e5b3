import type { Module } from "../../ir/graph/module.js";
import { formatTable } from "../../support/table.js";
import type { Instrument } from "../manager.js";
import type { Write } from "./print.js";

interface Timed {
  readonly pass: string;
  readonly ms: number;
  readonly changed: boolean;
  readonly nodes: number;
}

const nodeCount = (m: Module): number => m.funcs.reduce((n, f) => n + f.body.length, 0);

/** A table of the time of every pass at the end of each pipeline. `now` gives milliseconds. */
export function timePasses(write: Write, now: () => number = () => performance.now()): Instrument {
  let rows: Timed[] = [];
  let start = 0;
  return {
    name: "time-passes",
    before() {
      start = now();
    },
    after(m, step, _index, changed) {
      rows.push({ pass: step.pass.name, ms: now() - start, changed, nodes: nodeCount(m) });
    },
    finish() {
      const total = rows.reduce((sum, r) => sum + r.ms, 0);
      const share = (ms: number) => `${((100 * ms) / Math.max(total, 1e-9)).toFixed(1)} %`;
      const cells = rows.map((r) => [r.pass, r.ms.toFixed(2), share(r.ms), r.changed ? "yes" : "no", r.nodes]);
      const table = formatTable(
        ["pass", "ms", "share", "changed", "nodes after"],
        [...cells, ["total", total.toFixed(2), "", "", ""]],
        { tty: false, right: [1, 2, 4] },
      );
      write(`${table}\n`);
      rows = [];
    },
  };
}
