import type { ValueId } from "../../ir/graph/module.js";
import { bytesOf, dataFromBytes, numbersOf, tensorOf } from "../../ir/op/tensor.js";
import type { IrContext } from "../../ir/pass/context.js";
import { definePass } from "../../ir/pass/pass.js";
import { isInt } from "../../ir/type/dtype.js";
import { numElements, tensorType } from "../../ir/type/tensor-type.js";
import { BROKEN_BY_NEW_NODES, type SweepView, sweep } from "../rewrite/sweep.js";

/** Largest number of rows whose index still has an exact neighbour as an f32 bound of `clip`. */
const MAX_ROWS = 1 << 20;

/**
 * matmul(cast(i[.., 1] == [0, 1, .., N - 1]), W [N, K]) = gather([W; 0], clip(i, -1, N))
 * A row that is picked instead of a product with a row of zeros and a one. Index -1 counts from the end, so that it, like N, is the row
 * of zeros behind W: what a product gives for an index that is outside. W must be finite, as 0 * inf is no zero.
 */
export const oneHotToGather = definePass({
  name: "one-hot-to-gather",
  doc: "Turns products of a one-hot encoding with a constant matrix into a lookup of its rows.",
  options: {},
  requires: ["flat"],
  establishes: [],
  breaks: BROKEN_BY_NEW_NODES,
  run: (m, ctx) => sweep(m, ctx, "one-hot-to-gather", (v) => lookupOf(v, ctx)),
});

function lookupOf(view: SweepView, ctx: IrContext): readonly ValueId[] | null {
  const { node, inputs, b, producer } = view;
  if (node.op !== "matmul") return null;
  const weights = b.constOf(inputs[1]);
  if (weights?.type.dtype !== "f32" || weights.type.quant || weights.type.shape.length !== 2) return null;
  const [rows, columns] = weights.type.shape;
  const cast = producer(inputs[0]);
  const eq = cast?.op === "cast" ? producer(cast.inputs[0]) : undefined;
  if (cast?.attrs.to !== "f32" || eq?.op !== "eq" || rows > MAX_ROWS) return null;
  const at = eq.inputs.findIndex((v) => countsUp(view, ctx, v, rows));
  const index = eq.inputs[1 - at];
  if (at < 0) return null;
  const type = b.typeOf(index);
  const encoded = eq.outputs[0].type.shape;
  if ((type.dtype !== "i32" && type.dtype !== "i64") || type.quant) return null;
  if (type.shape.length !== encoded.length || type.shape.at(-1) !== 1) return null;
  if (type.shape.slice(0, -1).join() !== encoded.slice(0, -1).join()) return null;
  const values = numbersOf({ type: weights.type, data: dataFromBytes("f32", ctx.blobs.get(weights.blob)) });
  if (!values.every((x) => Number.isFinite(Number(x)))) return null;
  const padded = tensorType("f32", [rows + 1, columns]);
  const table = b.constant(padded, bytesOf(tensorOf(padded, [...values, ...new Array<number>(columns).fill(0)])), "table");
  const flat = b.node("reshape", [index], { shape: encoded.slice(0, -1) }, view.loc(cast, eq));
  const inside = b.node("clip", [flat], { lo: -1, hi: rows }, view.loc(cast, eq));
  return [b.node("gather", [table, inside], { axis: 0 }, view.loc(cast, eq), node.outputs[0].id.slice(1))];
}

/** Whether `v` is the constant [0, 1, .., n - 1] along its last dimension, all others one. */
function countsUp(view: SweepView, ctx: IrContext, v: ValueId, n: number): boolean {
  const c = view.b.constOf(v);
  if (!c || !isInt(c.type.dtype) || c.type.quant || numElements(c.type.shape) !== n || c.type.shape.at(-1) !== n) return false;
  const values = numbersOf({ type: c.type, data: dataFromBytes(c.type.dtype, ctx.blobs.get(c.blob)) });
  return values.every((x, i) => Number(x) === i);
}
