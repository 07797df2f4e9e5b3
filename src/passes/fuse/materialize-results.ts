import { replaceFunc } from "../../ir/graph/edit.js";
import { isConst, type Node, producersOf, typesOf, type ValueId } from "../../ir/graph/module.js";
import { hasTrait } from "../../ir/op/define.js";
import { definePass } from "../../ir/pass/pass.js";

/**
 * Gives every result memory of its own: a result that is a parameter, a constant, a view of either, or a value that is already
 * returned gets a `copy`. Afterwards a kernel can write each result where the caller wants it.
 */
export const materializeResults = definePass({
  name: "materialize-results",
  doc: "Copies results that are parameters, constants, or returned twice.",
  options: {},
  requires: ["flat"],
  establishes: ["materialized"],
  idempotent: true,
  breaks: ["unique", "fused"],
  obligatory: true,
  run(m, ctx) {
    const f = m.funcs[0];
    const producers = producersOf(f);
    const types = typesOf(m, f);
    const rootOf = (id: ValueId): ValueId => {
      const p = producers.get(id);
      const def = p && ctx.ops.get(p.op);
      return p && def && hasTrait(def, "view") ? rootOf(p.inputs[0]) : id;
    };
    const taken = new Set<ValueId>();
    const added: Node[] = [];
    let nextId = f.nextId;
    const results = f.results.map((id, i) => {
      const root = rootOf(id);
      if (!isConst(root) && producers.has(root) && !taken.has(root)) {
        taken.add(root);
        return id;
      }
      const type = types.get(id)!;
      const out = `%result_${nextId++}`;
      added.push({
        op: "copy",
        inputs: [id],
        attrs: {},
        outputs: [{ id: out, type }],
        loc: { file: m.name, node: f.resultNames[i], pass: "materialize-results" },
      });
      return out;
    });
    return added.length ? replaceFunc(m, { ...f, body: [...f.body, ...added], results, nextId }) : m;
  },
});
