import type { Expr } from "../loop/expr.js";
import type { MathBuilder } from "./builder.js";
import { ln2PartsF32, ln2PartsF64, logF32, logF64 } from "./coefficients.js";

const FORMAT = {
  f32: {
    fraction: 23,
    bias: 127,
    tiny: 2 ** -126,
    up: 23,
    one: 0x3f800000n,
    root: 0x3f3504f3n,
    mask: 0x7fffffn,
    ln2: ln2PartsF32,
  },
  f64: {
    fraction: 52,
    bias: 1023,
    tiny: 2 ** -1022,
    up: 52,
    one: 0x3ff0000000000000n,
    root: 0x3fe6a09e667f3bcdn,
    mask: 0xfffffffffffffn,
    ln2: ln2PartsF64,
  },
} as const;

/** A positive finite x = 2^k (1 + f) with sqrt(1/2) <= 1 + f < sqrt 2. */
export function splitExponent(o: MathBuilder, x: Expr): { readonly k: Expr; readonly f: Expr } {
  const { fraction, tiny, up, one, root, mask, bias } = FORMAT[o.t];
  const subnormal = o.less(x, o.num(tiny));
  const normal = o.select(subnormal, o.mul(x, o.num(2 ** up)), x);
  // bits - bits(sqrt(1/2)) + bits(1): the exponent field is k + bias, the fraction counts from sqrt(1/2)
  const moved = o.int("add", o.int("sub", o.bits(normal), o.whole(root)), o.whole(one));
  const field = o.int("shr", moved, o.whole(fraction));
  const rest = o.int("and", moved, o.whole(mask));
  const f = o.sub(o.fromBits(o.int("add", rest, o.whole(root))), o.num(1));
  // a small integer n as a float: n in the low bits of 2^fraction, minus 2^fraction
  const shifter = o.num(2 ** fraction);
  const count = o.sub(o.fromBits(o.int("or", field, o.bits(shifter))), shifter);
  const k = o.sub(count, o.select(subnormal, o.num(bias + up), o.num(bias)));
  return { k, f };
}

/** What log gives where x is not positive and finite. */
function special(o: MathBuilder, x: Expr, y: Expr): Expr {
  const infinite = o.select(o.equal(x, o.num(Number.POSITIVE_INFINITY)), x, y);
  const zero = o.select(o.equal(x, o.num(0)), o.num(Number.NEGATIVE_INFINITY), infinite);
  const negative = o.select(o.less(x, o.num(0)), o.num(Number.NaN), zero);
  return o.select(o.isNan(x), x, negative);
}

/** log(1 + f) = f - f^2 / 2 + f^3 P(f). */
function logSmallF32(o: MathBuilder, k: Expr, f: Expr): Expr {
  const [ln2, ln2Low] = FORMAT.f32.ln2;
  const z = o.mul(f, f);
  const tail = o.fma(o.mul(f, z), o.poly(logF32, f), o.mul(k, o.num(ln2Low)));
  const low = o.fma(z, o.num(-0.5), tail);
  return o.fma(k, o.num(ln2), o.add(f, low));
}

/** log(1 + f) = f - (f^2 / 2 - s (f^2 / 2 + R)), s = f / (2 + f), R = log((1 + s) / (1 - s)) / s - 2. FreeBSD msun, e_log.c. */
function logSmallF64(o: MathBuilder, k: Expr, f: Expr, low: Expr | null): Expr {
  const [ln2, ln2Low] = FORMAT.f64.ln2;
  const s = o.div(f, o.add(f, o.num(2)));
  const z = o.mul(s, s);
  const r = o.mul(z, o.poly(logF64, z));
  const half = o.mul(o.mul(f, f), o.num(0.5));
  const small = o.fma(k, o.num(ln2Low), low ?? o.num(0));
  const rest = o.sub(o.sub(half, o.fma(s, o.add(half, r), small)), f);
  return o.sub(o.mul(k, o.num(ln2)), rest);
}

/** Natural logarithm; -inf at 0, NaN below. */
export function log(o: MathBuilder, x: Expr): Expr {
  const { k, f } = splitExponent(o, x);
  return special(o, x, o.t === "f32" ? logSmallF32(o, k, f) : logSmallF64(o, k, f, null));
}

/** log(1 + x), accurate near zero; f64. log(u) + (x - (u - 1)) / u with u = 1 + x rounded. */
export function log1p(o: MathBuilder, x: Expr): Expr {
  const u = o.add(o.num(1), x);
  const { k, f } = splitExponent(o, u);
  const error = o.select(o.greater(u, o.num(2)), o.sub(o.num(1), o.sub(u, x)), o.sub(x, o.sub(u, o.num(1))));
  const y = logSmallF64(o, k, f, o.div(error, u));
  return o.select(o.less(o.abs(x), o.num(2 ** -54)), x, special(o, u, y));
}
