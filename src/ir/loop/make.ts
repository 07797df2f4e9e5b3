/** Constructors of expressions and statements: they check types, fold trivial constants and broadcast lanes. */
import { invariant } from "../../support/assert.js";
import { type DType, dtypeInfo, isFloat } from "../type/dtype.js";
import { type BinOp, type Expr, isComparison, type MultiFn, type Scalar, type UnaryFn } from "./expr.js";
import type { ReduceOp, Stmt } from "./stmt.js";

export const constant = (t: Scalar, value: number | bigint): Expr => ({
  k: "const",
  t,
  lanes: 1,
  value: t === "i64" || t === "u64" ? BigInt(value) : Number(value),
});
export const index = (value: number): Expr => constant("index", value);
export const variable = (name: string, t: Scalar = "index", lanes = 1): Expr => ({ k: "var", t, lanes, name });

export const isConstValue = (e: Expr, v: number): boolean =>
  (e.k === "const" && Number(e.value) === v) || (e.k === "splat" && isConstValue(e.x, v));

export const splat = (x: Expr, lanes: number): Expr => {
  if (lanes === x.lanes) return x;
  invariant(x.lanes === 1, `splat of ${x.lanes} lanes to ${lanes}`);
  return { k: "splat", t: x.t, lanes, x };
};
export const ramp = (base: Expr, stride: number, lanes: number): Expr => ({ k: "ramp", t: base.t, lanes, base, stride });

const widest = (...es: readonly Expr[]): number => Math.max(...es.map((e) => e.lanes));

/** a op b; adds and multiplies by neutral index constants vanish. */
export function bin(op: BinOp, a: Expr, b: Expr): Expr {
  invariant(a.t === b.t, `${op} of ${a.t} and ${b.t}`);
  const lanes = widest(a, b);
  if (a.t === "index") {
    const folded = foldIndex(op, a, b);
    if (folded) return folded;
  }
  return { k: "bin", t: isComparison(op) ? "bool" : a.t, lanes, op, a: splat(a, lanes), b: splat(b, lanes) };
}

function foldIndex(op: BinOp, a: Expr, b: Expr): Expr | null {
  if (a.k === "const" && b.k === "const") {
    const [x, y] = [Number(a.value), Number(b.value)];
    if (op === "add") return index(x + y);
    if (op === "sub") return index(x - y);
    if (op === "mul") return index(x * y);
    if (op === "div" && y > 0) return index(Math.floor(x / y));
    if (op === "mod" && y > 0) return index(x % y);
  }
  if (a.lanes !== b.lanes) return null;
  if ((op === "add" || op === "sub") && isConstValue(b, 0)) return a;
  if (op === "add" && isConstValue(a, 0)) return b;
  if ((op === "mul" || op === "div") && isConstValue(b, 1)) return a;
  if (op === "mul" && isConstValue(a, 1)) return b;
  if (op === "mul" && (isConstValue(a, 0) || isConstValue(b, 0))) return splat(index(0), a.lanes);
  return null;
}

export const add = (a: Expr, b: Expr): Expr => bin("add", a, b);
export const sub = (a: Expr, b: Expr): Expr => bin("sub", a, b);
export const mul = (a: Expr, b: Expr): Expr => bin("mul", a, b);
export const div = (a: Expr, b: Expr): Expr => bin("div", a, b);
export const mod = (a: Expr, b: Expr): Expr => bin("mod", a, b);
export const min = (a: Expr, b: Expr): Expr => bin("min", a, b);
export const max = (a: Expr, b: Expr): Expr => bin("max", a, b);
export const and = (a: Expr, b: Expr): Expr => bin("and", a, b);
export const or = (a: Expr, b: Expr): Expr => bin("or", a, b);

/** cond ? a : b. Both sides are evaluated. */
export function select(cond: Expr, a: Expr, b: Expr): Expr {
  invariant(cond.t === "bool" && a.t === b.t, `select of ${cond.t}, ${a.t}, ${b.t}`);
  const lanes = widest(cond, a, b);
  return { k: "select", t: a.t, lanes, cond: splat(cond, lanes), a: splat(a, lanes), b: splat(b, lanes) };
}

export function cast(t: Scalar, x: Expr, inRange = false): Expr {
  if (x.t === t) return x;
  return { k: "cast", t, lanes: x.lanes, x, inRange };
}

export function call(fn: UnaryFn | MultiFn, args: readonly Expr[], t: Scalar = args[0].t): Expr {
  const lanes = widest(...args);
  return { k: "call", t: fn === "isnan" || fn === "isinf" ? "bool" : t, lanes, fn, args: args.map((a) => splat(a, lanes)) };
}
/** Pair products of i16 vectors, i32 of half the lanes. */
export function madd(a: Expr, b: Expr): Expr {
  invariant(
    a.t === "i16" && b.t === "i16" && a.lanes === b.lanes && a.lanes % 2 === 0,
    `madd of ${a.t} x ${a.lanes} and ${b.t} x ${b.lanes}`,
  );
  return { k: "call", t: "i32", lanes: a.lanes / 2, fn: "madd", args: [a, b] };
}
/** Sums of four byte products, i32 of a quarter of the lanes. */
export function dot4(a: Expr, b: Expr): Expr {
  invariant(
    (a.t === "u8" || a.t === "i8") && b.t === "i8" && a.lanes === b.lanes && a.lanes % 4 === 0,
    `dot4 of ${a.t} x ${a.lanes} and ${b.t} x ${b.lanes}`,
  );
  return { k: "call", t: "i32", lanes: a.lanes / 4, fn: "dot4", args: [a, b] };
}
/** The same bits as `t`, in as many lanes as they fill. */
export function bitcast(t: DType, x: Expr): Expr {
  invariant(
    x.t !== "index" && (x.lanes * dtypeInfo(x.t).bytes) % dtypeInfo(t).bytes === 0,
    `bitcast of ${x.t} x ${x.lanes} to ${t}`,
  );
  return { k: "call", t, lanes: (x.lanes * dtypeInfo(x.t).bytes) / dtypeInfo(t).bytes, fn: "bitcast", args: [x] };
}
/** x, where x is a load: with a hint that the memory `bytes` behind it is wanted soon. */
export const ahead = (x: Expr, bytes: number): Expr => ({
  k: "call",
  t: x.t,
  lanes: x.lanes,
  fn: "ahead",
  args: [x, index(bytes)],
});
export const fma = (a: Expr, b: Expr, c: Expr): Expr => call("fma", [a, b, c]);

/** buffer[index], zero (and no access) where `pred` is false. */
export function load(buffer: string, t: DType, at: readonly Expr[], pred: Expr | null = null): Expr {
  const lanes = Math.max(1, ...at.map((e) => e.lanes), pred?.lanes ?? 1);
  return { k: "load", t, lanes, buffer, index: at, pred };
}

export const store = (buffer: string, at: readonly Expr[], value: Expr, pred: Expr | null = null): Stmt => ({
  k: "store",
  buffer,
  index: at,
  value,
  pred,
});
export const reduce = (op: ReduceOp, buffer: string, at: readonly Expr[], value: Expr): Stmt => ({
  k: "reduce",
  op,
  buffer,
  index: at,
  value,
});
export const seq = (...body: readonly Stmt[]): Stmt => (body.length === 1 ? body[0] : { k: "seq", body });
export const ifThen = (cond: Expr, then: Stmt, otherwise: Stmt | null = null): Stmt => ({
  k: "if",
  cond,
  then,
  else: otherwise,
});
export const letIn = (name: string, value: Expr, body: Stmt): Stmt => ({ k: "let", name, value, body });
export const loop = (name: string, extent: number, body: Stmt): Stmt => ({ k: "for", name, extent, kind: "serial", body });

/** The identity of a reduction over `t`. */
export function reduceIdentity(op: ReduceOp, t: DType): number {
  switch (op) {
    case "add":
    case "or":
      return 0;
    case "mul":
    case "and":
      return op === "and" && t !== "bool" ? -1 : 1;
    case "min":
      return isFloat(t) ? Number.POSITIVE_INFINITY : INT_LIMITS[t][1];
    case "max":
      return isFloat(t) ? Number.NEGATIVE_INFINITY : INT_LIMITS[t][0];
  }
}

/** Least and greatest value; the 64-bit ones are the outermost doubles that convert back exactly. */
const INT_LIMITS: Readonly<Record<string, readonly [number, number]>> = {
  i4: [-8, 7],
  u4: [0, 15],
  i8: [-128, 127],
  u8: [0, 255],
  i16: [-32768, 32767],
  u16: [0, 65535],
  i32: [-2147483648, 2147483647],
  u32: [0, 4294967295],
  i64: [-(2 ** 63), 2 ** 63 - 1024],
  u64: [0, 2 ** 64 - 2048],
  bool: [0, 1],
};
