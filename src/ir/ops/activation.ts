/** Activation functions, elementwise on floats, one row each. Meanings as in ONNX; NaN stays NaN. */
import { type AttrSchema, attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import { add, bin, call, constant, div, max, min, mul, select, sub } from "../loop/make.js";
import type { OpDef } from "../op/define.js";
import { type UnarySpec, unaryOp } from "./shared/elementwise.js";
import { erf } from "./shared/erf.js";
import { constLike } from "./shared/lowering.js";

const f = Math.fround;
const exp = (x: Expr) => call("exp", [x]);
const zero = (x: Expr) => constLike(x, 0);
const one = (x: Expr) => constLike(x, 1);
/** x below zero, 0 elsewhere; and the reverse. NaN passes: the variable stands second. */
const negativePart = (x: Expr) => min(zero(x), x);
const positivePart = (x: Expr) => max(zero(x), x);
const expMinus1 = (x: Expr) => sub(exp(x), one(x));
/** ln(1 + e^x) = max(x, 0) + ln(1 + e^(-|x|)), which cannot overflow. */
const softplusOf = (x: Expr) => add(positivePart(x), call("log", [add(one(x), exp(call("neg", [call("abs", [x])])))]));
const softplusNumber = (v: number) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
const clampUnit = (x: Expr) => max(zero(x), min(one(x), x));
const unitNumber = (v: number) => Math.max(0, Math.min(1, v));

/** A constant of mathematics, as exact as the type. */
const exact = (x: Expr, value: number) => constant(x.t, x.t === "f64" ? value : f(value));
const SQRT1_2 = Math.SQRT1_2;
const SQRT_2_PI = Math.sqrt(2 / Math.PI);
const GELU_CUBIC = 0.044715;

const activation = <const S extends AttrSchema = Readonly<Record<never, never>>>(s: Omit<UnarySpec<S>, "on">): OpDef =>
  unaryOp({ ...s, on: "float" }) as OpDef;

export const activationOps: readonly OpDef[] = [
  activation({
    name: "leaky_relu",
    doc: "y = x where x >= 0, alpha x elsewhere.",
    exact: true,
    attrs: { alpha: attr.f32("slope below zero", 0.01) },
    float: (v, { alpha }) => (v < 0 ? f(alpha) * v : v),
    lower: (x, { alpha }) => select(bin("lt", x, zero(x)), mul(constLike(x, alpha), x), x),
    drawAttrs: (g) => ({ alpha: g.f32({ min: 0, max: 0.5 }) }),
  }),
  activation({
    name: "elu",
    doc: "y = x where x > 0, alpha (e^x - 1) elsewhere.",
    attrs: { alpha: attr.f32("limit below zero, negated", 1) },
    float: (v, { alpha }) => (v > 0 ? v : f(alpha) * Math.expm1(v)),
    lower: (x, { alpha }) => select(bin("gt", x, zero(x)), x, mul(constLike(x, alpha), expMinus1(negativePart(x)))),
    drawAttrs: (g) => ({ alpha: g.f32({ min: 0.5, max: 2 }) }),
  }),
  activation({
    name: "selu",
    doc: "y = gamma x where x > 0, gamma alpha (e^x - 1) elsewhere.",
    attrs: {
      alpha: attr.f32("limit below zero before gamma, negated", 1.6732631921768188),
      gamma: attr.f32("overall factor", 1.0507010221481323),
    },
    float: (v, { alpha, gamma }) => f(gamma) * (v > 0 ? v : f(alpha) * Math.expm1(v)),
    lower: (x, { alpha, gamma }) => {
      const below = mul(constLike(x, alpha), expMinus1(negativePart(x)));
      return mul(constLike(x, gamma), select(bin("gt", x, zero(x)), x, below));
    },
  }),
  activation({
    name: "celu",
    doc: "y = max(0, x) + min(0, alpha (e^(x / alpha) - 1)).",
    attrs: { alpha: attr.f32("scale of the part below zero", 1) },
    float: (v, { alpha }) => Math.max(0, v) + Math.min(0, f(alpha) * Math.expm1(v / f(alpha))),
    lower: (x, { alpha }) => {
      const a = constLike(x, alpha);
      return add(positivePart(x), mul(a, expMinus1(div(negativePart(x), a))));
    },
    drawAttrs: (g) => ({ alpha: g.f32({ min: 0.5, max: 2 }) }),
  }),
  activation({
    name: "hard_sigmoid",
    doc: "y = max(0, min(1, alpha x + beta)).",
    attrs: { alpha: attr.f32("slope", 0.2), beta: attr.f32("value at zero", 0.5) },
    float: (v, { alpha, beta }) => unitNumber(f(alpha) * v + f(beta)),
    lower: (x, { alpha, beta }) => clampUnit(add(mul(constLike(x, alpha), x), constLike(x, beta))),
    drawAttrs: (g) => ({ alpha: g.f32({ min: 0.1, max: 1 }), beta: g.f32({ min: 0, max: 1 }) }),
  }),
  activation({
    name: "hard_swish",
    doc: "y = x max(0, min(1, x / 6 + 1/2)).",
    float: (v) => v * unitNumber(f(1 / 6) * v + 0.5),
    lower: (x) => mul(x, clampUnit(add(mul(constLike(x, 1 / 6), x), constLike(x, 0.5)))),
    range: { min: -5, max: 5 },
  }),
  activation({ name: "softplus", doc: "y = ln(1 + e^x).", float: softplusNumber, lower: softplusOf }),
  activation({
    name: "softsign",
    doc: "y = x / (1 + |x|).",
    float: (v) => v / (1 + Math.abs(v)),
    lower: (x) => div(x, add(one(x), call("abs", [x]))),
  }),
  activation({
    name: "thresholded_relu",
    doc: "y = x where x > alpha, 0 elsewhere.",
    attrs: { alpha: attr.f32("threshold", 1) },
    float: (v, { alpha }) => (v <= f(alpha) ? 0 : v),
    lower: (x, { alpha }) => select(bin("le", x, constLike(x, alpha)), zero(x), x),
    drawAttrs: (g) => ({ alpha: g.f32({ min: -1, max: 1 }) }),
  }),
  activation({
    name: "gelu",
    doc: "y = x Phi(x) with the normal distribution exact, or its tanh form x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).",
    attrs: { approximate: attr.oneOf("form of Phi", ["none", "tanh"], "none") },
    float: (v, { approximate }) =>
      approximate === "none"
        ? 0.5 * v * (1 + erf(v * SQRT1_2))
        : 0.5 * v * (1 + Math.tanh(SQRT_2_PI * (v + GELU_CUBIC * v ** 3))),
    lower(x, { approximate }) {
      const cubic = () => mul(mul(exact(x, GELU_CUBIC), mul(x, x)), x);
      const phi2 =
        approximate === "none"
          ? call("erf", [mul(x, exact(x, SQRT1_2))])
          : call("tanh", [mul(exact(x, SQRT_2_PI), add(x, cubic()))]);
      return mul(mul(constLike(x, 0.5), x), add(one(x), phi2));
    },
    drawAttrs: (g) => ({ approximate: g.pick(["none", "tanh"]) }),
  }),
  activation({
    name: "mish",
    doc: "y = x tanh(ln(1 + e^x)).",
    float: (v) => v * Math.tanh(softplusNumber(v)),
    lower: (x) => mul(x, call("tanh", [softplusOf(x)])),
  }),
  activation({
    name: "swish",
    doc: "y = x sigmoid(alpha x); SiLU is alpha 1.",
    attrs: { alpha: attr.f32("factor inside the sigmoid", 1) },
    float: (v, { alpha }) => v / (1 + Math.exp(-f(alpha) * v)),
    lower: (x, { alpha }) => mul(x, call("sigmoid", [mul(constLike(x, alpha), x)])),
    drawAttrs: (g) => ({ alpha: g.f32({ min: 0.5, max: 2 }) }),
  }),
  activation({
    name: "shrink",
    doc: "y = x - bias where x > lambda, x + bias where x < -lambda, 0 elsewhere.",
    attrs: { lambda: attr.f32("threshold", 0.5), bias: attr.f32("shift toward zero", 0) },
    float: (v, { lambda, bias }) => (v < -f(lambda) ? v + f(bias) : v > f(lambda) ? v - f(bias) : 0),
    lower: (x, { lambda, bias }) => {
      const shift = constLike(x, bias);
      const above = select(bin("gt", x, constLike(x, lambda)), sub(x, shift), zero(x));
      return select(bin("lt", x, constLike(x, -lambda)), add(x, shift), above);
    },
    drawAttrs: (g) => ({ lambda: g.f32({ min: 0, max: 1 }), bias: g.f32({ min: 0, max: 1 }) }),
  }),
];
