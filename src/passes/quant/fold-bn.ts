import { isAbsent, type Node, type ValueId } from "../../ir/graph/module.js";
import { axisIndex, bytesOf, dataFromBytes, numbersOf, tensorOf } from "../../ir/op/tensor.js";
import { type Weights, weightsOf } from "../../ir/op/weights.js";
import type { IrContext } from "../../ir/pass/context.js";
import { definePass } from "../../ir/pass/pass.js";
import { isFloat } from "../../ir/type/dtype.js";
import { numElements, type TensorType, tensorType } from "../../ir/type/tensor-type.js";
import { BROKEN_BY_NEW_NODES, type SweepView, sweep } from "../rewrite/sweep.js";

/**
 * Folds an inference BatchNorm, and any other per-channel multiply or add by constants, into the op with weights before it.
 *   batch_norm(x) = x * k + s,   k = gamma / sqrt(var + eps), s = beta - mean * k
 *   conv(x, W, b) * k + s = conv(x, W * k, b * k + s), per output channel
 * Requires the op with weights to have this one use. A BatchNorm that stays becomes a multiply and an add.
 * Jacob et al. 2018, section 3.2.
 */
export const foldBatchNorm = definePass({
  name: "fold-bn",
  doc: "Folds BatchNorm and per-channel multiplies and adds into the contraction before them.",
  options: {},
  requires: ["flat"],
  establishes: ["bn-folded"],
  breaks: BROKEN_BY_NEW_NODES,
  run: (m, ctx) => sweep(expandBatchNorm(m, ctx), ctx, "fold-bn", (v) => foldAffine(v, ctx)),
});

const expandBatchNorm = (m: Parameters<typeof sweep>[0], ctx: IrContext) => sweep(m, ctx, "fold-bn", (v) => expandOne(v, ctx));

/** The values of a constant operand, or null. */
function valuesOf(view: SweepView, ctx: IrContext, v: ValueId): Float64Array | null {
  const c = view.b.constOf(v);
  return c && isFloat(c.type.dtype)
    ? numbersOf({ type: c.type, data: dataFromBytes(c.type.dtype, ctx.blobs.get(c.blob)) })
    : null;
}

function constantOf(view: SweepView, type: TensorType, values: ArrayLike<number>, hint: string): ValueId {
  return view.b.constant(type, bytesOf(tensorOf(type, values)), hint);
}

function expandOne(view: SweepView, ctx: IrContext): readonly ValueId[] | null {
  const { node, inputs, b } = view;
  if (node.op !== "batch_norm") return null;
  const [gamma, beta, mean, variance] = inputs.slice(1, 5).map((v) => valuesOf(view, ctx, v));
  if (!gamma || !beta || !mean || !variance) return null;
  const epsilon = Number(node.attrs.epsilon);
  const k = gamma.map((g, c) => g / Math.sqrt(variance[c] + epsilon));
  const s = beta.map((x, c) => x - mean[c] * k[c]);
  const { shape, dtype } = b.typeOf(inputs[0]);
  const behind = node.attrs.layout === "channels_last" ? 0 : Math.max(0, shape.length - 2);
  const perChannel = tensorType(dtype, [k.length, ...new Array<number>(behind).fill(1)]);
  const scaled = b.node(
    "mul",
    [inputs[0], constantOf(view, perChannel, k, `${node.outputs[0].id.slice(1)}_scale`)],
    {},
    view.loc(),
  );
  return [
    b.node(
      "add",
      [scaled, constantOf(view, perChannel, s, `${node.outputs[0].id.slice(1)}_shift`)],
      {},
      view.loc(),
      node.outputs[0].id.slice(1),
    ),
  ];
}

interface Affine {
  readonly factor: Float64Array | null;
  readonly shift: Float64Array | null;
}

function foldAffine(view: SweepView, ctx: IrContext): readonly ValueId[] | null {
  const { node, inputs, b, producer } = view;
  if (node.op !== "mul" && node.op !== "add" && node.op !== "sub") return null;
  const at = node.op === "sub" ? 0 : inputs.findIndex((v) => producer(v) !== undefined);
  const source = at < 0 ? undefined : producer(inputs[at]);
  if (!source || view.uses(node.inputs[at]) !== 1 || !isFloat(source.outputs[0].type.dtype)) return null;
  const weights = weightsOf(
    ctx.ops.get(source.op),
    source.inputs.map((v) => (isAbsent(v) ? null : b.typeOf(v))),
    source.attrs,
  );
  const values = valuesOf(view, ctx, inputs[1 - at]);
  if (!weights || !values) return null;
  const perChannel = spread(values, b.typeOf(inputs[1 - at]).shape, source.outputs[0].type.shape, weights.result);
  if (!perChannel) return null;
  const affine: Affine =
    node.op === "mul"
      ? { factor: perChannel, shift: null }
      : { factor: null, shift: node.op === "sub" ? perChannel.map((x) => -x) : perChannel };
  const operands = foldedOperands(view, ctx, source, weights, affine);
  return operands && [b.node(source.op, operands, source.attrs, view.loc(source), node.outputs[0].id.slice(1))];
}

/** Operands of `source` with factor * y + shift in its weights and bias; null where these are no constants, or there is no bias to add to. */
function foldedOperands(
  view: SweepView,
  ctx: IrContext,
  source: Node,
  { operand, bias, out }: Weights,
  { factor, shift }: Affine,
): readonly ValueId[] | null {
  const { b, node } = view;
  const operands = [...source.inputs];
  const w = valuesOf(view, ctx, operands[operand]);
  const biasId = bias === null ? "" : (operands[bias] ?? "");
  const old = isAbsent(biasId) ? null : valuesOf(view, ctx, biasId);
  if (!w || (!isAbsent(biasId) && !old) || (shift && bias === null)) return null;
  if (factor) {
    const type = b.typeOf(operands[operand]);
    const channel = axisIndex(type.shape, out);
    const scaled = w.map((x, i) => x * factor[channel(i)]);
    operands[operand] = constantOf(view, type, scaled, `${operands[operand].slice(1)}_folded`);
  }
  if (bias !== null && (old || shift)) {
    const channels = (factor ?? shift)!.length;
    const values = (old ?? new Float64Array(channels)).map((x, c) => x * (factor ? factor[c] : 1) + (shift ? shift[c] : 0));
    while (operands.length < bias) operands.push("");
    operands[bias] = constantOf(
      view,
      tensorType(source.outputs[0].type.dtype, [channels]),
      values,
      `${node.outputs[0].id.slice(1)}_bias`,
    );
  }
  return operands;
}

/** One value per channel of `out`, whose channels lie along `axis`, where the constant varies along that axis only. */
function spread(values: Float64Array, shape: readonly number[], out: readonly number[], axis: number): Float64Array | null {
  if (shape.length > out.length) return null;
  const channels = out[axis];
  if (numElements(shape) === 1) return new Float64Array(channels).fill(values[0]);
  const at = axis - (out.length - shape.length);
  const fits = at >= 0 && shape.every((d, i) => (i === at ? d === channels : d === 1));
  return fits ? values : null;
}
