import { isAbsent, type Node, type ValueId } from "../../ir/graph/module.js";
import type { Affine, OpAffine } from "../../ir/op/affine.js";
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
  tolerance: 1e-4,
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

/** y = x * k + s along an axis  -->  mul, add: a BatchNorm with constant moments */
function expandOne(view: SweepView, ctx: IrContext): readonly ValueId[] | null {
  const { node, inputs, b } = view;
  const affine: OpAffine<never> | undefined = ctx.ops.get(node.op)?.affine;
  if (!affine?.axis) return null;
  const [x] = affine.operands;
  const known = coefficientsOf(view, ctx, affine, x);
  if (!known) return null;
  const { shape, dtype } = b.typeOf(inputs[x]);
  const behind = shape.length - 1 - affine.axis(node.attrs as never, shape.length);
  const name = node.outputs[0].id.slice(1);
  const applied = (op: string, v: ValueId, values: Float64Array, hint: string) => {
    const type = tensorType(dtype, [values.length, ...new Array<number>(behind).fill(1)]);
    return b.node(
      op,
      [v, constantOf(view, type, values, `${name}_${hint}`)],
      {},
      view.loc(),
      hint === "shift" ? name : undefined,
    );
  };
  const scaled = known.factor ? applied("mul", inputs[x], known.factor, "scale") : inputs[x];
  return [known.shift ? applied("add", scaled, known.shift, "shift") : scaled];
}

/** Where operand `x` is multiplied by and what is added to it; null where another operand is no constant. */
function coefficientsOf(view: SweepView, ctx: IrContext, affine: OpAffine<never>, x: number): Affine | null {
  const others = view.inputs.flatMap((v, i) => (i === x ? [] : [valuesOf(view, ctx, v)]));
  const known = others.filter((values) => values !== null);
  return known.length === others.length ? affine.coefficients(known, view.node.attrs as never) : null;
}

function foldAffine(view: SweepView, ctx: IrContext): readonly ValueId[] | null {
  const { node, inputs, b, producer } = view;
  const affine: OpAffine<never> | undefined = ctx.ops.get(node.op)?.affine;
  const at = affine?.axis ? undefined : affine?.operands.find((i) => producer(inputs[i]) !== undefined);
  const source = at === undefined ? undefined : producer(inputs[at]);
  if (!affine || at === undefined || !source || view.uses(node.inputs[at]) !== 1 || !isFloat(source.outputs[0].type.dtype))
    return null;
  const weights = weightsOf(
    ctx.ops.get(source.op),
    source.inputs.map((v) => (isAbsent(v) ? null : b.typeOf(v))),
    source.attrs,
  );
  const known = weights && coefficientsOf(view, ctx, affine, at);
  const shapes = inputs.flatMap((v, i) => (i === at ? [] : [b.typeOf(v).shape]));
  if (!weights || !known || shapes.some((s) => s.join() !== shapes[0].join())) return null;
  const along = (values: Float64Array | null) =>
    values && spread(values, shapes[0] ?? [], source.outputs[0].type.shape, weights.result);
  const [factor, shift] = [along(known.factor), along(known.shift)];
  if ((known.factor && !factor) || (known.shift && !shift)) return null;
  const operands = foldedOperands(view, ctx, source, weights, { factor, shift });
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
