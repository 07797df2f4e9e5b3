import type { ImportRules } from "../rule.js";
import { attentionRules } from "./attention.js";
import { convRules } from "./conv.js";
import { matmulRules } from "./matmul.js";
import { poolRules } from "./pool.js";
import { recurrentRules } from "./recurrent.js";
import { resizeRules } from "./resize.js";
import { samplingRules } from "./sampling.js";

/** Convolutions, products, pools, resampling, recurrence, attention. */
export const nnRules: ImportRules = {
  ...convRules,
  ...matmulRules,
  ...poolRules,
  ...resizeRules,
  ...recurrentRules,
  ...attentionRules,
  ...samplingRules,
};
