import { attr } from "../../ir/attr/attr.js";
import { isAbsent, isConst, type ValueId } from "../../ir/graph/module.js";
import { axisIndex, bytesOf, dataFromBytes, numbersOf, tensorOf } from "../../ir/op/tensor.js";
import { weightsOf } from "../../ir/op/weights.js";
import type { IrContext } from "../../ir/pass/context.js";
import { definePass } from "../../ir/pass/pass.js";
import type { Range, Statistics } from "../../ir/quant/calibrator.js";
import { perAxis, perTensor } from "../../ir/type/quant.js";
import { tensorType } from "../../ir/type/tensor-type.js";
import { BROKEN_BY_NEW_NODES, type SweepView, sweep } from "../rewrite/sweep.js";
import { type Grid, gridSqnr, quantizeValue } from "./grids.js";
import { takeObservers } from "./observers.js";
import { type QuantPoints, quantPoints } from "./points.js";
import { type Decisions, decisionsFor, schemeNamed } from "./recipe/decide.js";
import { presetRecipe, QUANTIZERS, recipeOf, type TensorDecision } from "./recipe/recipe.js";

/**
 * Puts every quantization point on its grid, in floats: x --> dequantize(quantize(x)); weights W --> dequantize(Wq), Wq constant.
 * The module then computes in floats what the integer network will, so its accuracy can be judged and its error traced by layer.
 * Jacob et al. 2018, section 3. Ranges come from the observers that calibration left, which are taken out; decisions from the recipe that
 * the module carries, else from the preset `quantizer`.
 */
export const fakeQuant = definePass({
  name: "fake-quant",
  doc: "Simulates quantization: quantize and dequantize at every point, weights stored as integers.",
  options: {
    quantizer: attr.oneOf("preset of decisions, where the module carries no recipe", QUANTIZERS, "symmetricpc"),
    sqnr: attr.f32("element-wise ops read a value in floats where its grid gives less than this, in dB", 36),
  },
  requires: ["flat", "observed"],
  establishes: [],
  tolerance: Number.POSITIVE_INFINITY,
  breaks: [...BROKEN_BY_NEW_NODES, "observed"],
  obligatory: true,
  run(observed, ctx, { quantizer, sqnr }) {
    const { module: m, statistics } = takeObservers(observed);
    const recipe = recipeOf(m) ?? (quantizer === "none" ? null : presetRecipe(quantizer));
    if (!recipe) return m;
    const decisions = decisionsFor(m, ctx, recipe);
    const points = quantPoints(m.funcs[0], ctx.ops, m.states, decisions);
    const grids = classGrids(ctx, points, statistics, decisions);
    const pairs = new Map<ValueId, ValueId>();
    return sweep(m, ctx, "fake-quant", (view) => {
      const { node, inputs, b } = view;
      if (decisions.keepsFloat(node)) return null;
      const kernel = points.reads(node);
      const onGrid = inputs.map((v, i) => {
        const old = node.inputs[i];
        const grid = grids.get(points.classOf.get(old) ?? "");
        if (grid && (kernel.includes(i) || !isCoarse(statistics.get(old), grid, sqnr)))
          return activationPair(view, v, grid, pairs);
        const axis = points.isContraction(node) ? channelAxis(view, ctx, i) : null;
        return axis === null ? v : weightPair(view, ctx, v, decisions.weight(node), axis);
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

/** Whether a value loses too much on the grid of its class; never where its power is unknown. */
const isCoarse = (s: Statistics | undefined, grid: Grid, sqnr: number): boolean =>
  s !== undefined && s.power > 0 && gridSqnr(s.power, grid) < sqnr;

/** The grid of every class that was observed: of the union of its members' ranges, as is decided for the member that a tensor decision names, else for the first. */
function classGrids(
  ctx: IrContext,
  { points, classOf }: QuantPoints,
  statistics: ReadonlyMap<ValueId, Statistics>,
  decisions: Decisions,
): ReadonlyMap<ValueId, Grid> {
  const classes = new Map<ValueId, { readonly range: Range; readonly leader: ValueId }>();
  for (const p of points) {
    const s = statistics.get(p);
    if (!s) continue;
    const key = classOf.get(p) ?? p;
    const range = decisions.calibratorOf(p).range(s);
    const known = classes.get(key);
    const leader = known && !(decisions.isNamedTensor(p) && !decisions.isNamedTensor(known.leader)) ? known.leader : p;
    const union = known ? { min: Math.min(known.range.min, range.min), max: Math.max(known.range.max, range.max) } : range;
    classes.set(key, { range: union, leader });
  }
  const gridOf = ({ range, leader }: { range: Range; leader: ValueId }): Grid => {
    const d = decisions.activation(leader);
    const { dtype, scales, zeros } = schemeNamed(ctx, d.scheme).grids([range], d);
    return { dtype, scale: scales[0], zero: zeros[0] };
  };
  return new Map([...classes].map(([key, c]) => [key, gridOf(c)]));
}

function activationPair(view: SweepView, v: ValueId, { dtype, scale, zero }: Grid, pairs: Map<ValueId, ValueId>): ValueId {
  const known = pairs.get(v);
  if (known) return known;
  const q = view.b.node("quantize", [v], { dtype, scales: [scale], zeros: [zero] }, view.loc(), `${v.slice(1)}_q`);
  const pair = view.b.node("dequantize", [q], {}, view.loc(), `${v.slice(1)}_dq`);
  pairs.set(v, pair);
  return pair;
}

/** The output channels' axis of this operand, where the op says that it is its weights and it is a constant of f32; else null. */
function channelAxis({ node, inputs, b }: SweepView, ctx: IrContext, operand: number): number | null {
  const types = inputs.map((v) => (isAbsent(v) ? null : b.typeOf(v)));
  const weights = weightsOf(ctx.ops.get(node.op), types, node.attrs);
  const isWeights = weights?.operand === operand && isConst(inputs[operand]) && types[operand]?.dtype === "f32";
  return isWeights ? weights.out : null;
}

/** dequantize(Wq), on one grid or on one for each output channel. */
function weightPair(view: SweepView, ctx: IrContext, v: ValueId, d: TensorDecision, axis: number): ValueId {
  const c = view.b.constOf(v)!;
  const values = numbersOf({ type: c.type, data: dataFromBytes(c.type.dtype, ctx.blobs.get(c.blob)) });
  const { shape } = c.type;
  const perChannel = d.granularity === "channel";
  const channel = perChannel ? axisIndex(shape, axis) : () => 0;
  const ranges = Array.from({ length: perChannel ? shape[axis] : 1 }, () => ({ min: 0, max: 0 }));
  values.forEach((x, i) => {
    const r = ranges[channel(i)];
    if (x < r.min) r.min = x;
    if (x > r.max) r.max = x;
  });
  const { dtype, scales, zeros, lo, hi } = schemeNamed(ctx, d.scheme).grids(ranges, d);
  const type = tensorType(dtype, shape, perChannel ? perAxis(axis, scales, zeros) : perTensor(scales[0], zeros[0]));
  const ints = values.map((x, i) => quantizeValue(x, scales[channel(i)], zeros[channel(i)], lo, hi));
  const q = view.b.constant(type, bytesOf(tensorOf(type, ints)), `${v.slice(1)}_q`);
  return view.b.node("dequantize", [q], {}, view.loc(), `${v.slice(1)}_dq`);
}
