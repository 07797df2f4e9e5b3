import type { BinOp, CallExpr, CastExpr, Expr, Scalar } from "../../ir/loop/expr.js";
import type { Buffer } from "../../ir/loop/stmt.js";
import type { FloatType } from "../../ir/math/builder.js";
import type { MathFn } from "../../ir/math/functions.js";
import { type DType, dtypeInfo } from "../../ir/type/dtype.js";
import { stridesOf } from "../../ir/type/tensor-type.js";
import { invariant, unreachable } from "../../support/assert.js";

/** How often `fma` on floats rounds. */
export type Rounded = "once" | "twice";

/**
 * JavaScript text of expressions. Values: floats and `index` as numbers (f32 and halves always rounded), integers up to 32 bits as
 * numbers within their range, 64-bit ones as bigint, bool as boolean. A vector expression is text that depends on a lane number.
 */
export interface ExprScope {
  /** The text of a variable at a lane. */
  variable(name: string, lane: string): string;
  buffer(name: string): { readonly def: Buffer; readonly js: string };
  /** The name of a function of the math library in the text around. */
  mathFunction(fn: MathFn, t: FloatType): string;
  readonly fma: Rounded;
  /** Check every index against its dimension when the code runs. */
  readonly checked: boolean;
}

const isBig = (t: Scalar): boolean => t === "i64" || t === "u64";
const isHalf = (t: Scalar): boolean => t === "f16" || t === "bf16";
const isFloatScalar = (t: Scalar): boolean => t !== "index" && dtypeInfo(t).kind === "float";

/** Brings the exact result of an operation back to a value of `t`. */
export function wrap(t: Scalar, x: string): string {
  switch (t) {
    case "f32":
      return `fr(${x})`;
    case "f64":
    case "index":
      return `(${x})`;
    case "f16":
      return `f16ToF32(f64ToF16(${x}))`;
    case "bf16":
      return `bf16ToF32(f64ToBf16(${x}))`;
    case "i4":
      return `((${x}) << 28 >> 28)`;
    case "u4":
      return `((${x}) & 15)`;
    case "i8":
      return `((${x}) << 24 >> 24)`;
    case "u8":
      return `((${x}) & 255)`;
    case "i16":
      return `((${x}) << 16 >> 16)`;
    case "u16":
      return `((${x}) & 65535)`;
    case "i32":
      return `((${x}) | 0)`;
    case "u32":
      return `((${x}) >>> 0)`;
    case "i64":
      return `asI64(${x})`;
    case "u64":
      return `asU64(${x})`;
    case "bool":
      return `!!(${x})`;
    default:
      return unreachable(t);
  }
}

const numberText = (v: number): string =>
  Number.isNaN(v) ? "NaN" : Object.is(v, -0) ? "(-0)" : v < 0 ? `(${String(v)})` : String(v);

function constText(t: Scalar, v: number | bigint): string {
  if (t === "bool") return Number(v) ? "true" : "false";
  if (isBig(t)) return `${BigInt(v) < 0n ? `(${BigInt(v)}n)` : `${BigInt(v)}n`}`;
  if (t === "f32") return numberText(Math.fround(Number(v)));
  return numberText(Number(v));
}

export const zeroText = (t: Scalar): string => (t === "bool" ? "false" : isBig(t) ? "0n" : "0");

export function binText(op: BinOp, t: Scalar, a: string, b: string): string {
  switch (op) {
    case "add":
      return wrap(t, `${a} + ${b}`);
    case "sub":
      return t === "index" ? `(${a} - ${b})` : wrap(t, `${a} - ${b}`);
    case "mul":
      if (t === "i32" || t === "u32") return wrap(t, `imul(${a}, ${b})`);
      return t === "index" ? `${a} * ${b}` : wrap(t, `${a} * ${b}`);
    case "div":
      if (t === "index") return `floor(${a} / ${b})`;
      return isBig(t) ? wrap(t, `bigDiv(${a}, ${b})`) : wrap(t, `${a} / ${b}`);
    case "mod":
      if (t === "index") return `(${a} % ${b})`;
      return isBig(t) ? `bigMod(${a}, ${b})` : wrap(t, `${a} % ${b}`);
    case "min":
      return `min(${a}, ${b})`;
    case "max":
      return `max(${a}, ${b})`;
    case "and":
      return t === "bool" ? `(${a} && ${b})` : wrap(t, `${a} & ${b}`);
    case "or":
      return t === "bool" ? `(${a} || ${b})` : wrap(t, `${a} | ${b}`);
    case "xor":
      return t === "bool" ? `(${a} !== ${b})` : wrap(t, `${a} ^ ${b}`);
    case "shl":
      return wrap(t, `${a} << ${b}`);
    case "shr":
      return t === "u32" ? `(${a} >>> ${b})` : `(${a} >> ${b})`;
    case "eq":
      return `(${a} === ${b})`;
    case "ne":
      return `(${a} !== ${b})`;
    case "lt":
      return `(${a} < ${b})`;
    case "le":
      return `(${a} <= ${b})`;
    case "gt":
      return `(${a} > ${b})`;
    case "ge":
      return `(${a} >= ${b})`;
    default:
      return unreachable(op);
  }
}

const VIEW_METHODS: Readonly<Partial<Record<DType, readonly [method: string, bytes: number]>>> = {
  f32: ["Float32", 4],
  f64: ["Float64", 8],
  i8: ["Int8", 1],
  u8: ["Uint8", 1],
  i16: ["Int16", 2],
  u16: ["Uint16", 2],
  i32: ["Int32", 4],
  u32: ["Uint32", 4],
  i64: ["BigInt64", 8],
  u64: ["BigUint64", 8],
};

/** Reinterprets bits: `n` narrow lanes in one wide one or the other way round, little-endian. */
function bitcastText(e: CallExpr, lane: string, s: ExprScope): string {
  const [x] = e.args;
  const [setter, from] = VIEW_METHODS[x.t as DType] ?? [];
  const [getter, to] = VIEW_METHODS[e.t as DType] ?? [];
  invariant(from && to, `bitcast of ${x.t} to ${e.t}`);
  const parts = Math.max(1, to / from);
  const sets = Array.from({ length: parts }, (_, k) => {
    const source = parts > 1 ? `(${lane}) * ${parts} + ${k}` : from > to ? `floor((${lane}) / ${from / to})` : lane;
    return `bits.set${setter}(${k * from}, ${exprText(x, source, s)}, true)`;
  });
  const offset = from > to ? `((${lane}) % ${from / to}) * ${to}` : "0";
  return `(${sets.join(", ")}, bits.get${getter}(${offset}, true))`;
}

function callText(e: CallExpr, lane: string, s: ExprScope): string {
  if (e.fn === "bitcast") return bitcastText(e, lane, s);
  if (e.fn === "madd") {
    const [a, b] = e.args;
    const pair = (k: number) => `imul(${exprText(a, `(${lane}) * 2 + ${k}`, s)}, ${exprText(b, `(${lane}) * 2 + ${k}`, s)})`;
    return `(${pair(0)} + ${pair(1)} | 0)`;
  }
  if (e.fn === "dot4") {
    const product = (k: number) => e.args.map((a) => exprText(a, `(${lane}) * 4 + ${k}`, s)).join(" * ");
    return `(${[0, 1, 2, 3].map(product).join(" + ")} | 0)`;
  }
  const [x, y, z] = e.args.map((a) => exprText(a, lane, s));
  const t = e.args[0].t;
  switch (e.fn) {
    case "neg":
      return wrap(t, `-(${x})`);
    case "abs":
      return isBig(t) ? wrap(t, `bigAbs(${x})`) : wrap(t, `Math.abs(${x})`);
    case "not":
      return t === "bool" ? `!(${x})` : wrap(t, `~(${x})`);
    case "sqrt":
      return viaFloat(t, [x], (v) => `Math.sqrt(${v})`);
    case "floor":
    case "ceil":
    case "trunc":
      return isFloatScalar(t) ? `Math.${e.fn}(${x})` : x;
    case "round":
      return isFloatScalar(t) ? `rne(${x})` : x;
    case "isnan":
      return isFloatScalar(t) ? `Number.isNaN(${x})` : "false";
    case "isinf":
      return isFloatScalar(t) ? `(Math.abs(${x}) === Infinity)` : "false";
    case "pow":
      return isFloatScalar(t) ? mathText("pow", t, [x, y], s) : fromBig(t, `bigPow(${toBigText(t, x)}, ${toBigText(t, y)})`);
    case "fma":
      return fmaText(t, x, y, z, s.fma);
    case "ahead":
      return x;
    case "mulhi31":
      return `mulhi31(${x}, ${y})`;
    default:
      return mathText(e.fn, t, [x, y].slice(0, e.args.length), s);
  }
}

const toBigText = (t: Scalar, x: string): string => (isBig(t) ? x : `big(${x})`);
const fromBig = (t: Scalar, x: string): string => convertText("i64", t, false, x);

/** A function of the math library. Halves go through f32, as in native code; integers through f64 and back. */
function mathText(fn: MathFn, t: Scalar, args: readonly string[], s: ExprScope): string {
  const type = t === "f32" || isHalf(t) ? "f32" : "f64";
  return viaFloat(t, args, (...values) => `${s.mathFunction(fn, type)}(${values.join(", ")})`);
}

function viaFloat(t: Scalar, args: readonly string[], f: (...args: readonly string[]) => string): string {
  if (isFloatScalar(t)) return wrap(t, f(...args));
  return convertText("f64", t, false, f(...args.map((x) => convertText(t, "f64", false, x))));
}

/** a * b + c; in floats rounded once, or twice where the target has no instruction for it. */
function fmaText(t: Scalar, a: string, b: string, c: string, rounded: Rounded): string {
  if (!isFloatScalar(t)) return binText("add", t, binText("mul", t, a, b), c);
  const type = t === "f64" ? "f64" : "f32";
  const fused = type === "f64" ? "fusedF64" : "fusedF32";
  const value = rounded === "once" ? `${fused}(${a}, ${b}, ${c})` : binText("add", type, binText("mul", type, a, b), c);
  return isHalf(t) ? wrap(t, value) : value;
}

const castText = (e: CastExpr, x: string): string => convertText(e.x.t, e.t, e.inRange, x);

function convertText(from: Scalar, to: Scalar, inRange: boolean, x: string): string {
  if (from === to) return x;
  if (from === "bool") return to === "bool" ? x : isBig(to) ? `(${x} ? 1n : 0n)` : `(${x} ? 1 : 0)`;
  if (to === "bool") return `(${x} !== ${zeroText(from)})`;
  if (isFloatScalar(to)) {
    if (isBig(from)) return to === "f32" ? `bigToF32(${x})` : wrap(to, `num(${x})`);
    return to === "f64" || (to === "f32" && isHalf(from)) ? x : wrap(to, x);
  }
  if (isFloatScalar(from)) {
    if (to === "index") return `Math.trunc(${x})`;
    if (to === "i64") return `toBig(${x}, -9223372036854775808n, 9223372036854775807n)`;
    if (to === "u64") return `toBig(${x}, 0n, 18446744073709551615n)`;
    if (inRange) return to === "u32" ? `((${x}) >>> 0)` : `((${x}) | 0)`;
    const { min, max } = dtypeInfo(to);
    return `toInt(${x}, ${min}, ${max})`;
  }
  if (isBig(from)) {
    if (isBig(to)) return wrap(to, x);
    return to === "index" ? `num(${x})` : `${wrap(to, `num(BigInt.asIntN(32, ${x}))`)}`;
  }
  return isBig(to) ? wrap(to, `big(${x})`) : wrap(to, x);
}

/** Flat position of an element in a row-major buffer. */
export function flatText(def: Buffer, index: readonly Expr[], lane: string, s: ExprScope): string {
  const at = index.map((i) => exprText(i, lane, s));
  if (s.checked) return `at(${JSON.stringify(def.name)}, [${def.shape.join(", ")}], [${at.join(", ")}])`;
  const strides = stridesOf(def.shape);
  const terms = at.flatMap((x, d) =>
    def.shape[d] === 1 || x === "0" ? [] : strides[d] === 1 ? [x] : [`(${x}) * ${strides[d]}`],
  );
  return terms.length ? terms.join(" + ") : "0";
}

/** The text of an element of `e`: lane `lane` of it where it is a vector. */
export function exprText(e: Expr, lane: string, s: ExprScope): string {
  switch (e.k) {
    case "const":
      return constText(e.t, e.value);
    case "var":
      return s.variable(e.name, lane);
    case "load": {
      const { def, js } = s.buffer(e.buffer);
      const raw = `${js}[${flatText(def, e.index, lane, s)}]`;
      const value =
        e.t === "f16" ? `f16ToF32(${raw})` : e.t === "bf16" ? `bf16ToF32(${raw})` : e.t === "bool" ? `(${raw} !== 0)` : raw;
      return e.pred ? `(${exprText(e.pred, lane, s)} ? ${value} : ${zeroText(e.t)})` : value;
    }
    case "bin": {
      const [a, b] = [exprText(e.a, lane, s), exprText(e.b, lane, s)];
      const text = binText(e.op, e.a.t, a, b);
      return e.t === "index" ? `(${text})` : text;
    }
    case "select":
      return `(${exprText(e.cond, lane, s)} ? ${exprText(e.a, lane, s)} : ${exprText(e.b, lane, s)})`;
    case "cast":
      return castText(e, exprText(e.x, lane, s));
    case "ramp":
      return `(${exprText(e.base, "0", s)} + (${lane}) * ${e.stride})`;
    case "splat":
      return exprText(e.x, "0", s);
    case "call":
      return callText(e, lane, s);
    default:
      return unreachable(e);
  }
}

/** What is written to memory for a value of `t`. */
export function storedText(t: DType, x: string): string {
  if (t === "f16") return `f32ToF16(${x})`;
  if (t === "bf16") return `f32ToBf16(${x})`;
  return t === "bool" ? `(${x} ? 1 : 0)` : x;
}
