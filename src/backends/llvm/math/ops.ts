import { copySign, intrinsic, selectValue } from "../emit/arith.js";
import type { Body } from "../emit/body.js";
import { roundFloat } from "../emit/rounding.js";
import { floatText, splatText, typeOf, type Value } from "../emit/types.js";

export type FloatType = "f32" | "f64";

/** Arithmetic on values of one float type and one width, and on the integers of the same size that hold their bits. */
export interface Ops {
  readonly t: FloatType;
  readonly body: Body;
  num(v: number): Value;
  add(a: Value, b: Value): Value;
  sub(a: Value, b: Value): Value;
  mul(a: Value, b: Value): Value;
  div(a: Value, b: Value): Value;
  /** a * b + c, rounded once where that is as fast. */
  fma(a: Value, b: Value, c: Value): Value;
  neg(a: Value): Value;
  abs(a: Value): Value;
  sqrt(a: Value): Value;
  copysign(magnitude: Value, sign: Value): Value;
  /** Whole number nearest to x. */
  round(x: Value): Value;
  /** Ordered comparisons: false where an operand is NaN. */
  less(a: Value, b: Value): Value;
  greater(a: Value, b: Value): Value;
  equal(a: Value, b: Value): Value;
  isNan(a: Value): Value;
  both(a: Value, b: Value): Value;
  either(a: Value, b: Value): Value;
  not(a: Value): Value;
  select(cond: Value, a: Value, b: Value): Value;
  /** c[0] + c[1] x + c[2] x^2 + ..., by Horner's rule. */
  poly(c: readonly number[], x: Value): Value;
  /** Bits as an integer, and back. */
  bits(a: Value): Value;
  fromBits(a: Value): Value;
  whole(v: number | bigint): Value;
  int(op: "add" | "sub" | "and" | "or" | "shl" | "lshr" | "xor", a: Value, b: Value): Value;
  /** The same function on the operand as f64, rounded back. */
  viaDouble(f: (o: Ops, ...args: readonly Value[]) => Value, ...args: readonly Value[]): Value;
}

export function createOps(body: Body, t: FloatType, lanes: number): Ops {
  const int = t === "f32" ? "i32" : "i64";
  const [type, intType, bitType] = [typeOf(t, lanes), typeOf(int, lanes), typeOf("bool", lanes)];
  const value = (v: string): Value => ({ t, lanes, v });
  const bool = (v: string): Value => ({ t: "bool", lanes, v });
  const binary = (op: string) => (a: Value, b: Value) => value(body.pure(`${op} ${type} ${a.v}, ${b.v}`));
  const compare = (cond: string) => (a: Value, b: Value) => bool(body.pure(`fcmp ${cond} ${type} ${a.v}, ${b.v}`));
  const logic = (op: string) => (a: Value, b: Value) => bool(body.pure(`${op} ${bitType} ${a.v}, ${b.v}`));
  const num = (v: number): Value => value(splatText(typeOf(t), floatText(t === "f32" ? Math.fround(v) : v), lanes));
  const fma = (a: Value, b: Value, c: Value): Value => intrinsic(body, "fmuladd", [a, b, c], "contract ");
  const ops: Ops = {
    t,
    body,
    num,
    add: binary("fadd"),
    sub: binary("fsub"),
    mul: binary("fmul"),
    div: binary("fdiv"),
    fma,
    neg: (a) => value(body.pure(`fneg ${type} ${a.v}`)),
    abs: (a) => intrinsic(body, "fabs", [a]),
    sqrt: (a) => intrinsic(body, "sqrt", [a]),
    copysign: (a, b) => copySign(body, a, b),
    round: (a) => roundFloat(body, "round", a),
    less: compare("olt"),
    greater: compare("ogt"),
    equal: compare("oeq"),
    isNan: (a) => bool(body.pure(`fcmp uno ${type} ${a.v}, ${a.v}`)),
    both: logic("and"),
    either: logic("or"),
    not: (a) => bool(body.pure(`xor ${bitType} ${a.v}, ${splatText("i1", "true", lanes)}`)),
    select: (cond, a, b) => selectValue(body, cond, a, b),
    poly: (c, x) => c.slice(0, -1).reduceRight((sum, k) => fma(sum, x, num(k)), num(c[c.length - 1])),
    bits: (a) => ({ t: int, lanes, v: body.pure(`bitcast ${type} ${a.v} to ${intType}`) }),
    fromBits: (a) => value(body.pure(`bitcast ${intType} ${a.v} to ${type}`)),
    whole: (v) => ({ t: int, lanes, v: splatText(typeOf(int), String(v), lanes) }),
    int: (op, a, b) => ({ t: int, lanes, v: body.pure(`${op} ${intType} ${a.v}, ${b.v}`) }),
    viaDouble(f, ...args) {
      const double = createOps(body, "f64", lanes);
      const wide = args.map((a): Value => ({ t: "f64", lanes, v: body.pure(`fpext ${type} ${a.v} to ${typeOf("f64", lanes)}`) }));
      return value(body.pure(`fptrunc ${typeOf("f64", lanes)} ${f(double, ...wide).v} to ${type}`));
    },
  };
  return ops;
}
