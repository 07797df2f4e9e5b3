/** Ranges of axes, as slices name them. */
import type { ValueId } from "../../ir/graph/module.js";
import type { Emitter } from "./emitter.js";
import { shapeOf } from "./helpers.js";

export interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** NumPy's resolution of start:end:step on a dimension of `d`. */
export function resolveRange(d: number, start: number, end: number, step: number): Range {
  const clamp = (v: number, lo: number, hi: number) => Math.min(Math.max(v < 0 ? v + d : v, lo), hi);
  return step > 0
    ? { start: clamp(start, 0, d), end: clamp(end, 0, d), step }
    : { start: clamp(start, -1, d - 1), end: clamp(end, -1, d - 1), step };
}

/** A range of some axes, all of the others. */
export function sliceAxes(n: Emitter, x: ValueId, ranges: ReadonlyMap<number, Range>): ValueId {
  const all = shapeOf(n, x).map((d, k) => ranges.get(k) ?? { start: 0, end: d, step: 1 });
  const whole = all.every((r, k) => r.start === 0 && r.end === shapeOf(n, x)[k] && r.step === 1);
  if (whole) return x;
  return n.emit("slice", [x], { starts: all.map((r) => r.start), ends: all.map((r) => r.end), steps: all.map((r) => r.step) });
}
