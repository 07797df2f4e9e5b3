import { pruneConsts, replaceFunc } from "../../ir/graph/edit.js";
import { isAbsent, isConst, type ValueId } from "../../ir/graph/module.js";
import { definePass } from "../../ir/pass/pass.js";

/** Removes nodes that no result depends on, and constants that nothing uses. */
export const dce = definePass({
  name: "dce",
  doc: "Removes dead nodes and unused constants.",
  options: {},
  requires: [],
  establishes: ["live"],
  idempotent: true,
  run(m) {
    const f = m.funcs[0];
    const live = new Set<ValueId>(f.results);
    const kept = f.body.toReversed().filter((n) => {
      const needed = n.outputs.some((o) => live.has(o.id));
      if (needed) for (const i of n.inputs) if (!isConst(i) && !isAbsent(i)) live.add(i);
      return needed;
    });
    const next = kept.length === f.body.length ? m : replaceFunc(m, { ...f, body: kept.reverse() });
    return pruneConsts(next);
  },
});
