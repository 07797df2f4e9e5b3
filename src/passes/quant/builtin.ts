import type { Calibrator } from "../../ir/quant/calibrator.js";
import type { Quantization } from "../../ir/quant/registry.js";
import type { Repair } from "../../ir/quant/repair.js";
import type { Scheme } from "../../ir/quant/scheme.js";
import { minMax } from "./calibrators/min-max.js";
import { biasInI32 } from "./repair/bias-in-i32.js";
import { asymmetric } from "./schemes/asymmetric.js";
import { symmetric } from "./schemes/symmetric.js";

export const builtinSchemes: readonly Scheme[] = [symmetric, asymmetric];
export const builtinCalibrators: readonly Calibrator[] = [minMax];
export const builtinRepairs: readonly Repair[] = [biasInI32];

const byName = <T extends { readonly name: string }>(list: readonly T[]): ReadonlyMap<string, T> =>
  new Map(list.map((x) => [x.name, x]));

/** What qc brings along. */
export const builtinQuantization: Quantization = {
  schemes: byName(builtinSchemes),
  calibrators: byName(builtinCalibrators),
  repairs: byName(builtinRepairs),
};
