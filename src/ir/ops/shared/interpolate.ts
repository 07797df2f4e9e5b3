/** Linear interpolation at positions that are computed at run time, zero outside: deform_conv, roi_align, grid_sample. */
import type { Expr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";

const f64 = (v: number): Expr => make.constant("f64", v);

/** One sample along one axis: its position (a whole f64), its weight, and whether it lies inside (null: always). */
export interface Tap {
  readonly at: Expr;
  readonly weight: Expr;
  readonly inside: Expr | null;
}

export const isInside = (at: Expr, n: number): Expr => make.and(make.bin("ge", at, f64(0)), make.bin("lt", at, f64(n)));

/** floor(x) and floor(x) + 1 with weights 1 - f and f, f = x - floor(x). */
export function linearTaps(x: Expr, n: number): Tap[] {
  const base = make.call("floor", [x]);
  const fraction = make.sub(x, base);
  const next = make.add(base, f64(1));
  return [
    { at: base, weight: make.sub(f64(1), fraction), inside: isInside(base, n) },
    { at: next, weight: fraction, inside: isInside(next, n) },
  ];
}

/** Sum over the product of taps of weight * load(index, inside), in double. */
export function interpolate(axes: readonly (readonly Tap[])[], load: (at: readonly Expr[], inside: Expr | null) => Expr): Expr {
  const corners = axes.reduce<readonly (readonly Tap[])[]>((all, taps) => all.flatMap((c) => taps.map((t) => [...c, t])), [[]]);
  const terms = corners.map((taps) => {
    const conditions = taps.flatMap((t) => (t.inside ? [t.inside] : []));
    const inside = conditions.length ? conditions.reduce(make.and) : null;
    const at = taps.map((t) => make.cast("index", make.cast("i32", t.at)));
    return make.mul(taps.map((t) => t.weight).reduce(make.mul), make.cast("f64", load(at, inside)));
  });
  return terms.reduce(make.add);
}

/** The same on numbers: linear interpolation of `read` at x, 0 outside `size`. */
export function interpolateNumbers(
  x: readonly number[],
  size: readonly number[],
  read: (at: readonly number[]) => number,
): number {
  let sum = 0;
  for (let corner = 0; corner < 2 ** x.length; corner++) {
    const up = x.map((_, d) => (corner >> (x.length - 1 - d)) & 1);
    const at = x.map((v, d) => Math.floor(v) + up[d]);
    if (at.some((v, d) => v < 0 || v >= size[d])) continue;
    const weight = x.reduce((w, v, d) => w * (up[d] ? v - Math.floor(v) : 1 - (v - Math.floor(v))), 1);
    sum += weight * read(at);
  }
  return sum;
}
