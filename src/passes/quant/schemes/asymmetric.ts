import type { Range } from "../../../ir/quant/calibrator.js";
import { type Scheme, scaleOf } from "../../../ir/quant/scheme.js";

/**
 * S = (max - min) / (hi - lo), Z = round(lo - min / S); a range is widened to hold 0, so that zero is exact. i8 unless u8 is asked for.
 * Jacob et al. 2018, section 3.
 */
export const asymmetric: Scheme = {
  name: "asymmetric",
  doc: "a scale and a zero point from the least and the greatest element",
  grids(ranges, { dtype, bits }) {
    const unsigned = dtype === "u8";
    const [lo, hi] = unsigned ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
    const grids = ranges.map((r) => gridOf({ min: Math.min(0, r.min), max: Math.max(0, r.max) }, lo, hi));
    return { dtype: unsigned ? "u8" : "i8", lo, hi, scales: grids.map((g) => g.scale), zeros: grids.map((g) => g.zero) };
  },
};

function gridOf({ min, max }: Range, lo: number, hi: number): { readonly scale: number; readonly zero: number } {
  const scale = scaleOf(max - min, hi - lo);
  const isZero = scale !== Math.fround((max - min) / (hi - lo));
  return { scale, zero: isZero ? 0 : Math.max(lo, Math.min(hi, Math.round(lo - min / scale))) };
}
