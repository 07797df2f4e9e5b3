import type { Expr } from "../loop/expr.js";
import type { MathBuilder } from "./builder.js";
import { log2eParts, logF64, thirdParts } from "./coefficients.js";
import { exp2Sum } from "./exponential.js";
import { splitExponent } from "./logarithm.js";

/** A sum hi + lo with |lo| at most half an ulp of hi: about 106 bits. Dekker 1971. */
interface Pair {
  readonly hi: Expr;
  readonly lo: Expr;
}

const quickSum = (o: MathBuilder, a: Expr, b: Expr): Pair => {
  const hi = o.add(a, b);
  return { hi, lo: o.sub(b, o.sub(hi, a)) };
};

function exactSum(o: MathBuilder, a: Expr, b: Expr): Pair {
  const hi = o.add(a, b);
  const part = o.sub(hi, a);
  return { hi, lo: o.add(o.sub(a, o.sub(hi, part)), o.sub(b, part)) };
}

const exactProduct = (o: MathBuilder, a: Expr, b: Expr): Pair => ({ hi: o.mul(a, b), lo: o.mulError(a, b) });

/** Upper half of the bits and the rest; wrong only where a * c overflows. Veltkamp. */
function halves(o: MathBuilder, a: Expr): Pair {
  const c = o.mul(a, o.num(o.t === "f32" ? 2 ** 12 + 1 : 2 ** 27 + 1));
  const hi = o.sub(c, o.sub(c, a));
  return { hi, lo: o.sub(a, hi) };
}

/** a * b - round(a * b): exact where neither a product nor what it loses leaves the range of normal numbers. Dekker 1971. */
export function mulError(o: MathBuilder, a: Expr, b: Expr): Expr {
  const hi = o.mul(a, b);
  const [x, y] = [halves(o, a), halves(o, b)];
  const cross = o.add(o.mul(x.hi, y.lo), o.mul(x.lo, y.hi));
  const head = o.sub(o.mul(x.hi, y.hi), hi);
  return o.add(o.add(head, cross), o.mul(x.lo, y.lo));
}

function product(o: MathBuilder, a: Pair, b: Pair): Pair {
  const p = exactProduct(o, a.hi, b.hi);
  return quickSum(o, p.hi, o.add(p.lo, o.add(o.mul(a.hi, b.lo), o.mul(a.lo, b.hi))));
}

const pairOf = (o: MathBuilder, [hi, lo]: readonly number[]): Pair => ({ hi: o.num(hi), lo: o.num(lo) });

/** log2(2^k (1 + f)) in two doubles: 2 s (1 + z / 3 + z^2 (...)) log2(e) + k, s = f / (2 + f), z = s^2. */
function log2Pair(o: MathBuilder, k: Expr, f: Expr): Pair {
  const sum = exactSum(o, o.num(2), f);
  const s0 = o.div(f, sum.hi);
  const back = exactProduct(o, s0, sum.hi);
  const left = o.sub(o.sub(o.sub(f, back.hi), back.lo), o.mul(s0, sum.lo));
  const s = quickSum(o, s0, o.div(left, sum.hi));
  const z = product(o, s, s);
  // logF64 is (log((1 + s) / (1 - s)) / s - 2) / z; its constant term 2/3 is taken in two doubles
  const higher = o.mul(o.mul(z.hi, z.hi), o.mul(o.num(0.5), o.poly(logF64.slice(1), z.hi)));
  const third = product(o, z, pairOf(o, thirdParts));
  const series = quickSum(o, o.num(1), third.hi);
  const one = quickSum(o, series.hi, o.add(series.lo, o.add(third.lo, higher)));
  const natural = product(o, { hi: o.mul(s.hi, o.num(2)), lo: o.mul(s.lo, o.num(2)) }, one);
  const binary = product(o, natural, pairOf(o, log2eParts));
  const total = exactSum(o, k, binary.hi);
  return quickSum(o, total.hi, o.add(total.lo, binary.lo));
}

interface YFacts {
  readonly whole: Expr;
  readonly odd: Expr;
}

/** Whether y is a whole number, and an odd one. */
function classify(o: MathBuilder, y: Expr): YFacts {
  const whole = o.equal(o.round(y), y);
  const half = o.mul(y, o.num(0.5));
  return { whole, odd: o.both(whole, o.not(o.equal(o.round(half), half))) };
}

/** x^y; IEEE 754-2019, 9.2.1: pow(x, 0) = pow(1, y) = 1 even for NaN, and the signs of odd powers. f64. */
export function pow(o: MathBuilder, x: Expr, y: Expr): Expr {
  const a = o.abs(x);
  const { whole, odd } = classify(o, y);
  const infinity = o.num(Number.POSITIVE_INFINITY);
  const [zero, one] = [o.num(0), o.num(1)];
  const { k, f } = splitExponent(o, a);
  const l = log2Pair(o, k, f);
  // |log2 x| >= 2^-53 unless x is 1: from |y| = 2^65 on the result is 0 or infinite, and the products stay finite
  const limit = o.num(2 ** 65);
  const bounded = o.select(o.greater(o.abs(y), limit), o.copysign(limit, y), y);
  const p = exactProduct(o, bounded, l.hi);
  const exponent = quickSum(o, p.hi, o.fma(bounded, l.lo, p.lo));
  const inRange = o.less(o.abs(exponent.hi), o.num(1100));
  const finite = exp2Sum(o, exponent.hi, o.select(inRange, exponent.lo, zero));

  const growing = o.greater(a, one);
  const up = o.greater(y, zero);
  const extreme = o.select(o.equal(a, one), one, o.select(growing, o.select(up, infinity, zero), o.select(up, zero, infinity)));
  const isExtreme = o.either(o.equal(a, zero), o.either(o.equal(a, infinity), o.equal(o.abs(y), infinity)));
  const magnitude = o.select(isExtreme, extreme, finite);
  const negative = o.less(o.copysign(one, x), zero);
  const signed = o.select(o.both(negative, odd), o.neg(magnitude), magnitude);
  const undefinedRoot = o.both(o.both(o.less(x, zero), o.not(whole)), o.not(o.equal(a, infinity)));
  const valid = o.select(undefinedRoot, o.num(Number.NaN), signed);
  const nan = o.select(o.either(o.isNan(x), o.isNan(y)), o.num(Number.NaN), valid);
  return o.select(o.either(o.equal(y, zero), o.equal(x, one)), one, nan);
}
