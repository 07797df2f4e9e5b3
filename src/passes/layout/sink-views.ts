import { isAbsent, type ValueId } from "../../ir/graph/module.js";
import { hasTrait } from "../../ir/op/define.js";
import { namesAxis } from "../../ir/op/layout.js";
import type { IrContext } from "../../ir/pass/context.js";
import { definePass } from "../../ir/pass/pass.js";
import { numElements } from "../../ir/type/tensor-type.js";
import { BROKEN_BY_NEW_NODES, type SweepView, sweep } from "../rewrite/sweep.js";

/**
 * op(reshape(x, S), c) = reshape(op(x, c'), S) for element-wise ops, c' being c in the dimensions of x: so the op joins the kernel that
 * makes x. Legal where every other operand is whole or broadcast in each group of dimensions that the reshape splits or merges.
 */
export const sinkViews = definePass({
  name: "sink-views",
  doc: "Moves reshapes behind element-wise ops, so that these join the kernels before them.",
  options: {},
  requires: ["flat"],
  establishes: [],
  breaks: BROKEN_BY_NEW_NODES,
  run: (m, ctx) => sweep(m, ctx, "sink-views", (v) => sink(v, ctx)),
});

function sink(view: SweepView, ctx: IrContext): readonly ValueId[] | null {
  const { node, inputs, b, producer } = view;
  const def = ctx.ops.get(node.op);
  if (!def || !hasTrait(def, "elementwise") || node.outputs.length !== 1) return null;
  const types = inputs.map((v) => (isAbsent(v) ? null : b.typeOf(v)));
  if (namesAxis(def, node.attrs, types)) return null;
  const { shape } = node.outputs[0].type;
  if (types.some((t) => t?.quant?.kind === "axis") || node.outputs[0].type.quant?.kind === "axis") return null;
  const views = inputs.flatMap((v) => {
    const p = producer(v);
    return p?.op === "reshape" && b.typeOf(v).shape.join() === shape.join() && producer(p.inputs[0]) ? [p.inputs[0]] : [];
  });
  if (views.length === 0) return null;
  const source = b.typeOf(views[0]).shape;
  const shapes = inputs.map((v): readonly number[] | null => (isAbsent(v) ? [] : shapeIn(b.typeOf(v).shape, shape, source)));
  if (shapes.some((s) => s === null)) return null;
  const moved = inputs.map((v, i) => (isAbsent(v) ? v : reshaped(view, v, shapes[i]!)));
  const y = b.node(node.op, moved, node.attrs, view.loc(), node.outputs[0].id.slice(1));
  if (b.typeOf(y).shape.join() !== source.join()) return null;
  return [b.node("reshape", [y], { shape: [...shape] }, view.loc())];
}

function reshaped(view: SweepView, v: ValueId, shape: readonly number[]): ValueId {
  if (view.b.typeOf(v).shape.join() === shape.join()) return v;
  const p = view.producer(v);
  const x = p?.op === "reshape" ? p.inputs[0] : v;
  return view.b.typeOf(x).shape.join() === shape.join() ? x : view.b.node("reshape", [x], { shape: [...shape] }, view.loc());
}

/** Runs of dimensions of `a` and of `b` with the same number of elements, smallest first; both have equally many elements. */
export function dimGroups(a: readonly number[], b: readonly number[]): readonly (readonly [number, number, number, number])[] {
  const groups: (readonly [number, number, number, number])[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [i0, j0] = [i, j];
    let m = i < a.length ? a[i++] : 1;
    let n = j < b.length ? b[j++] : 1;
    while (m !== n) {
      if (m < n) m *= a[i++];
      else n *= b[j++];
    }
    groups.push([i0, i, j0, j]);
  }
  return groups;
}

/**
 * The shape, in the dimensions of `to`, of an operand that broadcasts from `own` to `from`; null where it is partly broadcast within a group
 * of dimensions that become others.
 */
export function shapeIn(own: readonly number[], from: readonly number[], to: readonly number[]): readonly number[] | null {
  if (numElements(from) === 0) return null;
  if (numElements(own) === 1) return to.map(() => 1);
  const full = [...new Array<number>(from.length - own.length).fill(1), ...own];
  const out: number[] = [];
  for (const [i0, i1, j0, j1] of dimGroups(from, to)) {
    const mine = full.slice(i0, i1);
    const theirs = from.slice(i0, i1);
    if (mine.every((d, k) => d === theirs[k])) out.push(...to.slice(j0, j1));
    else if (mine.every((d) => d === 1)) out.push(...to.slice(j0, j1).map(() => 1));
    else return null;
  }
  return out;
}
