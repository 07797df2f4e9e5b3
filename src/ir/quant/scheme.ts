import type { Range } from "./calibrator.js";

/** Element types that grids of tensors have; `auto` leaves the sign to the scheme. */
export const GRID_DTYPES = ["auto", "i8", "u8"] as const;
export type GridDType = (typeof GRID_DTYPES)[number];

export interface SchemeOptions {
  readonly dtype: GridDType;
  /** Width of the integers, 2 to 8: they are stored in bytes. */
  readonly bits: number;
}

/** One grid, or one for each index of an axis: real = scale (q - zero), q within [lo, hi]. */
export interface Grids {
  readonly dtype: "i8" | "u8";
  readonly lo: number;
  readonly hi: number;
  /** Float32 values, above zero. */
  readonly scales: readonly number[];
  readonly zeros: readonly number[];
}

/** How ranges become grids: one of each for every slice of a tensor that has its own, one for a whole tensor. */
export interface Scheme {
  readonly name: string;
  readonly doc: string;
  grids(ranges: readonly Range[], options: SchemeOptions): Grids;
}

/** Scales below this stand for a slice that is constantly zero: such a slice has scale 1. */
const TINY_SCALE = 1e-12;

/** `width` real units in `steps` steps, as float32. */
export function scaleOf(width: number, steps: number): number {
  const scale = Math.fround(width / steps);
  return scale > TINY_SCALE ? scale : 1;
}
