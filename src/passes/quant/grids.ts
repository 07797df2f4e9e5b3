/** Quantization grids from value ranges. Formulas: reference/quantization 4.1 (Jacob et al. 2018, section 3; TFLite int8 specification). */
import { type DType, dtypeInfo } from "../../ir/type/dtype.js";

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** What calibration knows of a value. */
export interface Observed extends Range {
  /** Mean of the squares over all elements of all samples; 0 where unknown. */
  readonly power: number;
}

export interface Grid {
  readonly dtype: DType;
  readonly scale: number;
  readonly zero: number;
}

/** How weights and activations become integers; the names of LEIP. */
export type Quantizer = "none" | "symmetric" | "asymmetric" | "symmetricpc";
export const QUANTIZERS: readonly Quantizer[] = ["none", "symmetric", "asymmetric", "symmetricpc"];

/** Scales below this stand for a tensor that is constantly zero. */
const TINY_SCALE = 1e-12;

/** S = (max - min) / (qmax - qmin), Z = round(qmin - min / S); the range is widened to hold 0, so that zero is exact. */
export function asymmetricGrid(range: Range, dtype: "i8" | "u8"): Grid {
  const { min: qmin, max: qmax } = dtypeInfo(dtype);
  const [lo, hi] = [Math.min(0, range.min), Math.max(0, range.max)];
  const scale = Math.fround((hi - lo) / (qmax - qmin));
  if (!(scale > TINY_SCALE)) return { dtype, scale: 1, zero: 0 };
  return { dtype, scale, zero: Math.max(qmin, Math.min(qmax, Math.round(qmin - lo / scale))) };
}

/** M = max |x|: S = M / 127 on [-127, 127]; a range without negative values uses u8 and S = M / 255. Z = 0. */
export function symmetricGrid(range: Range): Grid {
  const dtype = range.min >= 0 ? "u8" : "i8";
  const scale = Math.fround(Math.max(Math.abs(range.min), Math.abs(range.max)) / (dtype === "u8" ? 255 : 127));
  return { dtype, scale: scale > TINY_SCALE ? scale : 1, zero: 0 };
}

export const activationGrid = (q: Quantizer, range: Range): Grid =>
  q === "asymmetric" ? asymmetricGrid(range, "i8") : symmetricGrid(range);

/** One scale per slice for weights, i8 on [-127, 127], zero point 0. */
export function symmetricScale(maxAbs: number): number {
  const scale = Math.fround(maxAbs / 127);
  return scale > TINY_SCALE ? scale : 1;
}

/** round_half_even(x / scale) + zero, saturated to [lo, hi]. */
export function quantizeValue(x: number, scale: number, zero: number, lo: number, hi: number): number {
  return Math.max(lo, Math.min(hi, roundHalfEven(Math.fround(x / scale)) + zero));
}

export function roundHalfEven(x: number): number {
  const r = Math.round(x);
  return Math.abs(x % 1) === 0.5 && r % 2 !== 0 ? r - 1 : r;
}

/** Signal to quantization noise in dB, noise being uniform within a step: 10 log10(power / (scale^2 / 12)). */
export const gridSqnr = (power: number, { scale }: Grid): number => 10 * Math.log10((12 * power) / (scale * scale));
