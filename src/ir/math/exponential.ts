import type { Expr } from "../loop/expr.js";
import type { MathBuilder } from "./builder.js";
import { expF32, expF64, ln2Double, ln2PartsF32, ln2PartsF64 } from "./coefficients.js";

/** Layout of a float: bits of the fraction, bias of the exponent, and arguments beyond which e^x is infinite or zero. */
const FORMAT = {
  f32: { fraction: 23, bias: 127, high: 89, low: -104, q: expF32, ln2: ln2PartsF32 },
  f64: { fraction: 52, bias: 1023, high: 710, low: -746, q: expF64, ln2: ln2PartsF64 },
} as const;

/** 2^k for a whole k in the range of normal exponents, from k + bias as an integer. */
const powerOfTwo = (o: MathBuilder, biased: Expr): Expr => o.fromBits(o.int("shl", biased, o.whole(FORMAT[o.t].fraction)));

/** x = k ln 2 + r with |r| <= ln 2 / 2. `magic` holds k in its low bits. */
function reduce(o: MathBuilder, x: Expr): { readonly k: Expr; readonly magic: Expr; readonly r: Expr } {
  const { fraction, ln2 } = FORMAT[o.t];
  const shifter = o.num(1.5 * 2 ** fraction);
  // k = x / ln 2 to the nearest by adding 1.5 * 2^fraction: no conversion, and nothing undefined where x is NaN
  const magic = o.add(o.mul(x, o.num(Math.LOG2E)), shifter);
  const k = o.sub(magic, shifter);
  const r = o.fma(k, o.num(-ln2[1]), o.fma(k, o.num(-ln2[0]), x));
  return { k, magic, r };
}

/** k as an integer. */
const wholeK = (o: MathBuilder, magic: Expr): Expr => {
  const { fraction } = FORMAT[o.t];
  const bias = o.t === "f32" ? 0x4b400000 : 0x4338000000000000n;
  return o.int("sub", o.bits(magic), o.whole(fraction === 23 ? bias : BigInt(bias)));
};

/** v * 2^k, in two steps so that subnormal results and 2^(bias + 1) come out right. */
function scale(o: MathBuilder, v: Expr, k: Expr): Expr {
  const { bias } = FORMAT[o.t];
  // half = floor(k / 2) with a logical shift: k + 4096 is positive
  const half = o.int("sub", o.int("shr", o.int("add", k, o.whole(4096)), o.whole(1)), o.whole(2048));
  const first = powerOfTwo(o, o.int("add", half, o.whole(bias)));
  const second = powerOfTwo(o, o.int("add", o.int("sub", k, half), o.whole(bias)));
  return o.mul(o.mul(v, first), second);
}

/** NaN passes: the comparisons are false for it. */
export function clamp(o: MathBuilder, x: Expr, low: number, high: number): Expr {
  const below = o.select(o.greater(x, o.num(high)), o.num(high), x);
  return o.select(o.less(below, o.num(low)), o.num(low), below);
}

/** e^x = 2^k (1 + r + r^2 Q(r)). */
export function exp(o: MathBuilder, x: Expr): Expr {
  const { low, high, q } = FORMAT[o.t];
  const { magic, r } = reduce(o, clamp(o, x, low, high));
  const p = o.fma(o.mul(r, r), o.poly(q, r), r);
  return scale(o, o.add(p, o.num(1)), wholeK(o, magic));
}

/** e^x - 1 for x <= 709 (f64) or 88 (f32), accurate near zero: 2^k (e^r - 1) + (2^k - 1). */
export function expm1(o: MathBuilder, x: Expr): Expr {
  const { q, bias } = FORMAT[o.t];
  const [low, high] = o.t === "f64" ? [-40, 709] : [-18, 88];
  const { magic, r } = reduce(o, clamp(o, x, low, high));
  const p = o.fma(o.mul(r, r), o.poly(q, r), r);
  const power = powerOfTwo(o, o.int("add", wholeK(o, magic), o.whole(bias)));
  return o.fma(p, power, o.sub(power, o.num(1)));
}

/** 1 / (1 + e^-x), from e^-|x| so that nothing overflows and the small side keeps its precision. */
export function sigmoid(o: MathBuilder, x: Expr): Expr {
  const e = exp(o, o.neg(o.abs(x)));
  const numerator = o.select(o.less(x, o.num(0)), e, o.num(1));
  return o.div(numerator, o.add(o.num(1), e));
}

/** 2^(hi + lo) for |hi| < 1100, |lo| small; f64. */
export function exp2Sum(o: MathBuilder, hi: Expr, lo: Expr): Expr {
  const bounded = clamp(o, hi, -1080, 1030);
  const shifter = o.num(1.5 * 2 ** 52);
  const magic = o.add(bounded, shifter);
  const fraction = o.sub(bounded, o.sub(magic, shifter));
  const [ln2, ln2Low] = ln2Double;
  const f = o.add(fraction, lo);
  // (fraction + lo) ln 2: the fraction is exact, so its rounding with lo is put back
  const rest = o.add(o.sub(fraction, f), lo);
  const r = o.mul(f, o.num(ln2));
  const error = o.fma(rest, o.num(ln2), o.mul(f, o.num(ln2Low)));
  const p = o.add(o.fma(o.mul(r, r), o.poly(expF64, r), r), error);
  return scale(o, o.add(p, o.num(1)), wholeK(o, magic));
}
