import { isAbsent, type Node, type ValueId } from "../../ir/graph/module.js";
import { hasTrait } from "../../ir/op/define.js";
import type { OpLayout } from "../../ir/op/layout.js";
import { dataFromBytes, type Tensor } from "../../ir/op/tensor.js";
import type { IrContext } from "../../ir/pass/context.js";
import { definePass } from "../../ir/pass/pass.js";
import { recipeOf, type StridedView, viewOf } from "../../ir/type/strided-view.js";
import { numElements } from "../../ir/type/tensor-type.js";
import { BROKEN_BY_NEW_NODES, type SweepView, sweep } from "../rewrite/sweep.js";

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

const isStrided = (n: Node, ctx: IrContext): boolean => ctx.ops.get(n.op)?.layout?.view !== undefined;

/** Does it take a kernel that moves elements, rather than none? */
const isMove = (n: Node, ctx: IrContext): boolean => {
  const def = ctx.ops.get(n.op);
  return def !== undefined && isStrided(n, ctx) && !hasTrait(def, "view");
};

function compose(view: SweepView, ctx: IrContext): readonly ValueId[] | null {
  const { node, inputs, b } = view;
  if (!isMove(node, ctx)) return null;
  const chain: Node[] = [{ ...node, inputs }];
  let base = inputs[0];
  for (let p = view.producer(base); p && isStrided(p, ctx); p = view.producer(base)) {
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
  const moves = chain.filter((n) => isMove(n, ctx)).length;
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
function movedBy({ b }: SweepView, ctx: IrContext, n: Node, v: StridedView): StridedView | null {
  const layout: OpLayout<never> | undefined = ctx.ops.get(n.op)?.layout;
  const constant = (operand: number): Tensor | null => {
    const c = isAbsent(n.inputs[operand] ?? "") ? null : b.constOf(n.inputs[operand]);
    return c && { type: c.type, data: dataFromBytes(c.type.dtype, ctx.blobs.get(c.blob)) };
  };
  return layout?.view?.(v, n.attrs as never, { result: n.outputs[0].type, constant }) ?? null;
}
