import { isConst, type ValueId } from "../../../ir/graph/module.js";
import { axisIndex, bytesOf, dataFromBytes, numbersOf, tensorOf } from "../../../ir/op/tensor.js";
import { type Weights, weightsOf } from "../../../ir/op/weights.js";
import type { IrContext } from "../../../ir/pass/context.js";
import type { Repair } from "../../../ir/quant/repair.js";
import { perAxis, perTensor, type Quant, quantAt } from "../../../ir/type/quant.js";
import { tensorType } from "../../../ir/type/tensor-type.js";
import { type SweepView, sweep } from "../../rewrite/sweep.js";
import { roundHalfEven } from "../grids.js";
import { BIAS_LIMIT } from "../rules/contraction.js";

/**
 * Enlarges the scales of weights where the bias would not fit the grid of the sums in 32 bits, so that no bias is added in floats:
 *   s' = max(s, |b| / (s_x 2^30))
 * The weights of such a channel are so small beside its bias that what they lose cannot be seen: a step s' weighs at most
 * 255 s_x s' = 255 |b| / 2^30 in a sum. ONNX Runtime does the same by default (QDQDisableWeightAdjustForInt32Bias).
 */
export const biasInI32: Repair = {
  name: "bias-in-i32",
  doc: "enlarges scales of weights where a bias does not fit in 32 bits",
  invariant: "every constant bias behind symmetric weights is an integer below 2^30 on the grid of its sums",
  apply: (m, ctx) => sweep(m, ctx, "bias-in-i32", (view) => enlarge(view, ctx)),
};

/** Room for rounding the scales to float32. */
const LIMIT = BIAS_LIMIT * (1 - 2 ** -20);

function enlarge(view: SweepView, ctx: IrContext): readonly ValueId[] | null {
  const { node, inputs, b } = view;
  const def = ctx.ops.get(node.op);
  if (def?.quantize?.form !== "accumulate") return null;
  const types = inputs.map((v) => (v === "" ? null : b.typeOf(v)));
  const weights = weightsOf(def, types, node.attrs);
  const [x, w] = [def.quantize.reads[0], weights?.operand ?? -1].map((i) => quantOf(view, inputs[i] ?? ""));
  const bias = weights?.bias == null ? null : realsOf(view, ctx, inputs[weights.bias] ?? "");
  if (!weights || !bias || x?.quant.kind !== "tensor" || !w || w.quant.kind === "block" || !isConst(w.id)) return null;
  const scales = enlarged(w.quant, x.quant.scale, bias);
  if (!scales) return null;
  const operands = inputs.map((v, i) => (i === weights.operand ? rescaled(view, ctx, w, weights, scales) : v));
  return b.nodes(
    node.op,
    operands,
    node.attrs,
    node.loc,
    node.outputs.map((o) => o.id.slice(1)),
  );
}

interface Dequantized {
  readonly id: ValueId;
  readonly quant: Quant;
}

function quantOf({ producer, b }: SweepView, v: ValueId): Dequantized | null {
  const n = producer(v);
  const quant = n?.op === "dequantize" ? b.typeOf(n.inputs[0]).quant : null;
  return n && quant ? { id: n.inputs[0], quant } : null;
}

function realsOf({ b }: SweepView, ctx: IrContext, v: ValueId): Float64Array | null {
  const c = b.constOf(v);
  return c?.type.dtype === "f32" ? numbersOf({ type: c.type, data: dataFromBytes("f32", ctx.blobs.get(c.blob)) }) : null;
}

/** The scales that let every bias in; null where they do as they are, or the weights have zero points. */
function enlarged(q: Quant, sx: number, bias: Float64Array): readonly number[] | null {
  const [scales, zeros] = q.kind === "tensor" ? [[q.scale], [q.zero]] : [q.scales, q.zeros];
  if (zeros.some((z) => z !== 0)) return null;
  const least = new Float64Array(scales.length);
  bias.forEach((x, c) => {
    const i = scales.length === 1 ? 0 : c;
    least[i] = Math.max(least[i], Math.abs(x) / (sx * LIMIT));
  });
  return scales.some((s, i) => least[i] > s) ? scales.map((s, i) => Math.max(s, Math.fround(least[i] * (1 + 2 ** -23)))) : null;
}

/** The integers of the weights under other scales. */
function rescaled(view: SweepView, ctx: IrContext, w: Dequantized, { out }: Weights, scales: readonly number[]): ValueId {
  const { b } = view;
  const c = b.constOf(w.id)!;
  const channel = w.quant.kind === "tensor" ? () => 0 : axisIndex(c.type.shape, out);
  const stored = numbersOf({ type: c.type, data: dataFromBytes(c.type.dtype, ctx.blobs.get(c.blob)) });
  const ints = stored.map((q, i) => roundHalfEven((q * quantAt(w.quant, channel(i)).scale) / scales[channel(i)]));
  const type = tensorType(c.type.dtype, c.type.shape, w.quant.kind === "tensor" ? perTensor(scales[0]) : perAxis(out, scales));
  const id = b.constant(type, bytesOf(tensorOf(type, ints)), `${w.id.slice(1)}_enlarged`);
  return b.node("dequantize", [id], {}, view.loc(), `${w.id.slice(1)}_enlarged_dq`);
}
