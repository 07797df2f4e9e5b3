import { invariant } from "../../../support/assert.js";
import { createBody, type ModuleParts } from "../emit/body.js";
import { typeOf, type Value } from "../emit/types.js";
import { erf } from "./erf.js";
import { exp, sigmoid } from "./exponential.js";
import { acosh, asinh, atanh, cosh, sinh, tanh } from "./hyperbolic.js";
import { log } from "./logarithm.js";
import { createOps, type FloatType, type Ops } from "./ops.js";
import { pow } from "./power.js";
import { acos, asin, atan, cos, sin, tan } from "./trigonometric.js";

type Implementation = (o: Ops, ...args: readonly Value[]) => Value;

export interface MathFunction {
  readonly f32: Implementation;
  readonly f64: Implementation;
  /** Largest error in units in the last place, over the domain where there is one. */
  readonly ulp: { readonly f32: number; readonly f64: number };
  /** Largest |x| up to which the bound holds; beyond it the result is still within the function's range. */
  readonly limit?: { readonly f32: number; readonly f64: number };
}

const both = (f: Implementation, f32: number, f64: number): MathFunction => ({ f32: f, f64: f, ulp: { f32, f64 } });
/** f32 through f64, rounded once: the error is hardly more than half an ulp. */
const viaDouble = (f: Implementation, f64: number): MathFunction => ({
  f32: (o, ...args) => o.viaDouble(f, ...args),
  f64: f,
  ulp: { f32: 0.51, f64 },
});
/** f32 arguments reach 2^31: they have 24 bits, so the reduction may use shorter parts of pi / 2. */
const periodic = (f: (wide: boolean) => Implementation, f64: number): MathFunction => ({
  f32: (o, x) => o.viaDouble(f(true), x),
  f64: f(false),
  ulp: { f32: 0.51, f64 },
  limit: { f32: 2 ** 31, f64: 2 ** 20 },
});

/** The vector math library, by the names of UnaryFn and MultiFn. The bounds are what test/backends/llvm/math.test.ts holds it to. */
export const MATH: ReadonlyMap<string, MathFunction> = new Map([
  ["exp", both(exp, 1, 1)],
  ["log", both(log, 1, 1)],
  ["sigmoid", both(sigmoid, 2.5, 2.5)],
  ["tanh", both(tanh, 2, 3)],
  ["erf", both(erf, 4.5, 5)],
  ["sin", periodic(sin, 1)],
  ["cos", periodic(cos, 1)],
  ["tan", periodic(tan, 2.5)],
  ["asin", viaDouble(asin, 2)],
  ["acos", viaDouble(acos, 2)],
  ["atan", viaDouble(atan, 1.5)],
  ["sinh", viaDouble(sinh, 3)],
  ["cosh", viaDouble(cosh, 2)],
  ["asinh", viaDouble(asinh, 3)],
  ["acosh", viaDouble(acosh, 3)],
  ["atanh", viaDouble(atanh, 3)],
  ["pow", viaDouble(pow, 1)],
]);

/** The name of a function of the library for `lanes` lanes, defined in the module on first use: branch-free, inlined everywhere. */
export function mathFunction(module: ModuleParts, fn: string, t: FloatType, lanes: number): string {
  const found = MATH.get(fn);
  invariant(found, `no '${fn}' in the math library`);
  return module.helper(`@qc_${fn}_${t}${lanes > 1 ? `x${lanes}` : ""}`, () => {
    const args = fn === "pow" ? ["%x", "%y"] : ["%x"];
    const body = createBody(module, args);
    const values = args.map((v): Value => ({ t, lanes, v }));
    const result = found[t](createOps(body, t, lanes), ...values);
    const type = typeOf(t, lanes);
    body.line(`ret ${type} ${result.v}`);
    const name = `@qc_${fn}_${t}${lanes > 1 ? `x${lanes}` : ""}`;
    return `define internal ${type} ${name}(${args.map((a) => `${type} ${a}`).join(", ")}) #2 {\n${body.text()}}`;
  });
}
