import type { Value } from "../emit/types.js";
import { erfLargeF32, erfLargeF64, erfSmallF32, erfSmallF64 } from "./coefficients.js";
import { exp } from "./exponential.js";
import type { Ops } from "./ops.js";

const FORMAT = {
  f32: { small: erfSmallF32, large: erfLargeF32, center: 2.5, end: 4 },
  f64: { small: erfSmallF64, large: erfLargeF64, center: 3.5, end: 6 },
} as const;

/** x + x E(x^2) up to 0.9375, else 1 - e^-q(|x|) with q = -log(erfc). */
export function erf(o: Ops, x: Value): Value {
  const { small, large, center, end } = FORMAT[o.t];
  const a = o.abs(x);
  const near = o.fma(x, o.poly(small, o.mul(x, x)), x);
  const bounded = o.select(o.greater(a, o.num(end)), o.num(end), a);
  const q = o.poly(large, o.sub(bounded, o.num(center)));
  const far = o.copysign(o.sub(o.num(1), exp(o, o.neg(q))), x);
  return o.select(o.greater(a, o.num(0.9375)), far, near);
}
