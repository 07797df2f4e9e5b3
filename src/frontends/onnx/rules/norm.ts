/** Normalisations. */

import type { ValueId } from "../../../ir/graph/module.js";
import { castTo, moments, reshape, resolveAxis, scalarLike, shapeOf } from "../../shared/helpers.js";
import type { ImportRules, NodeImport } from "../rule.js";
import { operand } from "./math-shared.js";

const from = (axis: number, rank: number) => Array.from({ length: rank - axis }, (_, k) => axis + k);

/** 1 / sqrt(v + epsilon) */
const inverseRoot = (n: NodeImport, v: ValueId, epsilon: number): ValueId =>
  n.emit("reciprocal", [n.emit("sqrt", [n.emit("add", [v, scalarLike(n, v, epsilon)])])]);

/** Y, Mean and InvStdDev; the two statistics are in f32. */
export function layerNormOf(
  n: NodeImport,
  x: ValueId,
  scale: ValueId,
  bias: ValueId,
  firstStatistic: number,
): readonly ValueId[] {
  const rank = shapeOf(n, x).length;
  const axis = resolveAxis(n, n.int("axis", -1), rank);
  const epsilon = n.float("epsilon", 1e-5);
  const y = n.emit("layer_norm", bias === "" ? [x, scale] : [x, scale, bias], { axis, epsilon });
  if (!n.wants(firstStatistic) && !n.wants(firstStatistic + 1)) return [y];
  const wide = n.type(x).dtype === "f64" ? x : castTo(n, x, "f32");
  const { mean, variance } = moments(n, wide, from(axis, rank));
  return [y, mean, inverseRoot(n, variance, epsilon)];
}

const layerNorm = (n: NodeImport): readonly ValueId[] =>
  layerNormOf(n, operand(n, 0), operand(n, 1), n.has(2) ? operand(n, 2) : "", 1);

function rmsNorm(n: NodeImport): ValueId {
  const x = operand(n, 0);
  const axis = resolveAxis(n, n.int("axis", -1), shapeOf(n, x).length);
  const scale = n.has(1) ? castTo(n, operand(n, 1), n.type(x).dtype) : "";
  return n.emit("rms_norm", [x, scale], { axis, epsilon: n.float("epsilon", 1e-5) });
}

/**
 * Inference with the given moments, or training with those of the batch, which then update the running ones. `training_mode` says which
 * since opset 14; before, it is training where the node names more results than one.
 */
function batchNorm(n: NodeImport): readonly ValueId[] {
  const x = operand(n, 0);
  const shape = shapeOf(n, x);
  if (n.opset < 9 && n.int("spatial", 1) === 0) n.unsupported("its `spatial` is 0: statistics for every position");
  const training = n.opset >= 14 ? n.int("training_mode", 0) !== 0 : [1, 2, 3, 4].some((i) => n.names(i));
  if (n.opset < 14 && (n.wants(3) || n.wants(4)))
    n.unsupported("it returns what only training needs: the saved mean and variance", "export the model for inference");
  if (training) n.warn("it is in training mode: it normalizes with the moments of its input", "export the model for inference");
  const { dtype } = n.type(x);
  const epsilon = n.float("epsilon", 1e-5);
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => castTo(n, operand(n, i), dtype));
  const wide = shape.length < 2 ? reshape(n, x, [shape[0] ?? 1, 1]) : x;
  const normal = (m: ValueId, v: ValueId) =>
    reshape(n, n.emit("batch_norm", [wide, scale, bias, m, v], { epsilon, layout: "channels_first" }), shape);
  if (!training) return [normal(mean, variance)];
  const channels = shapeOf(n, mean);
  const axes = shapeOf(n, wide).flatMap((_, k) => (k === 1 ? [] : [k]));
  const batch = moments(n, wide, axes);
  const [batchMean, batchVariance] = [reshape(n, batch.mean, channels), reshape(n, batch.variance, channels)];
  const momentum = n.float("momentum", 0.9);
  const running = (old: ValueId, now: ValueId, i: number) => {
    const kept = n.emit("mul", [old, scalarLike(n, old, momentum)]);
    const next = n.emit("add", [kept, n.emit("mul", [now, scalarLike(n, now, 1 - momentum)])]);
    return castTo(n, next, n.type(n.input(i)).dtype);
  };
  return [normal(batchMean, batchVariance), running(mean, batchMean, 3), running(variance, batchVariance, 4)];
}

const instanceNorm = (n: NodeImport): ValueId =>
  n.emit("instance_norm", [operand(n, 0), operand(n, 1), operand(n, 2)], {
    epsilon: n.float("epsilon", 1e-5),
    layout: "channels_first",
  });

/** Scale and bias are per group before opset 21, per channel since. */
function groupNorm(n: NodeImport): ValueId {
  const x = operand(n, 0);
  const channels = shapeOf(n, x)[1];
  const groups = n.int("num_groups");
  const perChannel = (v: ValueId) => {
    if (n.opset >= 21 || shapeOf(n, v)[0] === channels) return v;
    const spread = n.emit("broadcast_to", [reshape(n, v, [groups, 1])], { shape: [groups, channels / groups] });
    return reshape(n, spread, [channels]);
  };
  const params = [perChannel(operand(n, 1)), perChannel(operand(n, 2))];
  return n.emit("group_norm", [x, ...params], { groups, epsilon: n.float("epsilon", 1e-5), layout: "channels_first" });
}

function lrn(n: NodeImport): ValueId {
  const attrs = { size: n.int("size"), alpha: n.float("alpha", 0.0001), beta: n.float("beta", 0.75), bias: n.float("bias", 1) };
  return n.emit("lrn", [operand(n, 0)], { ...attrs, layout: "channels_first" });
}

function lpNorm(n: NodeImport): ValueId {
  const x = operand(n, 0);
  const p = n.int("p", 2);
  if (p !== 1 && p !== 2) n.malformed(`p is ${p}, only 1 and 2 are defined`);
  return n.emit("lp_norm", [x], { axis: resolveAxis(n, n.int("axis", -1), shapeOf(n, x).length), p });
}

export const normRules: ImportRules = {
  LayerNormalization: layerNorm,
  RMSNormalization: rmsNorm,
  SimplifiedLayerNormalization: rmsNorm,
  BatchNormalization: batchNorm,
  InstanceNormalization: instanceNorm,
  GroupNormalization: groupNorm,
  LRN: lrn,
  LpNormalization: lpNorm,
  MeanVarianceNormalization: (n) => n.emit("mean_variance_norm", [operand(n, 0)], { axes: n.ints("axes", [0, 2, 3]) }),
};
