/** Values of the math library's functions that owe it nothing: doubles of JavaScript, and 448-bit arithmetic. */
import * as fx from "../../../scripts/fixed-point.mjs";
import type { FloatType } from "../../../src/ir/math/builder.js";

/**
 * erf in double. |x| < 2.5: exp(-x^2) * sum 2^n x^(2n+1) / (2n+1)!! (all terms of one sign); beyond: 1 - erfc by its
 * continued fraction, Abramowitz and Stegun 7.1.6 and 7.1.14.
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let f = a;
  for (let k = 60; k > 0; k--) f = a + k / 2 / f;
  return Math.sign(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * f));
}

const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

/** The function in double, itself off by up to an ulp (erf by a few). */
export const reference = (fn: string, x: number, z: number): number => {
  if (fn === "erf") return erf(x);
  if (fn === "sigmoid") return sigmoid(x);
  // IEEE 754 pow, where JavaScript gives NaN
  if (fn === "pow") return x === 1 || (x === -1 && Math.abs(z) === Number.POSITIVE_INFINITY) ? 1 : x ** z;
  return (Math as unknown as Record<string, (v: number) => number>)[fn](x);
};

const bits = new DataView(new ArrayBuffer(8));
/** Distance of neighbouring numbers of the type at v. */
function unitInLastPlace(v: number, t: FloatType): number {
  bits.setFloat64(0, v);
  const exponent = ((bits.getUint16(0) >> 4) & 0x7ff) - 1023;
  return t === "f32" ? 2 ** (Math.max(exponent, -126) - 23) : 2 ** Math.max(exponent - 52, -1074);
}

/** Error in ulps of a value of `t` against a reference in double. */
export function errorOf(got: number, want: number, t: FloatType): number {
  const target = t === "f32" ? Math.fround(want) : want;
  if (Object.is(got, target)) return t === "f32" && Number.isFinite(got) ? Math.abs(got - want) / unitInLastPlace(want, t) : 0;
  if (Number.isNaN(got) || Number.isNaN(want)) return Number.POSITIVE_INFINITY;
  if (!Number.isFinite(got) || !Number.isFinite(target)) {
    // one of the last numbers before infinity
    const finite = Number.isFinite(got) ? got : want;
    return Math.abs(finite) > (t === "f32" ? 3.4028e38 : 1.797e308) ? 1 : Number.POSITIVE_INFINITY;
  }
  if (got === 0 && want === 0) return Number.POSITIVE_INFINITY;
  return Math.abs(got - want) / unitInLastPlace(want, t);
}

const { ONE } = fx;
/** The same functions with 448 fractional bits, where double references are not enough. */
const EXACT: Readonly<Record<string, (x: bigint, z: bigint) => bigint>> = {
  exp: fx.exp,
  log: fx.log,
  sin: fx.sin,
  cos: fx.cos,
  tan: (x) => fx.div(fx.sin(x), fx.cos(x)),
  asin: fx.asin,
  acos: (x) => fx.PI / 2n - fx.asin(x),
  atan: fx.atan,
  sinh: (x) => (fx.exp(x) - fx.exp(-x)) / 2n,
  cosh: (x) => (fx.exp(x) + fx.exp(-x)) / 2n,
  tanh: fx.tanh,
  asinh: (x) => fx.log(x + fx.sqrt(fx.mul(x, x) + ONE)),
  acosh: (x) => fx.log(x + fx.sqrt(fx.mul(x, x) - ONE)),
  atanh: (x) => fx.log(fx.div(ONE + x, ONE - x)) / 2n,
  erf: fx.erf,
  sigmoid: (x) => fx.div(ONE, ONE + fx.exp(-x)),
  pow: (x, z) => fx.exp(fx.mul(z, fx.log(x))),
};

/** Error in ulps against the exact value. */
export function exactError(fn: string, x: number, z: number, got: number): number {
  const want = EXACT[fn](fx.fromDouble(x), fx.fromDouble(z));
  const difference = fx.toDouble(fx.fromDouble(got) - want);
  return Math.abs(difference) / unitInLastPlace(fx.toDouble(want), "f64");
}
