/** The activation functions that ONNX recurrent operators may name, on numbers and as loop expressions. */
import type { Expr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";

export const RECURRENT_ACTIVATIONS = [
  "relu",
  "tanh",
  "sigmoid",
  "affine",
  "leaky_relu",
  "thresholded_relu",
  "scaled_tanh",
  "hard_sigmoid",
  "elu",
  "softsign",
  "softplus",
] as const;
export type RecurrentActivation = (typeof RECURRENT_ACTIVATIONS)[number];
export const isRecurrentActivation = (s: string): s is RecurrentActivation =>
  (RECURRENT_ACTIVATIONS as readonly string[]).includes(s);

interface Definition {
  readonly value: (x: number, alpha: number, beta: number) => number;
  readonly expr: (x: Expr, alpha: Expr, beta: Expr) => Expr;
}

const like = (x: Expr, v: number): Expr => make.constant(x.t, v);
const call = (fn: "tanh" | "sigmoid" | "exp" | "log" | "abs", x: Expr): Expr => make.call(fn, [x]);
const positive = (x: Expr): Expr => make.bin("gt", x, like(x, 0));

const TABLE: Readonly<Record<RecurrentActivation, Definition>> = {
  relu: { value: (x) => Math.max(0, x), expr: (x) => make.max(like(x, 0), x) },
  tanh: { value: Math.tanh, expr: (x) => call("tanh", x) },
  sigmoid: { value: (x) => 1 / (1 + Math.exp(-x)), expr: (x) => call("sigmoid", x) },
  affine: { value: (x, a, b) => a * x + b, expr: (x, a, b) => make.add(make.mul(a, x), b) },
  leaky_relu: {
    value: (x, a) => (x >= 0 ? x : a * x),
    expr: (x, a) => make.select(make.bin("ge", x, like(x, 0)), x, make.mul(a, x)),
  },
  thresholded_relu: { value: (x, a) => (x >= a ? x : 0), expr: (x, a) => make.select(make.bin("ge", x, a), x, like(x, 0)) },
  scaled_tanh: { value: (x, a, b) => a * Math.tanh(b * x), expr: (x, a, b) => make.mul(a, call("tanh", make.mul(b, x))) },
  hard_sigmoid: {
    value: (x, a, b) => Math.min(1, Math.max(0, a * x + b)),
    expr: (x, a, b) => make.min(like(x, 1), make.max(like(x, 0), make.add(make.mul(a, x), b))),
  },
  elu: {
    value: (x, a) => (x > 0 ? x : a * Math.expm1(x)),
    expr: (x, a) => make.select(positive(x), x, make.mul(a, make.sub(call("exp", make.min(like(x, 0), x)), like(x, 1)))),
  },
  softsign: { value: (x) => x / (1 + Math.abs(x)), expr: (x) => make.div(x, make.add(like(x, 1), call("abs", x))) },
  // log(1 + e^x) = max(x, 0) + log(1 + e^-|x|)
  softplus: {
    value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    expr: (x) => {
      const rest = call("log", make.add(like(x, 1), call("exp", make.sub(like(x, 0), call("abs", x)))));
      return make.add(make.max(like(x, 0), x), rest);
    },
  },
};

export const activate = (kind: RecurrentActivation, x: number, alpha: number, beta: number): number =>
  TABLE[kind].value(x, alpha, beta);
export const activateExpr = (kind: RecurrentActivation, x: Expr, alpha: number, beta: number): Expr =>
  TABLE[kind].expr(x, like(x, alpha), like(x, beta));
