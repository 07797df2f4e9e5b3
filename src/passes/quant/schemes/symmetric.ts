import { type Scheme, scaleOf } from "../../../ir/quant/scheme.js";

/**
 * M = max |x|: S = M / (2^(b-1) - 1) on [-(2^(b-1) - 1), 2^(b-1) - 1], or S = M / (2^b - 1) on [0, 2^b - 1]; Z = 0.
 * `auto` is u8 where no range has negative values. TFLite int8 specification.
 */
export const symmetric: Scheme = {
  name: "symmetric",
  doc: "zero point 0: a scale from the greatest magnitude",
  grids(ranges, { dtype, bits }) {
    const unsigned = dtype === "u8" || (dtype === "auto" && ranges.every((r) => r.min >= 0));
    const hi = unsigned ? 2 ** bits - 1 : 2 ** (bits - 1) - 1;
    const scales = ranges.map((r) => scaleOf(Math.max(Math.abs(r.min), Math.abs(r.max)), hi));
    return { dtype: unsigned ? "u8" : "i8", lo: unsigned ? 0 : -hi, hi, scales, zeros: scales.map(() => 0) };
  },
};
