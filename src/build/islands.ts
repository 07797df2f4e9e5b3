import type { Func, Module } from "../ir/graph/module.js";
import { hasTrait } from "../ir/op/define.js";
import type { IrContext } from "../ir/pass/context.js";

export interface FloatIsland {
  readonly op: string;
  readonly node: string;
  readonly reason: string;
}

/**
 * Nodes of a fused, quantized module that still compute floats in a kernel of their own. Element-wise float arithmetic does not count: it
 * runs in the epilogue of an integer kernel, on values that never leave registers.
 */
export function floatIslands(m: Module, ctx: IrContext): readonly FloatIsland[] {
  const [entry, ...kernels] = m.funcs;
  const byName = new Map(kernels.map((f) => [f.name, f]));
  const tail = new Set<string>(entry.results);
  const islands: FloatIsland[] = [];
  for (const n of entry.body.toReversed()) {
    const callee = byName.get(String(n.attrs.callee));
    const inTail = n.outputs.every((o) => tail.has(o.id)) && !(callee && hasIntegers(callee));
    if (inTail) for (const i of n.inputs) tail.add(i);
    if (!callee) continue;
    const reason = inTail ? "behind the last integer layer: results stay exact floats" : "no integer kernel";
    islands.push(...floatNodes(callee, ctx).map(({ op, loc }) => ({ op, node: loc.node, reason })));
  }
  return islands.reverse();
}

const hasIntegers = (f: Func): boolean =>
  f.body.some((n) => n.outputs.some((o) => o.type.dtype === "i32" && o.type.quant !== null));

const floatNodes = (f: Func, ctx: IrContext): Func["body"] =>
  f.body.filter((n) => {
    const def = ctx.ops.get(n.op);
    const free = !def || (["elementwise", "view", "movement", "transfer"] as const).some((t) => hasTrait(def, t));
    return !free && n.outputs.some((o) => o.type.dtype === "f32");
  });
