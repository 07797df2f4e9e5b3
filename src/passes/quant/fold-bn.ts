import type { ValueId } from "../../ir/graph/module.js";
import { bytesOf, dataFromBytes, numbersOf, tensorOf } from "../../ir/op/tensor.js";
import type { IrContext } from "../../ir/pass/context.js";
import { definePass } from "../../ir/pass/pass.js";
import { isFloat } from "../../ir/type/dtype.js";
import { numElements, type TensorType, tensorType } from "../../ir/type/tensor-type.js";
import { type SweepView, sweep } from "../rewrite/sweep.js";

/** Contractions that take a per-channel factor into constant weights: the axis of w that is the output channel. */
const CHANNEL_AXIS_OF_WEIGHTS: Readonly<Record<string, (groups: number) => number | null>> = {
  conv: () => 0,
  dense: () => 0,
  conv_transpose: (groups) => (groups === 1 ? 1 : null),
};

/**
 * Folds an inference BatchNorm, and any other per-channel multiply or add by constants, into the contraction before it.
 *   batch_norm(x) = x * k + s,   k = gamma / sqrt(var + eps), s = beta - mean * k
 *   conv(x, W, b) * k + s = conv(x, W * k, b * k + s), per output channel
 * Requires the contraction to have this one use. A BatchNorm that stays becomes a multiply and an add.
 * Jacob et al. 2018, section 3.2.
 */
export const foldBatchNorm = definePass({
  name: "fold-bn",
  doc: "Folds BatchNorm and per-channel multiplies and adds into the contraction before them.",
  options: {},
  requires: [],
  establishes: ["bn-folded"],
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

function foldAffine(view: SweepView, ctx: IrContext): readonly ValueId[] | null {
  const { node, inputs, b, producer } = view;
  if (node.op !== "mul" && node.op !== "add" && node.op !== "sub") return null;
  const at = node.op === "sub" ? 0 : inputs.findIndex((v) => producer(v) !== undefined);
  if (at < 0) return null;
  const conv = producer(inputs[at]);
  const axisOf = conv && CHANNEL_AXIS_OF_WEIGHTS[conv.op];
  if (!conv || !axisOf || view.uses(node.inputs[at]) !== 1) return null;
  const values = valuesOf(view, ctx, inputs[1 - at]);
  const weights = valuesOf(view, ctx, conv.inputs[1]);
  const bias = conv.inputs[2] ? valuesOf(view, ctx, conv.inputs[2]) : null;
  const axis = axisOf(Number(conv.attrs.groups ?? 1));
  const y = conv.outputs[0].type;
  if (!values || !weights || axis === null || (conv.inputs[2] && !bias) || !isFloat(y.dtype)) return null;
  const wType = b.typeOf(conv.inputs[1]);
  const channels = wType.shape[axis];
  const channelAxis = conv.attrs.layout === "channels_first" ? 1 : y.shape.length - 1;
  const perChannel = spread(values, b.typeOf(inputs[1 - at]).shape, y.shape, channelAxis, channels);
  if (!perChannel) return null;
  const factor = node.op === "mul" ? perChannel : null;
  const shift = node.op === "mul" ? null : perChannel.map((x) => (node.op === "sub" ? -x : x));
  const inner = wType.shape.slice(axis + 1).reduce((p, d) => p * d, 1);
  const w = factor
    ? constantOf(
        view,
        wType,
        weights.map((x, i) => x * factor[Math.floor(i / inner) % channels]),
        `${conv.inputs[1].slice(1)}_folded`,
      )
    : conv.inputs[1];
  const oldBias = bias ?? new Float64Array(channels);
  const newBias = oldBias.map((x, c) => x * (factor ? factor[c] : 1) + (shift ? shift[c] : 0));
  const hasBias = bias !== null || shift !== null;
  const biasId = hasBias ? constantOf(view, tensorType(y.dtype, [channels]), newBias, `${node.outputs[0].id.slice(1)}_bias`) : "";
  return [
    b.node(conv.op, [conv.inputs[0], w, ...(hasBias ? [biasId] : [])], conv.attrs, view.loc(conv), node.outputs[0].id.slice(1)),
  ];
}

/** One value per channel, where the constant varies along the channel axis only. */
function spread(
  values: Float64Array,
  shape: readonly number[],
  out: readonly number[],
  axis: number,
  channels: number,
): Float64Array | null {
  if (shape.length > out.length) return null;
  if (numElements(shape) === 1) return new Float64Array(channels).fill(values[0]);
  const at = axis - (out.length - shape.length);
  const fits = at >= 0 && shape.every((d, i) => (i === at ? d === channels : d === 1));
  return fits ? values : null;
}
