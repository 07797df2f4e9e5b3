import { attr } from "../../ir/attr/attr.js";
import { isAbsent, isConst, type Module, type ValueId } from "../../ir/graph/module.js";
import { axisIndex, bytesOf, dataFromBytes, numbersOf, tensorOf } from "../../ir/op/tensor.js";
import { type Weights, weightsOf } from "../../ir/op/weights.js";
import type { IrContext } from "../../ir/pass/context.js";
import { definePass } from "../../ir/pass/pass.js";
import { perAxis, perTensor, type Quant } from "../../ir/type/quant.js";
import { tensorType } from "../../ir/type/tensor-type.js";
import { BROKEN_BY_NEW_NODES, type SweepView, sweep } from "../rewrite/sweep.js";
import {
  activationGrid,
  asymmetricGrid,
  gridSqnr,
  QUANTIZERS,
  type Quantizer,
  quantizeValue,
  type Range,
  symmetricScale,
} from "./grids.js";
import { isContraction, quantPoints, readAsIntegers } from "./points.js";
import { rangeOf } from "./ranges.js";

/**
 * Puts every quantization point on its grid, in floats: x --> dequantize(quantize(x)); weights W --> dequantize(Wq), Wq constant.
 * The module then computes in floats what the integer network will, so its accuracy can be judged and its error traced by layer.
 * Jacob et al. 2018, section 3. Requires the ranges that calibration left in the module's properties.
 */
export const fakeQuant = definePass({
  name: "fake-quant",
  doc: "Simulates quantization: quantize and dequantize at every point, weights stored as integers.",
  options: {
    quantizer: attr.oneOf("grids of weights and activations", QUANTIZERS, "symmetricpc"),
    sqnr: attr.f32("element-wise ops read a value in floats where its grid gives less than this, in dB", 36),
  },
  requires: ["flat", "observed"],
  establishes: [],
  breaks: BROKEN_BY_NEW_NODES,
  obligatory: true,
  run(m, ctx, { quantizer, sqnr }) {
    if (quantizer === "none") return m;
    const { points, classOf } = quantPoints(m.funcs[0], ctx.ops, m.states);
    const ranges = classRanges(m, points, classOf);
    const pairs = new Map<ValueId, ValueId>();
    return sweep(m, ctx, "fake-quant", (view) => {
      const { node, inputs, b } = view;
      const kernel = readAsIntegers(node, ctx.ops);
      const onGrid = inputs.map((v, i) => {
        const range = ranges.get(classOf.get(node.inputs[i]) ?? "");
        const coarse = () => sqnrOf(m, node.inputs[i], quantizer, range!) < sqnr;
        if (range && (kernel.includes(i) || !coarse())) return activationPair(view, v, quantizer, range, pairs);
        const axes = isWeight(view, ctx, i) ? weightsAt(view, ctx, i) : null;
        return axes ? weightPair(view, ctx, v, quantizer, axes.out) : v;
      });
      if (onGrid.every((v, i) => v === inputs[i])) return null;
      return b.nodes(
        node.op,
        onGrid,
        node.attrs,
        node.loc,
        node.outputs.map((o) => o.id.slice(1)),
      );
    });
  },
});

/** Signal to noise of a value on the grid of its class; infinite where its power is unknown. */
function sqnrOf(m: Module, v: ValueId, quantizer: Quantizer, range: Range): number {
  const power = rangeOf(m, v)?.power ?? 0;
  return power > 0 ? gridSqnr(power, activationGrid(quantizer, range)) : Number.POSITIVE_INFINITY;
}

/** The union of the members' ranges, for every class that was observed. */
function classRanges(
  m: Module,
  points: ReadonlySet<ValueId>,
  classOf: ReadonlyMap<ValueId, ValueId>,
): ReadonlyMap<ValueId, Range> {
  const ranges = new Map<ValueId, Range>();
  for (const p of points) {
    const r = rangeOf(m, p);
    const key = classOf.get(p) ?? p;
    const known = ranges.get(key);
    if (r) ranges.set(key, known ? { min: Math.min(known.min, r.min), max: Math.max(known.max, r.max) } : r);
  }
  return ranges;
}

function activationPair(view: SweepView, v: ValueId, quantizer: Quantizer, range: Range, pairs: Map<ValueId, ValueId>): ValueId {
  const known = pairs.get(v);
  if (known) return known;
  const { dtype, scale, zero } = activationGrid(quantizer, range);
  const q = view.b.node("quantize", [v], { dtype, scales: [scale], zeros: [zero] }, view.loc(), `${v.slice(1)}_q`);
  const pair = view.b.node("dequantize", [q], {}, view.loc(), `${v.slice(1)}_dq`);
  pairs.set(v, pair);
  return pair;
}

const isWeight = (view: SweepView, ctx: IrContext, operand: number): boolean =>
  isContraction(view.node, ctx.ops) && isConst(view.inputs[operand]) && view.b.typeOf(view.inputs[operand]).dtype === "f32";

/** What the op says of this operand as its weights; null where it is none. */
function weightsAt({ node, inputs, b }: SweepView, ctx: IrContext, operand: number): Weights | null {
  const types = inputs.map((v) => (isAbsent(v) ? null : b.typeOf(v)));
  const weights = weightsOf(ctx.ops.get(node.op), types, node.attrs);
  return weights?.operand === operand ? weights : null;
}

/** dequantize(Wq): int8 on [-127, 127], per output channel for symmetricpc; one i8 grid with a zero point for asymmetric. */
function weightPair(view: SweepView, ctx: IrContext, v: ValueId, quantizer: Quantizer, axis: number): ValueId {
  const c = view.b.constOf(v)!;
  const values = numbersOf({ type: c.type, data: dataFromBytes(c.type.dtype, ctx.blobs.get(c.blob)) });
  const { shape } = c.type;
  const quant = weightQuant(values, shape, axis, quantizer);
  const channel = axisIndex(shape, axis);
  const at = (i: number) => (quant.kind === "tensor" ? 0 : channel(i));
  const [scales, zeros] = quant.kind === "tensor" ? [[quant.scale], [quant.zero]] : [quant.scales, quant.zeros];
  const lo = quantizer === "asymmetric" ? -128 : -127;
  const ints = values.map((x, i) => quantizeValue(x, scales[at(i)], zeros[at(i)], lo, 127));
  const type = tensorType("i8", shape, quant);
  const q = view.b.constant(type, bytesOf(tensorOf(type, ints)), `${v.slice(1)}_q`);
  return view.b.node("dequantize", [q], {}, view.loc(), `${v.slice(1)}_dq`);
}

function weightQuant(values: Float64Array, shape: readonly number[], axis: number, quantizer: Quantizer): Quant {
  if (quantizer === "asymmetric") {
    let [min, max] = [0, 0];
    for (const x of values) [min, max] = [Math.min(min, x), Math.max(max, x)];
    const { scale, zero } = asymmetricGrid({ min, max }, "i8");
    return perTensor(scale, zero);
  }
  const perChannel = quantizer === "symmetricpc";
  const channel = perChannel ? axisIndex(shape, axis) : () => 0;
  const peaks = new Float64Array(perChannel ? shape[axis] : 1);
  values.forEach((x, i) => (peaks[channel(i)] = Math.max(peaks[channel(i)], Math.abs(x))));
  const scales = Array.from(peaks, symmetricScale);
  return perChannel ? perAxis(axis, scales) : perTensor(scales[0]);
}
