import type { Module } from "../ir/graph/module.js";
import { hasTrait } from "../ir/op/define.js";
import type { IrContext } from "../ir/pass/context.js";

export interface FloatIsland {
  readonly op: string;
  readonly node: string;
  readonly reason: string;
}

/**
 * Nodes of a quantized module that still compute floats in a kernel of their own. Element-wise float arithmetic does not count: it runs in
 * the epilogue of an integer kernel, on values that never leave registers.
 */
export function floatIslands(m: Module, ctx: IrContext): readonly FloatIsland[] {
  const f = m.funcs[0];
  const feedsResultOnly = new Set<string>(f.results);
  for (const n of f.body.toReversed())
    if (n.outputs.every((o) => feedsResultOnly.has(o.id))) for (const i of n.inputs) feedsResultOnly.add(i);
  return f.body.flatMap((n): FloatIsland[] => {
    const def = ctx.ops.get(n.op);
    const isFloat = n.outputs.some((o) => o.type.dtype === "f32");
    const free = !def || hasTrait(def, "elementwise") || hasTrait(def, "view") || hasTrait(def, "movement");
    if (!isFloat || free) return [];
    const tail = n.outputs.every((o) => feedsResultOnly.has(o.id));
    const reason = tail ? "behind the last integer layer: results stay exact floats" : "no integer kernel";
    return [{ op: n.op, node: n.loc.node, reason }];
  });
}
