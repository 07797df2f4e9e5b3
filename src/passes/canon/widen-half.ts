import { replaceFunc } from "../../ir/graph/edit.js";
import { isAbsent, type Module, type Node, type ValueId } from "../../ir/graph/module.js";
import { hasTrait } from "../../ir/op/define.js";
import { bytesOf, dataFromBytes, numbersOf, tensorOf } from "../../ir/op/tensor.js";
import type { IrContext } from "../../ir/pass/context.js";
import { definePass } from "../../ir/pass/pass.js";
import type { DType } from "../../ir/type/dtype.js";
import { tensorType } from "../../ir/type/tensor-type.js";
import { BROKEN_BY_NEW_NODES, type SweepView, sweep } from "../rewrite/sweep.js";

const isHalf = (d: DType): boolean => d === "f16" || d === "bf16";

/**
 * Computes half-precision networks in f32, for CPUs without half arithmetic: parameters are widened where they enter, constants when
 * compiled, results rounded once where they leave. Closer to the real-valued network than rounding after every op.
 */
export const widenHalf = definePass({
  name: "widen-half",
  doc: "Computes f16 and bf16 networks in f32; inputs and outputs keep their types.",
  options: {},
  requires: ["flat"],
  establishes: ["wide"],
  breaks: BROKEN_BY_NEW_NODES,
  roundsHalves: true,
  run(m, ctx) {
    const wide = new Map<ValueId, ValueId>();
    const swept = sweep(m, ctx, "widen-half", (view) => widenNode(view, ctx, wide));
    return swept === m ? m : narrowResults(swept, m);
  },
});

function widenNode(view: SweepView, ctx: IrContext, wide: Map<ValueId, ValueId>): readonly ValueId[] | null {
  const { node, inputs, b } = view;
  const def = ctx.ops.get(node.op);
  if (def && hasTrait(def, "reinterprets")) return null;
  const widened = inputs.map((v) => {
    if (isAbsent(v) || !isHalf(b.typeOf(v).dtype)) return v;
    const known = wide.get(v);
    if (known) return known;
    const w = widen(view, ctx, v);
    wide.set(v, w);
    return w;
  });
  const attrs = Object.fromEntries(
    Object.entries(node.attrs).map(([k, a]) => [k, (k === "to" || k === "dtype") && isHalf(a as DType) ? "f32" : a]),
  );
  const changed = widened.some((v, i) => v !== inputs[i]) || Object.entries(attrs).some(([k, a]) => a !== node.attrs[k]);
  return changed
    ? b.nodes(
        node.op,
        widened,
        attrs,
        node.loc,
        node.outputs.map((o) => o.id.slice(1)),
      )
    : null;
}

function widen(view: SweepView, ctx: IrContext, v: ValueId): ValueId {
  const c = view.b.constOf(v);
  if (!c) return view.b.node("cast", [v], { to: "f32" }, view.loc(), `${v.slice(1)}_f32`);
  const type = tensorType("f32", c.type.shape);
  const values = numbersOf({ type: c.type, data: dataFromBytes(c.type.dtype, ctx.blobs.get(c.blob)) });
  return view.b.constant(type, bytesOf(tensorOf(type, values)), `${v.slice(1)}_f32`);
}

/** Results keep the types that the caller knows. */
function narrowResults(swept: Module, before: Module): Module {
  const [f, old] = [swept.funcs[0], before.funcs[0]];
  const typeIn = (m: Module, func: typeof f, id: ValueId) =>
    m.consts[id]?.type ?? [...func.params, ...func.body.flatMap((n) => n.outputs)].find((v) => v.id === id)?.type;
  const casts: Node[] = [];
  let nextId = f.nextId;
  const results = f.results.map((id, i) => {
    const wanted = typeIn(before, old, old.results[i]);
    const got = typeIn(swept, f, id);
    if (!wanted || wanted === got) return id;
    const out = `%${id.slice(1)}_${nextId++}`;
    casts.push({
      op: "cast",
      inputs: [id],
      attrs: { to: wanted.dtype },
      outputs: [{ id: out, type: wanted }],
      loc: { file: before.name, node: f.resultNames[i], pass: "widen-half" },
    });
    return out;
  });
  return replaceFunc(swept, { ...f, body: [...f.body, ...casts], results, nextId });
}
