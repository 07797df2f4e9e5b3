import { isAbsent, type Node, type ValueId } from "../../ir/graph/module.js";
import { dataFromBytes, numbersOf } from "../../ir/op/tensor.js";
import type { IrContext } from "../../ir/pass/context.js";
import { definePass } from "../../ir/pass/pass.js";
import { numElements } from "../../ir/type/tensor-type.js";
import { BROKEN_BY_NEW_NODES, type SweepView, sweep } from "../rewrite/sweep.js";
import { picked, recipeOf, reshaped, type StridedView, sliced, transposed, viewOf } from "./strided-view.js";

/**
 * A chain of transposes, reshapes, slices and picked indices is one strided view of where it starts; where a slice and a transpose make it in
 * fewer ops than the chain has, they do:
 *   pick(transpose(reshape(x NHWC, ..)), 1) = x[.., 1::2]      the channel shuffle of ShuffleNet, channels last
 */
export const composeViews = definePass({
  name: "compose-views",
  doc: "Replaces chains of transposes, slices and reshapes by one slice and one transpose at most.",
  options: {},
  requires: ["flat"],
  establishes: [],
  breaks: BROKEN_BY_NEW_NODES,
  run: (m, ctx) => sweep(m, ctx, "compose-views", (v) => compose(v, ctx)),
});

const MOVING = new Set(["transpose", "slice", "gather"]);

function compose(view: SweepView, ctx: IrContext): readonly ValueId[] | null {
  const { node, inputs, b } = view;
  if (!MOVING.has(node.op)) return null;
  const chain: Node[] = [{ ...node, inputs }];
  let base = inputs[0];
  for (let p = view.producer(base); p && (MOVING.has(p.op) || p.op === "reshape"); p = view.producer(base)) {
    if (!movedBy(view, ctx, p, viewOf(b.typeOf(p.inputs[0]).shape))) break;
    chain.push(p);
    base = p.inputs[0];
  }
  // the longest part of the chain that is one view
  while (chain.length > 1) {
    const made = rebuilt(view, ctx, chain, base);
    if (made) return [made];
    chain.pop();
    base = chain[chain.length - 1].inputs[0];
  }
  return null;
}

function rebuilt(view: SweepView, ctx: IrContext, chain: readonly Node[], base: ValueId): ValueId | null {
  const { b, node } = view;
  const from = b.typeOf(base);
  const moves = chain.filter((n) => n.op !== "reshape").length;
  if (from.quant?.kind === "axis" || numElements(from.shape) === 0 || moves < 2) return null;
  let strided: StridedView | null = viewOf(from.shape);
  for (const n of chain.toReversed()) strided = strided && movedBy(view, ctx, n, strided);
  const recipe = strided && recipeOf(strided, numElements(from.shape));
  if (!recipe || Number(recipe.isSliced) + Number(recipe.isTransposed) >= moves) return null;
  const loc = view.loc(...chain.slice(1));
  const shaped = (v: ValueId, shape: readonly number[]) =>
    b.typeOf(v).shape.join() === shape.join() ? v : b.node("reshape", [v], { shape: [...shape] }, loc);
  let y = base;
  if (recipe.isSliced) {
    const { starts, sizes } = recipe;
    const ends = starts.map((s, d) => s + sizes[d]);
    y = b.node("slice", [shaped(y, recipe.split)], { starts, ends, steps: starts.map(() => 1) }, loc);
  }
  if (recipe.isTransposed) y = b.node("transpose", [shaped(y, recipe.kept)], { perm: recipe.perm }, loc);
  const made = shaped(y, node.outputs[0].type.shape);
  return b.typeOf(made) === node.outputs[0].type ? made : null;
}

/** The view after one more op; null where it is no strided view of the same base. */
function movedBy(view: SweepView, ctx: IrContext, n: Node, v: StridedView): StridedView | null {
  const { b } = view;
  const numbers = (a: unknown) => a as readonly number[];
  switch (n.op) {
    case "transpose":
      return transposed(v, numbers(n.attrs.perm));
    case "reshape":
      return reshaped(v, n.outputs[0].type.shape);
    case "slice": {
      const [starts, steps] = [numbers(n.attrs.starts), numbers(n.attrs.steps)];
      const out = n.outputs[0].type.shape;
      if (steps.some((s) => s < 1) || out.some((d) => d === 0)) return null;
      return starts.reduce((w, start, axis) => sliced(w, axis, start, out[axis], steps[axis]), v);
    }
    case "gather": {
      const index = isAbsent(n.inputs[1]) ? null : b.constOf(n.inputs[1]);
      if (index?.type.shape.length !== 0) return null;
      const axis = Number(n.attrs.axis);
      const [at] = numbersOf({ type: index.type, data: dataFromBytes(index.type.dtype, ctx.blobs.get(index.blob)) });
      const { size } = v.dims[axis];
      const i = Number(at) < 0 ? Number(at) + size : Number(at);
      return i >= 0 && i < size ? picked(v, axis, i) : null;
    }
    default:
      return null;
  }
}
