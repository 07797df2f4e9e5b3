/** Fused elementwise ops and normalisations of the com.microsoft domain. */

import type { ValueId } from "../../../ir/graph/module.js";
import { shapeOf } from "../../shared/helpers.js";
import type { ImportRules, NodeImport } from "../rule.js";
import { operand, operands } from "./math-shared.js";
import { layerNormOf } from "./norm.js";

const withBias = (n: NodeImport, bias: number): ValueId =>
  n.has(bias) ? n.emit("add", [operand(n, 0), operand(n, bias)]) : operand(n, 0);

const gelu = (n: NodeImport, x: ValueId, approximate: "none" | "tanh"): ValueId => n.emit("gelu", [x], { approximate });

/** normalize(input + skip + bias): outputs Y, mean, inverse deviation and the sum. */
function skipNorm(n: NodeImport, normalize: (sum: ValueId) => ValueId, bias: number): readonly ValueId[] {
  if (n.wants(1) || n.wants(2)) n.unsupported("it returns the statistics of training", "export the model for inference");
  const sum = n.emit("add", [operand(n, 0), operand(n, 1)]);
  const biased = n.has(bias) ? n.emit("add", [sum, operand(n, bias)]) : sum;
  return [normalize(biased), "", "", biased];
}

const lastAxis = (n: NodeImport, v: ValueId) => shapeOf(n, v).length - 1;

export const contribMathRules: ImportRules = {
  "com.microsoft::Gelu": (n) => gelu(n, operand(n, 0), "none"),
  "com.microsoft::BiasGelu": (n) => gelu(n, withBias(n, 1), "none"),
  "com.microsoft::FastGelu": (n) => gelu(n, withBias(n, 1), "tanh"),
  /** x sigmoid(alpha x) */
  "com.microsoft::QuickGelu": (n) => n.emit("swish", [operand(n, 0)], { alpha: n.float("alpha", 1.702) }),
  "com.microsoft::LayerNormalization": (n) => layerNormOf(n, operand(n, 0), operand(n, 1), n.has(2) ? operand(n, 2) : "", 1),
  "com.microsoft::SimplifiedLayerNormalization": (n) => {
    const [x, scale] = operands(n);
    return n.emit("rms_norm", [x, scale], { axis: lastAxis(n, x), epsilon: n.float("epsilon", 1e-5) });
  },
  "com.microsoft::SkipLayerNormalization": (n) =>
    skipNorm(
      n,
      (sum) => {
        const params = n.has(3) ? [operand(n, 2), operand(n, 3)] : [operand(n, 2)];
        return n.emit("layer_norm", [sum, ...params], { axis: lastAxis(n, sum), epsilon: n.float("epsilon", 1e-12) });
      },
      4,
    ),
  "com.microsoft::SkipSimplifiedLayerNormalization": (n) =>
    skipNorm(
      n,
      (sum) => n.emit("rms_norm", [sum, operand(n, 2)], { axis: lastAxis(n, sum), epsilon: n.float("epsilon", 1e-12) }),
      3,
    ),
};
