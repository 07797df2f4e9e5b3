/** C text of scalar expressions with the meaning of the loop IR: nothing overflows, nothing is shifted too far, floats are rounded as written. */

import { affineOf, exprOfAffine } from "../../ir/loop/affine.js";
import { type BinOp, type CallExpr, type CastExpr, type Expr, isComparison, type Scalar } from "../../ir/loop/expr.js";
import * as make from "../../ir/loop/make.js";
import type { Buffer, ReduceOp } from "../../ir/loop/stmt.js";
import type { FloatType } from "../../ir/math/builder.js";
import { mathDefinition } from "../../ir/math/definition.js";
import { isMathFn, type MathFn } from "../../ir/math/functions.js";
import { type DType, dtypeInfo } from "../../ir/type/dtype.js";
import { stridesOf } from "../../ir/type/tensor-type.js";
import { invariant, unreachable } from "../../support/assert.js";
import { fail } from "../../support/diag.js";
import { cut, type Helpers } from "./helpers.js";
import { constantText, isFloatScalar, isHalf, isNarrow, valueType } from "./types.js";

export interface ExprScope {
  readonly helpers: Helpers;
  variable(name: string): string;
  buffer(name: string): { readonly def: Buffer; readonly c: string };
}

/** How tightly the outermost operator of a text binds; C's table, what compilers want parentheses for left out. */
const BINDS = { primary: 9, unary: 8, mul: 7, add: 6, compare: 5, and: 4, or: 3, bits: 2, cond: 1 } as const;
interface Piece {
  readonly text: string;
  readonly binds: number;
}

const primary = (text: string): Piece => ({ text, binds: BINDS.primary });
const within = ({ text, binds }: Piece, least: number): string => (binds >= least ? text : `(${text})`);
const called = (name: string, ...args: readonly Piece[]): Piece => primary(`${name}(${args.map((a) => a.text).join(", ")})`);
const prefixed = (operator: string, x: Piece): Piece => {
  const inner = within(x, BINDS.unary);
  return { text: inner.startsWith("-") && operator === "-" ? `-(${inner})` : `${operator}${inner}`, binds: BINDS.unary };
};
const infix = (operator: string, binds: number, left: string, right: string): Piece => ({
  text: `${left} ${operator} ${right}`,
  binds,
});
const converted = (type: string, x: Piece): Piece => prefixed(`(${type})`, x);

const SIGNS: Readonly<Partial<Record<BinOp, string>>> = {
  ...{ add: "+", sub: "-", mul: "*", div: "/", mod: "%", and: "&", or: "|", xor: "^" },
  ...{ eq: "==", ne: "!=", lt: "<", le: "<=", gt: ">", ge: ">=" },
};

/** The operator itself, its result not cut to a width. */
function plain(op: BinOp, a: Piece, b: Piece): Piece {
  const sign = SIGNS[op] ?? op;
  switch (op) {
    case "add":
    case "sub":
      return infix(sign, BINDS.add, within(a, BINDS.add), within(b, BINDS.mul));
    case "mul":
    case "div":
    case "mod":
      return infix(sign, BINDS.mul, within(a, BINDS.mul), within(b, BINDS.unary));
    case "and":
    case "or":
    case "xor":
      return infix(sign, BINDS.bits, within(a, BINDS.unary), within(b, BINDS.unary));
    default:
      return infix(sign, BINDS.compare, within(a, BINDS.add), within(b, BINDS.add));
  }
}

function logical(op: BinOp, a: Piece, b: Piece): Piece {
  if (op === "and" || op === "min") return infix("&&", BINDS.and, within(a, BINDS.and), within(b, BINDS.compare));
  if (op === "or" || op === "max") return infix("||", BINDS.or, within(a, BINDS.compare), within(b, BINDS.compare));
  return infix(op === "eq" ? "==" : "!=", BINDS.compare, within(a, BINDS.add), within(b, BINDS.add));
}

/** The step of a reduction: `op` as of two values, but that NaN stays the extreme of floats. */
export function reducedPiece(op: ReduceOp, t: DType, old: Piece, value: Piece, h: Helpers): Piece {
  if ((op !== "min" && op !== "max") || !isFloatScalar(t)) return binaryPiece(op, t, old, value, h);
  return called(h.use(`nan${op}_${isHalf(t) ? "f32" : t}`), old, value);
}

const isSafeDivisor = (e: Expr | null): boolean => e?.k === "const" && Number(e.value) !== 0 && Number(e.value) !== -1;

/** a op b on values of `t`; `divisor`: the expression of b, where there is one. */
export function binaryPiece(op: BinOp, t: Scalar, a: Piece, b: Piece, h: Helpers, divisor: Expr | null = null): Piece {
  if (t === "bool") return logical(op, a, b);
  if (isComparison(op)) return plain(op, a, b);
  if (op === "min" || op === "max") return called(h.use(`${op}_${isHalf(t) ? "f32" : t}`), a, b);
  if (t === "index") return plain(op, a, b);
  if (isHalf(t)) return called(h.use(`round_${t}`), op === "mod" ? called(h.use("mod_f32"), a, b) : plain(op, a, b));
  if (isFloatScalar(t)) return op === "mod" ? called(h.use(`mod_${t}`), a, b) : plain(op, a, b);
  if (op === "and" || op === "or" || op === "xor") return plain(op, a, b);
  if (op === "shl" || op === "shr") return called(h.use(`${op}_${t}`), a, b);
  if (op === "div" || op === "mod") return isSafeDivisor(divisor) ? plain(op, a, b) : called(h.use(`${op}_${t}`), a, b);
  if (t === "u32" || t === "u64") return plain(op, a, b);
  if (t === "i32" || t === "i64") return called(h.use(`${op}_${t}`), a, b);
  const exact = t === "u16" && op === "mul" ? plain(op, converted("uint32_t", a), b) : plain(op, a, b);
  return cutPiece(t, exact, h);
}

function cutPiece(t: DType, x: Piece, h: Helpers): Piece {
  if (t === "i4") return called(h.use("wrap_i4"), x);
  return { text: cut(t, x.text), binds: BINDS.unary };
}

function castPiece(e: CastExpr, x: Piece, h: Helpers): Piece {
  const [from, to] = [e.x.t, e.t];
  if (from === "bool") return to === "bool" || !isFloatScalar(to) ? x : converted(valueType(to), x);
  if (to === "bool") return plain("ne", x, primary(isFloatScalar(from) ? constantText(from, 0) : "0"));
  if (isFloatScalar(to)) return floatFrom(from, to, x, h);
  if (isFloatScalar(from)) {
    if (e.inRange) return converted(valueType(to), x);
    return called(h.use(`${to}_of_${from === "f64" ? "f64" : "f32"}`), x);
  }
  if (to === "index") return from === "i64" || from === "u64" ? called(h.use("index_of_i64"), x) : converted("ptrdiff_t", x);
  if (to === "i4" || to === "u4") return cutPiece(to, x, h);
  return isNarrow(from) && to === "i32" ? x : converted(valueType(to), x);
}

function floatFrom(from: Scalar, to: Scalar, x: Piece, h: Helpers): Piece {
  if (!isHalf(to)) return isHalf(from) && to === "f32" ? x : converted(valueType(to), x);
  if (from === "f32" || isHalf(from)) return called(h.use(`round_${to}`), x);
  return called(h.use(`round_${to}`), called(h.use("odd_f32"), from === "f64" ? x : converted("double", x)));
}

const ROUNDINGS: ReadonlySet<string> = new Set(["floor", "ceil", "trunc", "round"]);

function callPiece(e: CallExpr, s: ExprScope): Piece {
  const { helpers: h } = s;
  const [x, y, z] = e.args.map((a) => pieceOf(a, s));
  const t = e.args[0].t;
  const format = t === "f64" ? "f64" : "f32";
  const rounded = (p: Piece): Piece => (isHalf(t) ? called(h.use(`round_${t}`), p) : p);
  switch (e.fn) {
    case "ahead":
      return x;
    case "bitcast":
      return bitcastPiece(e, x, h);
    case "mulhi31":
      return called(h.use("mulhi31"), x, y);
    case "fma":
      return binaryPiece("add", t, binaryPiece("mul", t, x, y, h), z, h);
    case "neg":
      if (isFloatScalar(t)) return prefixed("-", x);
      return isNarrow(t) ? cutPiece(t as DType, prefixed("-", x), h) : binaryPiece("sub", t, primary("0"), x, h);
    case "not":
      if (t === "bool") return prefixed("!", x);
      return isNarrow(t) ? cutPiece(t as DType, prefixed("~", x), h) : prefixed("~", x);
    case "abs":
      if (isFloatScalar(t)) return called(h.use(`abs_${format}`), x);
      return t !== "index" && dtypeInfo(t).signed ? called(h.use(`abs_${t}`), x) : x;
    case "isnan":
      return isFloatScalar(t) ? called(h.use(`is_nan_${format}`), x) : primary("0");
    case "isinf":
      return isFloatScalar(t) ? called(h.use(`is_inf_${format}`), x) : primary("0");
    default: {
      if (ROUNDINGS.has(e.fn)) return isFloatScalar(t) ? called(h.use(`${e.fn}_${format}`), x) : x;
      if (e.fn === "sqrt") {
        if (isFloatScalar(t)) return rounded(called(h.use(`sqrt_${format}`), x));
        return called(h.use(`${e.t}_of_f64`), called(h.use("sqrt_f64"), converted("double", x)));
      }
      if (e.fn === "pow" && !isFloatScalar(t)) {
        const power = called(h.use(t === "u64" ? "pow_u64" : "pow_i64"), x, y);
        return isNarrow(t) ? cutPiece(t as DType, power, h) : converted(valueType(t), power);
      }
      if (isMathFn(e.fn)) return mathPiece(e.fn, e, [x, y].slice(0, e.args.length), h);
      return fail("QC-C-001", `the C backend has no '${e.fn}' of ${t}`, { help: "--target llvm has it" });
    }
  }
}

/** A function of the math library: halves through float, integers through double as in the reference. */
function mathPiece(fn: MathFn, { args, t }: CallExpr, given: readonly Piece[], h: Helpers): Piece {
  const from = args[0].t;
  if (isFloatScalar(from)) {
    const value = called(mathFunction(fn, from === "f64" ? "f64" : "f32", h), ...given);
    return isHalf(from) ? called(h.use(`round_${from}`), value) : value;
  }
  const value = called(mathFunction(fn, "f64", h), ...given.map((p) => converted("double", p)));
  return called(h.use(`${t}_of_f64`), value);
}

/** The name of a C function that computes `fn`, written out where it is not yet. */
export const mathFunction = (fn: MathFn, t: FloatType, h: Helpers): string =>
  h.define(`${fn}_${t}`, () => {
    const { params, lets, result } = mathDefinition(fn, t);
    const type = valueType(t);
    const scope: ExprScope = {
      helpers: h,
      variable: (name) => name,
      buffer: (name) => {
        throw new Error(`internal error: '${fn}' reads buffer '${name}'`);
      },
    };
    return [
      `static ${type} ${fn}_${t}(${params.map((p) => `${type} ${p.name}`).join(", ")}) {`,
      ...lets.map(({ name, value }) => `  const ${valueType(value.t)} ${name} = ${pieceOf(value, scope).text};`),
      `  return ${pieceOf(result, scope).text};`,
      "}",
    ].join("\n");
  });

const WORDS: Readonly<Record<string, "f32" | "f64">> = { u32: "f32", i32: "f32", u64: "f64", i64: "f64" };

function bitcastPiece(e: CallExpr, x: Piece, h: Helpers): Piece {
  const [from, to] = [e.args[0].t, e.t];
  if (from === to) return x;
  if (isHalf(from) || isHalf(to)) return halfBits(from, to, x, h);
  if (from === "f32" || from === "f64") {
    const bits = called(h.use(`bits_of_${from}`), x);
    return to === "i32" || to === "i64" ? converted(valueType(to), bits) : bits;
  }
  if (to === "f32" || to === "f64") {
    invariant(WORDS[from] === to, `bitcast of ${from} to ${to}`);
    return called(h.use(`${to}_of_bits`), from === "i32" || from === "i64" ? converted(`uint${to.slice(1)}_t`, x) : x);
  }
  return converted(valueType(to), x);
}

function halfBits(from: Scalar, to: Scalar, x: Piece, h: Helpers): Piece {
  const bits = isHalf(from) ? called(h.use(`f32_to_${from}`), x) : converted("uint16_t", x);
  if (isHalf(to)) return called(h.use(`${to}_to_f32`), bits);
  return to === "u16" ? bits : converted(valueType(to), bits);
}

/** Position of an element in a row-major buffer, as one sum. */
export function flatIndex(def: Buffer, index: readonly Expr[]): Expr {
  const strides = stridesOf(def.shape);
  const sum = index.reduce((at: Expr, i, d) => make.add(at, make.mul(i, make.index(strides[d]))), make.index(0));
  return exprOfAffine(affineOf(sum));
}

/** `buffer[index]` as it lies in memory. */
export const elementText = (buffer: string, index: readonly Expr[], s: ExprScope): string => {
  const { def, c } = s.buffer(buffer);
  return `${c}[${pieceOf(flatIndex(def, index), s).text}]`;
};

/** What stands in memory, as a value. */
export function loadedPiece(t: DType, element: string, h: Helpers): Piece {
  if (isHalf(t)) return called(h.use(`${t}_to_f32`), primary(element));
  return t === "bool" ? infix("!=", BINDS.compare, element, "0") : primary(element);
}

/** What is written to memory for a value of `t`. */
export function storedText(t: DType, { text }: Piece, h: Helpers): string {
  return isHalf(t) ? `${h.use(`f32_to_${t}`)}(${text})` : text;
}

export function pieceOf(e: Expr, s: ExprScope): Piece {
  invariant(e.lanes === 1, "vectors in a kernel for C: plain schedules make none");
  switch (e.k) {
    case "const": {
      if (e.t === "bool") return primary(Number(e.value) ? "1" : "0");
      const text = constantText(e.t, e.value);
      return { text, binds: text.startsWith("-") ? BINDS.unary : BINDS.primary };
    }
    case "var":
      return primary(s.variable(e.name));
    case "load": {
      const value = loadedPiece(e.t as DType, elementText(e.buffer, e.index, s), s.helpers);
      return e.pred ? chosen(pieceOf(e.pred, s), value, primary(e.t === "bool" ? "0" : constantText(e.t, 0))) : value;
    }
    case "bin":
      return binaryPiece(e.op, e.a.t, pieceOf(e.a, s), pieceOf(e.b, s), s.helpers, e.b);
    case "select":
      return chosen(pieceOf(e.cond, s), pieceOf(e.a, s), pieceOf(e.b, s));
    case "cast":
      return castPiece(e, pieceOf(e.x, s), s.helpers);
    case "call":
      invariant(e.args.length > 0, `a call of ${e.fn} without operands`);
      return callPiece(e, s);
    case "splat":
    case "ramp":
      throw new Error(`internal error: ${e.k} in a kernel for C`);
    default:
      return unreachable(e);
  }
}

const chosen = (cond: Piece, a: Piece, b: Piece): Piece => ({
  text: `${within(cond, BINDS.compare)} ? ${within(a, BINDS.or)} : ${within(b, BINDS.or)}`,
  binds: BINDS.cond,
});
