import { isAbsent, isConst, type ValueId } from "../../../ir/graph/module.js";
import { bytesOf, dataFromBytes, numbersOf, tensorOf } from "../../../ir/op/tensor.js";
import { type Weights, weightsOf } from "../../../ir/op/weights.js";
import type { IrContext } from "../../../ir/pass/context.js";
import type { Quant } from "../../../ir/type/quant.js";
import { type TensorType, tensorType } from "../../../ir/type/tensor-type.js";
import type { SweepView } from "../../rewrite/sweep.js";
import { roundHalfEven } from "../grids.js";
import { integerForm } from "../points.js";

/** The quantized value under dequantize(q), 8 bits wide. */
export function quantizedOperand(view: SweepView, v: ValueId): ValueId | null {
  const n = view.producer(v);
  if (n?.op !== "dequantize") return null;
  const t = view.b.typeOf(n.inputs[0]);
  return (t.dtype === "i8" || t.dtype === "u8") && t.quant !== null ? n.inputs[0] : null;
}

/** conv(dq(x), dq(w), b) --> dq(conv(x, w, bq)); a bias that is no constant, or too large for i32, is added behind in floats. */
export function contractionRule(view: SweepView, ctx: IrContext): readonly ValueId[] | null {
  const { node, inputs, b } = view;
  const form = integerForm(node, ctx.ops);
  if (form?.form !== "accumulate") return null;
  const types = inputs.map((v) => (isAbsent(v) ? null : b.typeOf(v)));
  const weights = weightsOf(ctx.ops.get(node.op), types, node.attrs);
  const [first, second] = [form.reads[0], weights?.operand ?? form.reads[1]];
  const x = quantizedOperand(view, inputs[first] ?? "");
  const w = quantizedOperand(view, inputs[second] ?? "");
  if (!x || !w || b.typeOf(x).quant?.kind !== "tensor" || !fitsWeights(weights, b.typeOf(w))) return null;
  const biasId = weights?.bias ? (inputs[weights.bias] ?? "") : "";
  const bias = isAbsent(biasId) ? "" : biasOf(view, ctx, biasId, b.typeOf(x), b.typeOf(w));
  const operands = inputs.map((v, i) => (i === first ? x : i === second ? w : i === weights?.bias ? (bias ?? "") : v));
  while (isAbsent(operands[operands.length - 1])) operands.pop();
  const acc = b.node(node.op, operands, node.attrs, view.loc(), `${node.outputs[0].id.slice(1)}_acc`);
  if (!b.typeOf(acc).quant) return null;
  const y = b.node("dequantize", [acc], {}, view.loc(), node.outputs[0].id.slice(1));
  if (bias !== null || !weights) return [y];
  const behind = node.outputs[0].type.shape.slice(weights.result + 1);
  const spread = behind.length
    ? b.node("reshape", [biasId], { shape: [...b.typeOf(biasId).shape, ...behind.map(() => 1)] }, view.loc())
    : biasId;
  return [b.node("add", [y, spread], {}, view.loc())];
}

/** One scale for all weights, or one for each output channel. */
const fitsWeights = (weights: Weights | null, w: TensorType): boolean =>
  w.quant?.kind === "tensor" || (w.quant?.kind === "axis" && w.quant.axis === weights?.out);

/** Integers of a bias stay below this, so that sums of products have room beside it. */
export const BIAS_LIMIT = 2 ** 30;

/** The bias on the accumulator's grid, scale sx sw, as i32; "" stands for none, null for one that must stay float. */
function biasOf(view: SweepView, ctx: IrContext, v: ValueId, x: TensorType, w: TensorType): ValueId | null {
  const inner = view.producer(v);
  const id = inner?.op === "dequantize" && isConst(inner.inputs[0]) ? inner.inputs[0] : v;
  const c = view.b.constOf(id);
  if (!c || x.quant?.kind !== "tensor" || !w.quant) return null;
  const stored = numbersOf({ type: c.type, data: dataFromBytes(c.type.dtype, ctx.blobs.get(c.blob)) });
  const real = stored.map((q, i) => (c.type.quant ? (q - zeroAt(c.type.quant, i)) * scaleAt(c.type.quant, i) : q));
  const sx = x.quant.scale;
  const ints = real.map((r, i) => roundHalfEven(r / Math.fround(sx * scaleAt(w.quant!, i))));
  if (ints.some((n) => !(Math.abs(n) < BIAS_LIMIT))) return null;
  const type = tensorType("i32", c.type.shape);
  return view.b.constant(type, bytesOf(tensorOf(type, ints)), `${id.slice(1)}_i32`);
}

const scaleAt = (q: Quant, i: number): number => (q.kind === "tensor" ? q.scale : q.scales[i]);
const zeroAt = (q: Quant, i: number): number => (q.kind === "tensor" ? q.zero : q.zeros[i]);
