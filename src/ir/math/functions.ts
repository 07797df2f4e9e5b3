import type { Expr, MultiFn, UnaryFn } from "../loop/expr.js";
import type { FloatType, MathBuilder } from "./builder.js";
import { erf } from "./erf.js";
import { exp, sigmoid } from "./exponential.js";
import { acosh, asinh, atanh, cosh, sinh, tanh } from "./hyperbolic.js";
import { log } from "./logarithm.js";
import { mulError, pow } from "./power.js";
import { acos, asin, atan, cos, sin, tan } from "./trigonometric.js";

export type Implementation = (o: MathBuilder, ...args: readonly Expr[]) => Expr;

export interface MathFunction {
  /** Number of operands. */
  readonly arity: 1 | 2;
  readonly of: Readonly<Record<FloatType, Implementation>>;
  /** Largest error in units in the last place, over the domain where there is one. */
  readonly ulp: Readonly<Record<FloatType, number>>;
  /** Largest |x| up to which the bound holds; beyond it the result is still within the function's range. */
  readonly limit?: Readonly<Record<FloatType, number>>;
}

const both = (f: Implementation, f32: number, f64: number): MathFunction => ({
  arity: 1,
  of: { f32: f, f64: f },
  ulp: { f32, f64 },
});
/** f32 through f64, rounded once: the error is hardly more than half an ulp. */
const viaDouble = (f: Implementation, f64: number): MathFunction => ({
  arity: 1,
  of: { f32: (o, ...args) => o.viaDouble(f, ...args), f64: f },
  ulp: { f32: 0.51, f64 },
});
/** f32 arguments reach 2^31: they have 24 bits, so the reduction may use shorter parts of pi / 2. */
const periodic = (f: (wide: boolean) => Implementation, f64: number): MathFunction => ({
  arity: 1,
  of: { f32: (o, x) => o.viaDouble(f(true), x), f64: f(false) },
  ulp: { f32: 0.51, f64 },
  limit: { f32: 2 ** 31, f64: 2 ** 20 },
});

/** The vector math library. The bounds are what test/ir/math holds it to, on every backend. */
export const MATH = {
  exp: both(exp, 1, 1),
  log: both(log, 1, 1),
  sigmoid: both(sigmoid, 2.5, 2.5),
  tanh: both(tanh, 2, 3),
  erf: both(erf, 4.5, 5),
  sin: periodic(sin, 1),
  cos: periodic(cos, 1),
  tan: periodic(tan, 2.5),
  asin: viaDouble(asin, 2),
  acos: viaDouble(acos, 2),
  atan: viaDouble(atan, 1.5),
  sinh: viaDouble(sinh, 3),
  cosh: viaDouble(cosh, 2),
  asinh: viaDouble(asinh, 3),
  acosh: viaDouble(acosh, 3),
  atanh: viaDouble(atanh, 3),
  pow: { ...viaDouble(pow, 1), arity: 2 },
  mulerr: { ...both(mulError, 0, 0), arity: 2 },
} as const satisfies Partial<Record<UnaryFn | MultiFn, MathFunction>>;

export type MathFn = keyof typeof MATH;

export const isMathFn = (fn: string): fn is MathFn => Object.hasOwn(MATH, fn);
