import type { ImportRules } from "../rule.js";
import { contribMathRules } from "./contrib-math.js";
import { elementwiseRules } from "./elementwise.js";
import { normRules } from "./norm.js";
import { quantizeRules } from "./quantize.js";
import { reduceRules } from "./reduce.js";

/** Elementwise arithmetic, reductions, normalisations, quantization. */
export const mathRules: ImportRules = {
  ...elementwiseRules,
  ...reduceRules,
  ...normRules,
  ...quantizeRules,
  ...contribMathRules,
};
