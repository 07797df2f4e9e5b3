import type { Expr, Scalar, UnaryFn, VarExpr } from "../loop/expr.js";
import * as make from "../loop/make.js";

export type FloatType = "f32" | "f64";

/** `name` stands for `value`, an operation on constants, parameters and the names before it. */
export interface Assignment {
  readonly name: string;
  readonly value: Expr;
}

/**
 * Arithmetic on values of one float type and one width, and on the integers of the same size that hold their bits. Every operation is
 * written down once, in the order in which it is asked for, and what it returns is its name.
 */
export interface MathBuilder {
  readonly t: FloatType;
  num(v: number): Expr;
  add(a: Expr, b: Expr): Expr;
  sub(a: Expr, b: Expr): Expr;
  mul(a: Expr, b: Expr): Expr;
  div(a: Expr, b: Expr): Expr;
  /** a * b + c, rounded once or twice as the target is faster. */
  fma(a: Expr, b: Expr, c: Expr): Expr;
  /** What rounding takes from a * b. */
  mulError(a: Expr, b: Expr): Expr;
  neg(a: Expr): Expr;
  abs(a: Expr): Expr;
  sqrt(a: Expr): Expr;
  copysign(magnitude: Expr, sign: Expr): Expr;
  /** Whole number nearest to x, ties to even. */
  round(x: Expr): Expr;
  /** Ordered comparisons: false where an operand is NaN. */
  less(a: Expr, b: Expr): Expr;
  greater(a: Expr, b: Expr): Expr;
  equal(a: Expr, b: Expr): Expr;
  isNan(a: Expr): Expr;
  both(a: Expr, b: Expr): Expr;
  either(a: Expr, b: Expr): Expr;
  not(a: Expr): Expr;
  select(cond: Expr, a: Expr, b: Expr): Expr;
  /** c[0] + c[1] x + c[2] x^2 + ..., by Horner's rule. */
  poly(c: readonly number[], x: Expr): Expr;
  /** Bits as an unsigned integer, and back. */
  bits(a: Expr): Expr;
  fromBits(a: Expr): Expr;
  whole(v: number | bigint): Expr;
  int(op: "add" | "sub" | "and" | "or" | "shl" | "shr", a: Expr, b: Expr): Expr;
  /** Whether an integer has any bit of `mask`. */
  hasBits(a: Expr, mask: number): Expr;
  /** The same function on the operands as f64, rounded back. */
  viaDouble(f: (o: MathBuilder, ...args: readonly Expr[]) => Expr, ...args: readonly Expr[]): Expr;
}

/** A list of assignments that grows at its end; an operation that stands in it already is not written again. */
export interface Recorder {
  readonly lets: readonly Assignment[];
  /** The name of an operation on names and constants. */
  nameOf(e: Expr): Expr;
}

/** A name, or a constant with the bits of -0 and the size of a bigint told apart. */
function atomText(e: Expr): string {
  if (e.k === "splat") return atomText(e.x);
  if (e.k === "const") return `${Object.is(e.value, -0) ? "-0" : e.value}:${e.t}`;
  return (e as VarExpr).name;
}

function keyOf(e: Expr): string {
  switch (e.k) {
    case "bin":
      return `${e.op} ${atomText(e.a)} ${atomText(e.b)}`;
    case "select":
      return `select ${[e.cond, e.a, e.b].map(atomText).join(" ")}`;
    case "cast":
      return `cast ${e.t} ${atomText(e.x)}`;
    case "call":
      return `${e.fn} ${e.t} ${e.args.map(atomText).join(" ")}`;
    default:
      throw new Error(`internal error: '${e.k}' in a function of the math library`);
  }
}

export function createRecorder(): Recorder {
  const lets: Assignment[] = [];
  const known = new Map<string, Expr>();
  return {
    lets,
    nameOf(e) {
      const key = keyOf(e);
      const found = known.get(key);
      if (found) return found;
      const v = make.variable(`v${lets.length}`, e.t, e.lanes);
      lets.push({ name: v.k === "var" ? v.name : key, value: e });
      known.set(key, v);
      return v;
    },
  };
}

/** A builder that writes to `r`, on values of `lanes` lanes. */
export function createMathBuilder(r: Recorder, t: FloatType, lanes: number): MathBuilder {
  const int: Scalar = t === "f32" ? "u32" : "u64";
  const binary =
    (op: Parameters<typeof make.bin>[0]) =>
    (a: Expr, b: Expr): Expr =>
      r.nameOf(make.bin(op, a, b));
  const unary =
    (fn: UnaryFn) =>
    (a: Expr): Expr =>
      r.nameOf(make.call(fn, [a]));
  const num = (v: number): Expr => make.splat(make.constant(t, t === "f32" ? Math.fround(v) : v), lanes);
  const whole = (v: number | bigint): Expr => make.splat(make.constant(int, v), lanes);
  const fma = (a: Expr, b: Expr, c: Expr): Expr => r.nameOf(make.fma(a, b, c));
  const bits = (a: Expr): Expr => r.nameOf(make.bitcast(int, a));
  const fromBits = (a: Expr): Expr => r.nameOf(make.bitcast(t, a));
  const sign = t === "f32" ? 1n << 31n : 1n << 63n;
  return {
    t,
    num,
    whole,
    fma,
    bits,
    fromBits,
    add: binary("add"),
    sub: binary("sub"),
    mul: binary("mul"),
    div: binary("div"),
    mulError: (a, b) => r.nameOf(make.call("mulerr", [a, b])),
    neg: unary("neg"),
    abs: unary("abs"),
    sqrt: unary("sqrt"),
    round: unary("round"),
    isNan: unary("isnan"),
    not: unary("not"),
    copysign(magnitude, of) {
      const value = binary("and")(bits(magnitude), whole(sign - 1n));
      return fromBits(binary("or")(value, binary("and")(bits(of), whole(sign))));
    },
    less: binary("lt"),
    greater: binary("gt"),
    equal: binary("eq"),
    both: binary("and"),
    either: binary("or"),
    select: (cond, a, b) => r.nameOf(make.select(cond, a, b)),
    poly: (c, x) => c.slice(0, -1).reduceRight((sum, k) => fma(sum, x, num(k)), num(c[c.length - 1])),
    int: (op, a, b) => binary(op)(a, b),
    hasBits: (a, mask) => binary("ne")(binary("and")(a, whole(mask)), whole(0)),
    viaDouble(f, ...args) {
      const wide = args.map((a) => r.nameOf(make.cast("f64", a)));
      return r.nameOf(make.cast("f32", f(createMathBuilder(r, "f64", lanes), ...wide)));
    },
  };
}
