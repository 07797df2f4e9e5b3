/** Normalisations with a scale and a bias for each channel. */
import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import * as make from "../loop/make.js";
import { defineOp, type InferFail, type OpDef } from "../op/define.js";
import { aroundChannels } from "../op/layout.js";
import type { Gen } from "../op/sample.js";
import { numbersOf, type Tensor, tensorOf } from "../op/tensor.js";
import { type TensorType, typeText } from "../type/tensor-type.js";
import { checkDType, checkNoQuant, checkShape, present } from "./shared/check.js";
import { computeDType, constOf, loadWide } from "./shared/lowering.js";
import { lowerMoments, momentsOf } from "./shared/moments.js";
import { splitAt } from "./shared/values.js";

type Layout = "channels_first" | "channels_last";

const LAYOUT = attr.oneOf("where the channels are", ["channels_first", "channels_last"], "channels_first");
const EPSILON = attr.f32("added to the variance", 1e-5);

const channelAxis = (layout: Layout, rank: number) => (layout === "channels_first" ? 1 : rank - 1);

/** x of rank 2 or more, float, and per-channel parameters. Returns the number of channels. */
function checkChannels(
  op: string,
  types: readonly (TensorType | null)[],
  layout: Layout,
  names: readonly string[],
  fail: InferFail,
): number {
  const x = present(types, 0);
  checkNoQuant(op, x, fail);
  for (const t of types) if (t) checkDType(op, t, "float", fail);
  if (x.shape.length < 2) fail("QC-OP-006", `${op}: operand ${typeText(x)} has no channel axis`);
  const channels = x.shape[channelAxis(layout, x.shape.length)];
  names.forEach((n, k) => checkShape(op, n, present(types, k + 1), [channels], fail));
  return channels;
}

function drawX(g: Gen, layout: Layout, channels: number) {
  const spatial = g.shape(g.int(0, 2), 4);
  const shape = layout === "channels_first" ? [g.int(1, 2), channels, ...spatial] : [g.int(1, 2), ...spatial, channels];
  return g.tensor({ dtype: g.pick(["f32", "f32", "f16"] as const), shape });
}
const drawLayout = (g: Gen): Layout => g.pick(["channels_first", "channels_last"]);

export const batchNorm = defineOp({
  name: "batch_norm",
  doc: "y = (x - mean[c]) * scale[c] / sqrt(var[c] + epsilon) + bias[c], the moments given. ONNX BatchNormalization-15, inference.",
  attrs: { epsilon: EPSILON, layout: LAYOUT },
  operands: [{ name: "x" }, { name: "scale" }, { name: "bias" }, { name: "mean" }, { name: "var" }],
  traits: [],
  layout: { transpose: aroundChannels },
  affine: {
    operands: [0],
    axis: ({ layout }, rank) => channelAxis(layout, rank),
    // k = gamma / sqrt(var + eps), s = beta - mean * k
    coefficients([gamma, beta, mean, variance], { epsilon }) {
      const factor = gamma.map((g, c) => g / Math.sqrt(variance[c] + epsilon));
      return { factor, shift: beta.map((x, c) => x - mean[c] * factor[c]) };
    },
  },
  infer(types, { layout }, fail) {
    checkChannels("batch_norm", types, layout, ["scale", "bias", "mean", "var"], fail);
    return [present(types, 0)];
  },
  eval(inputs, { epsilon, layout }, [type]) {
    const [x, scale, bias, mean, variance] = inputs.map((t) => numbersOf(t as Tensor));
    const { length, inner } = splitAt(type.shape, channelAxis(layout, type.shape.length));
    const eps = Math.fround(epsilon);
    const y = x.map((v, i) => {
      const c = Math.floor(i / inner) % length;
      return ((v - mean[c]) * scale[c]) / Math.sqrt(variance[c] + eps) + bias[c];
    });
    return [tensorOf(type, y)];
  },
  lower(b, { ins, outs: [y] }, { epsilon, layout }) {
    const [x, scale, bias, mean, variance] = [0, 1, 2, 3, 4].map((k) => present(ins, k));
    const axis = channelAxis(layout, x.type.shape.length);
    const acc = computeDType(x.type.dtype);
    const load = (p: typeof x, c: Expr) => make.cast(acc, b.load(p, [c]));
    const factor = b.temp(acc, scale.type.shape, "factor");
    b.elementwise(
      factor,
      ([c]) => make.div(load(scale, c), make.call("sqrt", [make.add(load(variance, c), constOf(acc, epsilon))])),
      "factor",
    );
    b.elementwise(
      y,
      (i) => {
        const c = i[axis];
        const centered = make.sub(loadWide(b, x, i), load(mean, c));
        return make.cast(y.type.dtype, make.add(make.mul(centered, b.load(factor, [c])), load(bias, c)));
      },
      "batch_norm",
    );
  },
  sample(g) {
    const layout = drawLayout(g);
    const channels = g.int(1, 5);
    const x = drawX(g, layout, channels);
    const param = (min = -2) => g.tensor({ dtype: x.type.dtype, shape: [channels], min, max: 2 });
    return { inputs: [x, param(), param(), param(), param(0.1)], attrs: { layout, epsilon: 0.001 } };
  },
});

/** Group normalisation; instance normalisation has one channel in a group. */
function groupedNorm(name: string, doc: string, perChannel: boolean): OpDef {
  const groupsOf = (groups: number, channels: number) => (perChannel ? channels : groups);
  return defineOp({
    name,
    doc,
    attrs: { groups: attr.int("groups of channels", 1), epsilon: EPSILON, layout: LAYOUT },
    operands: [{ name: "x" }, { name: "scale", doc: "[C]" }, { name: "bias", doc: "[C]" }],
    traits: [],
    layout: { transpose: aroundChannels },
    infer(types, { groups, layout }, fail) {
      const channels = checkChannels(name, types, layout, ["scale", "bias"], fail);
      const g = groupsOf(groups, channels);
      if (g < 1 || channels % g !== 0) fail("QC-OP-011", `${name}: ${channels} channels do not divide into ${g} groups`);
      return [present(types, 0)];
    },
    eval(inputs, { groups, epsilon, layout }, [type]) {
      const [x, scale, bias] = inputs.map((t) => numbersOf(t as Tensor));
      const { length: channels, inner, outer } = splitAt(type.shape, channelAxis(layout, type.shape.length));
      const g = groupsOf(groups, channels);
      const batch = type.shape[0];
      const sets: number[][] = Array.from({ length: batch * g }, () => []);
      const channelOf = (i: number) => Math.floor(i / inner) % channels;
      for (let i = 0; i < x.length; i++) {
        const n = Math.floor(i / (x.length / batch));
        sets[n * g + Math.floor((channelOf(i) * g) / channels)].push(i);
      }
      const out = new Float64Array(outer * channels * inner);
      for (const set of sets) {
        const { mean, variance } = momentsOf(set.map((i) => x[i]));
        for (const i of set) {
          out[i] = ((x[i] - mean) / Math.sqrt(variance + Math.fround(epsilon))) * scale[channelOf(i)] + bias[channelOf(i)];
        }
      }
      return [tensorOf(type, out)];
    },
    lower(b, { ins, outs: [y] }, { groups, epsilon, layout }) {
      const [x, scale, bias] = [0, 1, 2].map((k) => present(ins, k));
      const { shape, dtype } = x.type;
      const axis = channelAxis(layout, shape.length);
      const acc = computeDType(dtype);
      const g = groupsOf(groups, shape[axis]);
      const size = make.index(shape[axis] / g);
      const spatial = shape.filter((_, k) => k !== 0 && k !== axis);
      const first = layout === "channels_first";
      const extents = first ? [shape[axis] / g, ...spatial] : [...spatial, shape[axis] / g];
      const load = ([n, group]: readonly Expr[], r: readonly Expr[]) => {
        const c = make.add(make.mul(group, size), first ? r[0] : r[r.length - 1]);
        return loadWide(b, x, first ? [n, c, ...r.slice(1)] : [n, ...r.slice(0, -1), c]);
      };
      const { mean, inverse } = lowerMoments(b, acc, [shape[0], g], extents, load, epsilon);
      b.elementwise(
        y,
        (i) => {
          const c = i[axis];
          const at = [i[0], make.div(c, size)];
          const normal = make.mul(make.sub(loadWide(b, x, i), b.load(mean, at)), b.load(inverse, at));
          const param = (p: typeof x) => make.cast(acc, b.load(p, [c]));
          return make.cast(y.type.dtype, make.add(make.mul(normal, param(scale)), param(bias)));
        },
        name,
      );
    },
    sample(g) {
      const layout = drawLayout(g);
      const groups = g.int(1, 3);
      const channels = groups * g.int(1, 3);
      const x = drawX(g, layout, channels);
      const param = () => g.tensor({ dtype: x.type.dtype, shape: [channels] });
      return { inputs: [x, param(), param()], attrs: { layout, groups: perChannel ? 1 : groups, epsilon: 0.01 } };
    },
  }) as OpDef;
}

export const groupNorm = groupedNorm(
  "group_norm",
  "y = (x - mean) / sqrt(variance + epsilon) * scale[c] + bias[c], moments of each sample and group of channels. " +
    "ONNX GroupNormalization-21.",
  false,
);
export const instanceNorm = groupedNorm(
  "instance_norm",
  "y = (x - mean) / sqrt(variance + epsilon) * scale[c] + bias[c], moments of each sample and channel (`groups` is not used). " +
    "ONNX InstanceNormalization-6.",
  true,
);
