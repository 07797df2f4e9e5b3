import type { ValueId } from "../../../ir/graph/module.js";
import type { ImportRules, NodeImport } from "../rule.js";
import { einsum } from "./einsum.js";
import { featureRules } from "./features.js";
import { fourierRules } from "./fourier.js";
import { lossRules } from "./loss.js";
import { rotaryEmbedding } from "./rotary.js";
import { tensorConstantRules } from "./tensor-constant.js";
import { tensorIndexRules } from "./tensor-index.js";
import { tensorKnownRules } from "./tensor-known.js";
import { tensorShapeRules } from "./tensor-shape.js";
import { trainingRules } from "./training.js";

const first = (n: NodeImport): ValueId => n.input(0);

/** Ops that move, index, order and make tensors, and those that decompose into them. */
export const tensorRules: ImportRules = {
  ...tensorShapeRules,
  ...tensorIndexRules,
  ...tensorConstantRules,
  ...tensorKnownRules,
  ...fourierRules,
  ...lossRules,
  ...featureRules,
  ...trainingRules,
  // an optional that is present is its value
  OptionalGetElement: first,
  OptionalHasElement: (n) => n.scalar("bool", n.has(0) ? 1 : 0),
  Det: (n) => n.emit("det", [n.input(0)]),
  Einsum: einsum,
  RotaryEmbedding: rotaryEmbedding,
};
