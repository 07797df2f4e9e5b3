import { createFuncBuilder } from "../../src/ir/graph/func-builder.js";
import { isAbsent, isConst, type Module, type ValueId } from "../../src/ir/graph/module.js";
import { inferWith } from "../../src/ir/op/infer-node.js";
import type { IrContext } from "../../src/ir/pass/context.js";

/**
 * One module of several of one function each, side by side: parameters and results in their order. They share constants of equal content, and one
 * build runs them all.
 */
export function joinModules(modules: readonly Module[], ctx: IrContext): Module {
  const b = createFuncBuilder("main", inferWith(ctx.ops), ctx.blobs);
  const results = modules.flatMap((m, at) => {
    const [f] = m.funcs;
    const known = new Map<ValueId, ValueId>(f.params.map((p) => [p.id, b.param(`m${at}_${p.id.slice(1)}`, p.type)]));
    const joined = (v: ValueId): ValueId => (isAbsent(v) ? v : isConst(v) ? b.adopt(m.consts[v], v.slice(1)) : known.get(v)!);
    for (const n of f.body) {
      const made = b.nodes(n.op, n.inputs.map(joined), n.attrs, n.loc);
      n.outputs.forEach((o, i) => known.set(o.id, made[i]));
    }
    return f.results.map(joined);
  });
  const { func, consts } = b.finish(
    results,
    results.map((_, i) => `y${i}`),
  );
  return { version: 1, name: "joined", funcs: [func], consts, states: [], props: {} };
}
