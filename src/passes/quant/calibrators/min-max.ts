import type { Calibrator } from "../../../ir/quant/calibrator.js";

/** From the least to the greatest element of all samples. */
export const minMax: Calibrator = {
  name: "min-max",
  doc: "the least to the greatest element of all samples",
  range: ({ min, max }) => ({ min, max }),
};
