/** Values on grids: real = scale (q - zero). */
import type { DType } from "../../ir/type/dtype.js";

export interface Grid {
  readonly dtype: DType;
  readonly scale: number;
  readonly zero: number;
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
