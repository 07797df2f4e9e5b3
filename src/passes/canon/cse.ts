import type { Node, ValueId } from "../../ir/graph/module.js";
import { definePass } from "../../ir/pass/pass.js";
import { sweep } from "../rewrite/sweep.js";

/** y = op(x, a), z = op(x, a)  -->  z = y */
export const cse = definePass({
  name: "cse",
  doc: "Merges nodes with the same op, operands and attributes.",
  options: {},
  requires: ["flat"],
  establishes: ["unique"],
  idempotent: true,
  breaks: ["live", "materialized"],
  run(m, ctx) {
    const first = new Map<string, Node>();
    return sweep(m, ctx, "cse", ({ node, inputs, at }) => {
      if (node.op === "call") return null;
      const key = nodeKey(node, inputs);
      const known = first.get(key);
      if (known) return known.outputs.map((o) => at(o.id));
      first.set(key, node);
      return null;
    });
  },
});

/** Equal keys mean equal values. */
export const nodeKey = (node: Node, inputs: readonly ValueId[]): string =>
  JSON.stringify([
    node.op,
    inputs,
    Object.keys(node.attrs)
      .sort()
      .map((k) => `${k}=${String(node.attrs[k])}`),
  ]);
