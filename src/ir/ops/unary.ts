/** Elementwise functions of one operand without parameters, one row each. Meanings as in ONNX. */

import { attr } from "../attr/attr.js";
import type { Expr, UnaryFn } from "../loop/expr.js";
import * as make from "../loop/make.js";
import type { OpDef } from "../op/define.js";
import { type UnarySpec, unaryOp } from "./shared/elementwise.js";
import { erf } from "./shared/erf.js";
import { constOf } from "./shared/lowering.js";
import { roundHalfEven } from "./shared/values.js";

type Row = UnarySpec<Readonly<Record<never, never>>>;

const call = (fn: UnaryFn) => (x: Expr) => make.call(fn, [x]);
const unsigned = (x: Expr) => x.t.startsWith("u");
const zero = (x: Expr) => constOf(x.t, 0);

/** A float function that the loop IR has. */
const math = (fn: UnaryFn, doc: string, float: (v: number) => number, range?: Row["range"], monotone = false): Row => ({
  name: fn,
  doc,
  on: "float",
  float,
  lower: call(fn),
  range,
  traits: monotone ? ["monotone"] : [],
});

/** A float function that is one IEEE operation. */
const exactMath = (...args: Parameters<typeof math>): Row => ({ ...math(...args), exact: true });

const ROWS: readonly Row[] = [
  exactMath("floor", "y = floor(x).", Math.floor, undefined, true),
  exactMath("ceil", "y = ceil(x).", Math.ceil, undefined, true),
  exactMath("round", "y = x rounded to the nearest integer, ties to even.", roundHalfEven, undefined, true),
  exactMath("sqrt", "y = sqrt(x); NaN below zero.", Math.sqrt, { min: 0, max: 9 }, true),
  math("exp", "y = e^x.", Math.exp, { min: -5, max: 5 }, true),
  math("log", "y = ln x.", Math.log, { min: 0.05, max: 9 }, true),
  math("sin", "y = sin x.", Math.sin),
  math("cos", "y = cos x.", Math.cos),
  math("tan", "y = tan x.", Math.tan, { min: -1.3, max: 1.3 }),
  math("asin", "y = arcsin x.", Math.asin, { min: -1, max: 1 }, true),
  math("acos", "y = arccos x.", Math.acos, { min: -1, max: 1 }),
  math("atan", "y = arctan x.", Math.atan, undefined, true),
  math("sinh", "y = sinh x.", Math.sinh, undefined, true),
  math("cosh", "y = cosh x.", Math.cosh),
  math("tanh", "y = tanh x.", Math.tanh, undefined, true),
  math("asinh", "y = arsinh x.", Math.asinh, undefined, true),
  math("acosh", "y = arcosh x.", Math.acosh, { min: 1, max: 9 }, true),
  math("atanh", "y = artanh x.", Math.atanh, { min: -0.9, max: 0.9 }, true),
  math("erf", "y = 2/sqrt(pi) integral of e^(-t^2) over [0, x].", erf, undefined, true),
  math("sigmoid", "y = 1 / (1 + e^(-x)).", (v) => 1 / (1 + Math.exp(-v)), undefined, true),
  {
    name: "reciprocal",
    exact: true,
    doc: "y = 1 / x.",
    on: "float",
    float: (v) => 1 / v,
    lower: (x) => make.div(constOf(x.t, 1), x),
    range: { min: 0.2, max: 3 },
  },
  { name: "neg", exact: true, doc: "y = -x; integers wrap.", on: "signed", float: (v) => -v, int: (v) => -v, lower: call("neg") },
  {
    name: "abs",
    exact: true,
    doc: "y = |x|; the least integer wraps to itself.",
    on: "numeric",
    float: Math.abs,
    int: (v) => (v < 0n ? -v : v),
    lower: (x) => (unsigned(x) ? x : make.call("abs", [x])),
  },
  {
    name: "sign",
    exact: true,
    doc: "y = 1, 0 or -1 by the sign of x; NaN and zeros as they are.",
    on: "numeric",
    float: Math.sign,
    int: (v) => (v > 0n ? 1n : v < 0n ? -1n : 0n),
    lower(x) {
      const notBelow = make.select(make.bin("gt", x, zero(x)), constOf(x.t, 1), x);
      return unsigned(x) ? notBelow : make.select(make.bin("lt", x, zero(x)), constOf(x.t, -1), notBelow);
    },
  },
  { name: "not", doc: "y = not x.", on: "bool", int: (v) => 1n - v, lower: call("not") },
  { name: "bitwise_not", doc: "y = x with all bits flipped.", on: "int", int: (v) => ~v, lower: call("not") },
  {
    name: "isnan",
    doc: "y = x is not a number.",
    on: "float",
    result: "bool",
    float: (v) => (Number.isNaN(v) ? 1 : 0),
    lower: call("isnan"),
  },
];

const isinf = unaryOp({
  name: "isinf",
  doc: "y = x is an infinity of a sign that is looked for. ONNX IsInf-20.",
  on: "float",
  result: "bool",
  attrs: { positive: attr.bool("look for +infinity", true), negative: attr.bool("look for -infinity", true) },
  float: (v, { positive, negative }) => ((v === Infinity && positive) || (v === -Infinity && negative) ? 1 : 0),
  lower(x, { positive, negative }) {
    if (positive && negative) return make.call("isinf", [x]);
    if (!positive && !negative) return make.constant("bool", 0);
    return make.bin("eq", x, constOf(x.t, positive ? Infinity : -Infinity));
  },
  drawAttrs: (g) => ({ positive: g.bool(), negative: g.bool() }),
});

export const unaryOps: readonly OpDef[] = [...ROWS.map((row) => unaryOp(row)), isinf];
