/** NegativeLogLikelihoodLoss-13..22 and SoftmaxCrossEntropyLoss-13. */

import type { ValueId } from "../../../ir/graph/module.js";
import { reshape, shapeOf } from "../../shared/helpers.js";
import type { ImportRules, NodeImport } from "../rule.js";

/**
 * loss = -w[t] x[n, t, d..] with t = target[n, d..], 0 where t is `ignore_index`.
 * Reduced to a scalar by sum, or by the mean weighted with w.
 */
function likelihoodLoss(n: NodeImport, logProb: ValueId, target: ValueId, weight: ValueId | null): ValueId {
  const { dtype, shape } = n.type(logProb);
  const own = shapeOf(n, target);
  const zero = n.scalar(dtype, 0);
  const column = reshape(n, target, [own[0], 1, ...own.slice(1)]);
  const picked = n.emit("gather_elements", [logProb, column], { axis: 1 });
  const plainLoss = n.emit("neg", [reshape(n, picked, own)]);
  const ignored = n.hasAttr("ignore_index")
    ? n.emit("eq", [target, n.scalar(n.type(target).dtype, n.int("ignore_index"))])
    : null;
  if (own.length + 1 !== shape.length) n.malformed(`scores [${shape}] and targets [${own}]`);
  const masked = (v: ValueId) => (ignored ? n.emit("where", [ignored, zero, v]) : v);
  const each = weight
    ? n.emit("gather", [weight, target], { axis: 0 })
    : n.emit("broadcast_to", [n.scalar(dtype, 1)], { shape: own });
  const weights = weight || ignored ? masked(each) : null;
  const loss = masked(weight ? n.emit("mul", [plainLoss, each]) : plainLoss);
  const over = { axes: own.map((_, i) => i), keepdims: false };
  const reduction = n.string("reduction", "mean");
  switch (reduction) {
    case "none":
      return loss;
    case "sum":
      return n.emit("reduce_sum", [loss], over);
    case "mean":
      if (!weights) return n.emit("reduce_mean", [loss], over);
      return n.emit("div", [n.emit("reduce_sum", [loss], over), n.emit("reduce_sum", [weights], over)]);
    default:
      return n.malformed(`reduction '${reduction}'`);
  }
}

const weightOf = (n: NodeImport): ValueId | null => (n.has(2) ? n.input(2) : null);

function softmaxCrossEntropy(n: NodeImport): readonly ValueId[] {
  const logProb = n.emit("log_softmax", [n.input(0)], { axis: 1 });
  return [likelihoodLoss(n, logProb, n.input(1), weightOf(n)), logProb];
}

export const lossRules: ImportRules = {
  NegativeLogLikelihoodLoss: (n) => likelihoodLoss(n, n.input(0), n.input(1), weightOf(n)),
  SoftmaxCrossEntropyLoss: softmaxCrossEntropy,
};
