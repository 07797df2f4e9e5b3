import type { Expr } from "../loop/expr.js";
import type { MathBuilder } from "./builder.js";
import { asinF64, atanF64, cosF64, halfPi, halfPiParts22, halfPiParts33, sinF64 } from "./coefficients.js";

/** All in f64; the f32 functions go through them. */

interface Reduced {
  readonly sin: Expr;
  readonly cos: Expr;
  /** Quadrant as an integer; its two low bits count. */
  readonly quadrant: Expr;
}

/** sin and cos of r + tail, |r| <= pi / 4: the polynomials at r, the tail by the first derivative. */
function kernels(o: MathBuilder, r: Expr, tail: Expr): { readonly sin: Expr; readonly cos: Expr } {
  const z = o.mul(r, r);
  const sin = o.add(r, o.fma(o.mul(r, z), o.poly(sinF64, z), o.fma(o.mul(z, o.num(-0.5)), tail, tail)));
  const half = o.mul(z, o.num(0.5));
  const one = o.sub(o.num(1), half);
  const lost = o.sub(o.sub(o.num(1), one), half);
  const cos = o.add(one, o.add(lost, o.fma(o.mul(z, z), o.poly(cosF64, z), o.neg(o.mul(r, tail)))));
  return { sin, cos };
}

/** x = n pi / 2 + r by three parts of pi / 2, of which the first two multiply exactly. Cody and Waite. */
function reduce(o: MathBuilder, x: Expr, parts: readonly number[]): Reduced {
  const shifter = o.num(1.5 * 2 ** 52);
  const magic = o.add(o.mul(x, o.num(2 / Math.PI)), shifter);
  const n = o.sub(magic, shifter);
  const first = o.sub(x, o.mul(n, o.num(parts[0])));
  const second = o.mul(n, o.num(parts[1]));
  const middle = o.sub(first, second);
  // what the subtraction of the second part lost, and the third
  const back = o.sub(middle, first);
  const lost = o.sub(o.sub(first, o.sub(middle, back)), o.add(second, back));
  const tail = o.sub(lost, o.mul(n, o.num(parts[2])));
  const r = o.add(middle, tail);
  const rest = o.add(o.sub(middle, r), tail);
  // beyond the range of the parts r is no remainder any more: keep it where the polynomials are bounded
  const limit = o.num(0.8);
  const outside = o.greater(o.abs(r), limit);
  const bounded = o.select(outside, o.copysign(limit, r), r);
  return { ...kernels(o, bounded, o.select(outside, o.num(0), rest)), quadrant: o.bits(magic) };
}

/** Infinite arguments give NaN; zeros keep their sign. */
function finish(o: MathBuilder, x: Expr, y: Expr): Expr {
  return o.select(o.equal(o.abs(x), o.num(Number.POSITIVE_INFINITY)), o.num(Number.NaN), y);
}

const negateWhere = (o: MathBuilder, cond: Expr, v: Expr): Expr => o.select(cond, o.neg(v), v);
const keepZero = (o: MathBuilder, x: Expr, y: Expr): Expr => o.select(o.equal(x, o.num(0)), x, y);

/** Which parts of pi / 2: `wide` for arguments with at most 24 significant bits. */
const partsOf = (wide: boolean): readonly number[] => (wide ? halfPiParts22 : halfPiParts33);

export const sin =
  (wide: boolean) =>
  (o: MathBuilder, x: Expr): Expr => {
    const r = reduce(o, x, partsOf(wide));
    const value = o.select(o.hasBits(r.quadrant, 1), r.cos, r.sin);
    return finish(o, x, keepZero(o, x, negateWhere(o, o.hasBits(r.quadrant, 2), value)));
  };

export const cos =
  (wide: boolean) =>
  (o: MathBuilder, x: Expr): Expr => {
    const r = reduce(o, x, partsOf(wide));
    const value = o.select(o.hasBits(r.quadrant, 1), r.sin, r.cos);
    const next = o.int("add", r.quadrant, o.whole(1));
    return finish(o, x, negateWhere(o, o.hasBits(next, 2), value));
  };

export const tan =
  (wide: boolean) =>
  (o: MathBuilder, x: Expr): Expr => {
    const r = reduce(o, x, partsOf(wide));
    const odd = o.hasBits(r.quadrant, 1);
    const value = o.div(o.select(odd, o.neg(r.cos), r.sin), o.select(odd, r.sin, r.cos));
    return finish(o, x, keepZero(o, x, value));
  };

/** asin(x) - x = x z A(z), z = x^2, for |x| <= 1/2; beyond asin(x) = pi / 2 - 2 asin(sqrt((1 - x) / 2)). */
function asinParts(o: MathBuilder, a: Expr): { readonly large: Expr; readonly s: Expr; readonly rest: Expr } {
  const large = o.greater(a, o.num(0.5));
  const z = o.select(large, o.mul(o.sub(o.num(1), a), o.num(0.5)), o.mul(a, a));
  const s = o.select(large, o.sqrt(z), a);
  return { large, s, rest: o.mul(o.mul(s, z), o.poly(asinF64, z)) };
}

export function asin(o: MathBuilder, x: Expr): Expr {
  const { large, s, rest } = asinParts(o, o.abs(x));
  const twice = o.mul(o.add(s, rest), o.num(2));
  const far = o.sub(o.num(halfPi[0]), o.sub(twice, o.num(halfPi[1])));
  return o.copysign(o.select(large, far, o.add(s, rest)), x);
}

export function acos(o: MathBuilder, x: Expr): Expr {
  const { large, s, rest } = asinParts(o, o.abs(x));
  const negative = o.less(x, o.num(0));
  const signedS = negateWhere(o, negative, s);
  const signedRest = negateWhere(o, negative, rest);
  const near = o.sub(o.num(halfPi[0]), o.sub(signedS, o.sub(o.num(halfPi[1]), signedRest)));
  const twice = o.mul(o.add(s, rest), o.num(2));
  const far = o.select(negative, o.sub(o.num(2 * halfPi[0]), o.sub(twice, o.num(2 * halfPi[1]))), twice);
  return o.select(large, far, near);
}

/** atan(a) = off + atan(t): t = a, (a - 1) / (a + 1) or -1 / a, so that |t| <= tan(pi / 8). */
export function atan(o: MathBuilder, x: Expr): Expr {
  const a = o.abs(x);
  const [middle, far] = [o.greater(a, o.num(Math.SQRT2 - 1)), o.greater(a, o.num(Math.SQRT2 + 1))];
  const choose = (near: Expr, mid: Expr, away: Expr): Expr => o.select(far, away, o.select(middle, mid, near));
  const one = o.num(1);
  const t = o.div(choose(a, o.sub(a, one), o.num(-1)), choose(one, o.add(a, one), a));
  const z = o.mul(t, t);
  const offset = choose(o.num(0), o.num(halfPi[0] / 2), o.num(halfPi[0]));
  const offsetLow = choose(o.num(0), o.num(halfPi[1] / 2), o.num(halfPi[1]));
  const rest = o.fma(o.mul(t, z), o.poly(atanF64, z), offsetLow);
  return o.copysign(o.add(offset, o.add(t, rest)), x);
}
