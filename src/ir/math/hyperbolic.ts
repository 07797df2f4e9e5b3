import type { Expr } from "../loop/expr.js";
import type { MathBuilder } from "./builder.js";
import { tanhF32 } from "./coefficients.js";
import { exp, expm1 } from "./exponential.js";
import { log, log1p } from "./logarithm.js";

/** sinh(x) = (e + e / (e + 1)) / 2 with e = e^|x| - 1; beyond 22 e^(|x| / 2)^2 / 2, which does not overflow early. */
export function sinh(o: MathBuilder, x: Expr): Expr {
  const a = o.abs(x);
  const e = expm1(o, a);
  const near = o.mul(o.num(0.5), o.add(e, o.div(e, o.add(e, o.num(1)))));
  const root = exp(o, o.mul(a, o.num(0.5)));
  const far = o.mul(o.mul(root, o.num(0.5)), root);
  return o.copysign(o.select(o.greater(a, o.num(22)), far, near), x);
}

/** cosh(x) = (e + 1 / e) / 2 with e = e^|x|. */
export function cosh(o: MathBuilder, x: Expr): Expr {
  const a = o.abs(x);
  const e = exp(o, a);
  const near = o.mul(o.num(0.5), o.add(e, o.div(o.num(1), e)));
  const root = exp(o, o.mul(a, o.num(0.5)));
  const far = o.mul(o.mul(root, o.num(0.5)), root);
  return o.select(o.greater(a, o.num(22)), far, near);
}

/** f64: e / (e + 2) with e = e^2|x| - 1. f32: x + x^3 T(x^2) below 0.625, else 1 - 2 / (e^2|x| + 1). */
export function tanh(o: MathBuilder, x: Expr): Expr {
  const a = o.abs(x);
  if (o.t === "f64") {
    const bounded = o.select(o.greater(a, o.num(22)), o.num(22), a);
    const e = expm1(o, o.mul(bounded, o.num(2)));
    return o.copysign(o.div(e, o.add(e, o.num(2))), x);
  }
  const z = o.mul(x, x);
  const near = o.fma(o.mul(a, z), o.poly(tanhF32, z), a);
  const e = exp(o, o.mul(a, o.num(2)));
  const far = o.sub(o.num(1), o.div(o.num(2), o.add(e, o.num(1))));
  return o.copysign(o.select(o.greater(a, o.num(0.625)), far, near), x);
}

/** log1p(a + a^2 / (1 + sqrt(a^2 + 1))), a = |x|; log(a) + ln 2 where a^2 would be too large. */
export function asinh(o: MathBuilder, x: Expr): Expr {
  const a = o.abs(x);
  const large = o.greater(a, o.num(2 ** 28));
  const b = o.select(large, o.num(1), a);
  const square = o.mul(b, b);
  const inner = o.add(b, o.div(square, o.add(o.num(1), o.sqrt(o.add(square, o.num(1))))));
  return o.copysign(o.select(large, o.add(log(o, a), o.num(Math.LN2)), log1p(o, inner)), x);
}

/** log1p(t + sqrt(2 t + t^2)), t = x - 1. NaN below 1. */
export function acosh(o: MathBuilder, x: Expr): Expr {
  const large = o.greater(x, o.num(2 ** 28));
  const t = o.sub(o.select(large, o.num(2), x), o.num(1));
  const inner = o.add(t, o.sqrt(o.fma(t, t, o.mul(t, o.num(2)))));
  const value = o.select(large, o.add(log(o, x), o.num(Math.LN2)), log1p(o, inner));
  return o.select(o.less(x, o.num(1)), o.num(Number.NaN), value);
}

/** log1p(2 a + 2 a^2 / (1 - a)) / 2 for a = |x| < 1/2, log1p(2 a / (1 - a)) / 2 from there. */
export function atanh(o: MathBuilder, x: Expr): Expr {
  const a = o.abs(x);
  const twice = o.mul(a, o.num(2));
  const rest = o.sub(o.num(1), a);
  const near = o.add(twice, o.div(o.mul(twice, a), rest));
  const inner = o.select(o.less(a, o.num(0.5)), near, o.div(twice, rest));
  return o.copysign(o.mul(o.num(0.5), log1p(o, inner)), x);
}
