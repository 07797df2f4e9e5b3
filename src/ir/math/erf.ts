import type { Expr } from "../loop/expr.js";
import type { MathBuilder } from "./builder.js";
import { erfF32, erfLargeF64, erfSmallF64 } from "./coefficients.js";
import { clamp, exp } from "./exponential.js";

/** Where |x| is cut off in f32: x P gives exactly 1 there, with and without FMA. */
const END = 3.875;
/**
 * erf(x) / x falls like an integral of e^(-x^2 t^2): left of its centre every term of P is positive, right of it they cancel. A smaller
 * centre therefore costs precision near END, and 8 or more near zero, where x^2 - CENTER is then rounded to half as many places.
 */
const CENTER = 7.9375;

/** f32: x P(x^2 - CENTER), |x| <= END. f64: x + x E(x^2) up to 0.9375, else 1 - e^-q(|x|) with q = -log(erfc). */
export function erf(o: MathBuilder, x: Expr): Expr {
  if (o.t === "f32") {
    const bounded = clamp(o, x, -END, END);
    return o.mul(bounded, o.poly(erfF32, o.fma(bounded, bounded, o.num(-CENTER))));
  }
  const a = o.abs(x);
  const near = o.fma(x, o.poly(erfSmallF64, o.mul(x, x)), x);
  const bounded = o.select(o.greater(a, o.num(6)), o.num(6), a);
  const q = o.poly(erfLargeF64, o.sub(bounded, o.num(3.5)));
  const far = o.copysign(o.sub(o.num(1), exp(o, o.neg(q))), x);
  return o.select(o.greater(a, o.num(0.9375)), far, near);
}
