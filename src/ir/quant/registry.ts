import type { Calibrator } from "./calibrator.js";
import type { Repair } from "./repair.js";
import type { Scheme } from "./scheme.js";

/** What a recipe can name. */
export interface Quantization {
  readonly schemes: ReadonlyMap<string, Scheme>;
  readonly calibrators: ReadonlyMap<string, Calibrator>;
  readonly repairs: ReadonlyMap<string, Repair>;
}
