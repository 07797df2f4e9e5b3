import { type BinOp, isComparison, type Scalar } from "../../../ir/loop/expr.js";
import type { ReduceOp } from "../../../ir/loop/stmt.js";
import { isAble } from "../../../ir/target/arch.js";
import { invariant } from "../../../support/assert.js";
import type { Body } from "./body.js";
import { castValue, narrowTo, widenHalf, wrapNibble } from "./convert.js";
import { floatMod } from "./fmod.js";
import { isFloatScalar, isHalf, isSigned, registerBits, splatText, suffixOf, typeOf, type Value, vectorOf } from "./types.js";

/** Fast-math flags of an instruction, with a trailing blank where there are any. */
export type FloatFlags = "" | "contract " | "reassoc " | "reassoc contract ";

/** A call of an overloaded intrinsic whose operands and result are of one type. */
export function intrinsic(body: Body, name: string, args: readonly Value[], flags: FloatFlags = ""): Value {
  const [{ t, lanes }] = args;
  const type = typeOf(t, lanes);
  const full = `@llvm.${name}.${suffixOf(typeOf(t), lanes)}`;
  body.module.declare(`declare ${type} ${full}(${args.map(() => type).join(", ")})`);
  return { t, lanes, v: body.pure(`call ${flags}${type} ${full}(${args.map((a) => `${type} ${a.v}`).join(", ")})`) };
}

export function selectValue(body: Body, cond: Value, a: Value, b: Value): Value {
  const type = typeOf(a.t, a.lanes);
  const v = body.pure(`select ${typeOf("bool", cond.lanes)} ${cond.v}, ${type} ${a.v}, ${type} ${b.v}`);
  return { t: a.t, lanes: a.lanes, v };
}

/** The magnitude of one float with the sign of another, by bits: LLVM 15 cannot select vector copysign of an extended float. */
export function copySign(body: Body, magnitude: Value, sign: Value): Value {
  const { t, lanes } = magnitude;
  const int: Scalar = t === "f32" ? "i32" : "i64";
  const [type, bitType] = [typeOf(t, lanes), typeOf(int, lanes)];
  const mask = 1n << BigInt(registerBits(t) - 1);
  const part = (x: Value, bits: bigint): string => {
    const word = body.pure(`bitcast ${type} ${x.v} to ${bitType}`);
    return body.pure(`and ${bitType} ${word}, ${splatText(typeOf(int), String(bits), lanes)}`);
  };
  const both = body.pure(`or ${bitType} ${part(magnitude, mask - 1n)}, ${part(sign, mask)}`);
  return { t, lanes, v: body.pure(`bitcast ${bitType} ${both} to ${type}`) };
}

const FLOAT_OPS: Partial<Record<BinOp, string>> = { add: "fadd", sub: "fsub", mul: "fmul", div: "fdiv" };
const FLOAT_COMPARE: Partial<Record<BinOp, string>> = { eq: "oeq", ne: "une", lt: "olt", le: "ole", gt: "ogt", ge: "oge" };
const INT_OPS: Partial<Record<BinOp, string>> = { add: "add", sub: "sub", mul: "mul", and: "and", or: "or", xor: "xor" };

function compareFloat(body: Body, op: string, a: Value, b: Value): Value {
  return { t: "bool", lanes: a.lanes, v: body.pure(`fcmp ${op} ${typeOf(a.t, a.lanes)} ${a.v}, ${b.v}`) };
}

function floatBinary(body: Body, op: BinOp, a: Value, b: Value, flags: FloatFlags): Value {
  const compare = FLOAT_COMPARE[op];
  if (compare) return compareFloat(body, compare, a, b);
  if (op === "min" || op === "max") {
    return selectValue(body, compareFloat(body, op === "min" ? "olt" : "ogt", a, b), a, b);
  }
  if (op === "mod") return floatMod(body, a, b);
  const name = FLOAT_OPS[op];
  invariant(name, `${op} of floats`);
  return { ...a, v: body.pure(`${name} ${flags}${typeOf(a.t, a.lanes)} ${a.v}, ${b.v}`) };
}

const intConst = (t: Scalar, value: number | bigint, lanes: number): Value => ({
  t,
  lanes,
  v: splatText(typeOf(t), String(value), lanes),
});
const compareInt = (body: Body, op: string, a: Value, b: Value): Value => ({
  t: "bool",
  lanes: a.lanes,
  v: body.pure(`icmp ${op} ${typeOf(a.t, a.lanes)} ${a.v}, ${b.v}`),
});

/** `<8 x i32> <i32 3, i32 3>` or `3`: the number, where all lanes are one. */
function literal(x: Value): bigint | null {
  if (x.v === "zeroinitializer") return 0n;
  const numbers = new Set(Array.from(x.v.matchAll(/(?:^|\s)(-?\d+)(?=[,>]|$)/g), (m) => m[1]));
  return x.v.includes("%") || numbers.size !== 1 ? null : BigInt([...numbers][0]);
}

/** Division that never traps: x / 0 = x mod 0 = 0, and the least value by -1 wraps. */
function intDivide(body: Body, op: "div" | "mod", a: Value, b: Value): Value {
  const signed = isSigned(a.t);
  const name = op === "div" ? (signed ? "sdiv" : "udiv") : signed ? "srem" : "urem";
  const type = typeOf(a.t, a.lanes);
  const divide = (divisor: Value): Value => wrapNibble(body, { ...a, v: body.pure(`${name} ${type} ${a.v}, ${divisor.v}`) });
  const known = literal(b);
  if (known !== null && known !== 0n && known !== -1n) return divide(b);
  const zero = intConst(a.t, 0, a.lanes);
  const byZero = compareInt(body, "eq", b, zero);
  let unsafe = byZero;
  let special = zero;
  if (signed) {
    const byMinusOne = compareInt(body, "eq", b, intConst(a.t, -1, a.lanes));
    unsafe = { ...byZero, v: body.pure(`or ${typeOf("bool", a.lanes)} ${byZero.v}, ${byMinusOne.v}`) };
    const negated = wrapNibble(body, { ...a, v: body.pure(`sub ${type} ${zero.v}, ${a.v}`) });
    if (op === "div") special = selectValue(body, byZero, zero, negated);
  }
  return selectValue(body, unsafe, special, divide(selectValue(body, unsafe, intConst(a.t, 1, a.lanes), b)));
}

/** Shifts in at least 32 bits, the amount modulo that width as in JavaScript; beyond 63 a 64-bit value is shifted out. */
function shift(body: Body, op: "shl" | "shr", a: Value, b: Value): Value {
  const bits = registerBits(a.t);
  const signed = isSigned(a.t);
  if (bits < 32) {
    const wide: Scalar = signed ? "i32" : "u32";
    return castValue(body, shift(body, op, castValue(body, a, wide), castValue(body, b, wide)), a.t);
  }
  const type = typeOf(a.t, a.lanes);
  const name = op === "shl" ? "shl" : signed ? "ashr" : "lshr";
  const known = literal(b);
  if (known !== null && known >= 0n && known < BigInt(bits)) return { ...a, v: body.pure(`${name} ${type} ${a.v}, ${b.v}`) };
  const amount = body.pure(`and ${type} ${b.v}, ${splatText(typeOf(a.t), String(bits - 1), a.lanes)}`);
  const shifted = { ...a, v: body.pure(`${name} ${type} ${a.v}, ${amount}`) };
  if (bits === 32) return shifted;
  const fits = compareInt(body, "ult", b, intConst(a.t, bits, a.lanes));
  const out =
    name === "ashr" ? { ...a, v: body.pure(`ashr ${type} ${a.v}, ${intConst(a.t, 63, a.lanes).v}`) } : intConst(a.t, 0, a.lanes);
  return selectValue(body, fits, shifted, out);
}

function intBinary(body: Body, op: BinOp, a: Value, b: Value): Value {
  const signed = isSigned(a.t) && a.t !== "bool";
  if (isComparison(op)) return compareInt(body, op === "eq" || op === "ne" ? op : `${signed ? "s" : "u"}${op}`, a, b);
  switch (op) {
    case "div":
    case "mod":
      return intDivide(body, op, a, b);
    case "shl":
    case "shr":
      return shift(body, op, a, b);
    case "min":
    case "max":
      if (a.t === "bool") return intBinary(body, op === "min" ? "and" : "or", a, b);
      return intrinsic(body, `${signed ? "s" : "u"}${op}`, [a, b]);
    default: {
      const name = INT_OPS[op];
      invariant(name, `${op} of ${a.t}`);
      const v = body.pure(`${name} ${typeOf(a.t, a.lanes)} ${a.v}, ${b.v}`);
      const changes = op === "add" || op === "sub" || op === "mul";
      return changes ? wrapNibble(body, { ...a, v }) : { ...a, v };
    }
  }
}

/** a op b with the meaning of BinOp; never for `index`, whose arithmetic is affine. */
export function binaryValue(body: Body, op: BinOp, a: Value, b: Value, flags: FloatFlags = ""): Value {
  if (!isFloatScalar(a.t)) return intBinary(body, op, a, b);
  const result = floatBinary(body, op, widenHalf(body, a), widenHalf(body, b), flags);
  return isComparison(op) || !isHalf(a.t) ? result : narrowTo(body, result, a.t);
}

/**
 * The lesser or greater of two floats, NaN where either is; which of two zeros is open. `a > b ? a : b` is one instruction of x86 that takes
 * b where they do not compare. Both orders are the same number or one of them is NaN, and a NaN stays one whatever bits are set beside its
 * own: 68 us for a 3x3 pool of 112x112x64, of which a compare and a select made 200 us and no regard for NaN 48 us.
 */
function extremeOfFloats(body: Body, op: "min" | "max", a: Value, b: Value): Value {
  if (isHalf(a.t)) return narrowTo(body, extremeOfFloats(body, op, widenHalf(body, a), widenHalf(body, b)), a.t);
  if (isAble(body.module.arch, body.module.features, "nanExtreme")) return intrinsic(body, `${op}imum`, [a, b]);
  const int: Scalar = a.t === "f32" ? "i32" : "i64";
  const [type, bits] = [typeOf(a.t, a.lanes), typeOf(int, a.lanes)];
  const word = (x: Value): string => body.pure(`bitcast ${type} ${x.v} to ${bits}`);
  const [one, other] = [floatBinary(body, op, a, b, ""), floatBinary(body, op, b, a, "")].map(word);
  return { ...a, v: body.pure(`bitcast ${bits} ${body.pure(`or ${bits} ${one}, ${other}`)} to ${type}`) };
}

/** All lanes joined into one, half with half; the lanes are a power of two. */
function halved(body: Body, x: Value, join: (a: Value, b: Value) => Value): Value {
  if (x.lanes === 1) return x;
  const lanes = x.lanes / 2;
  const type = typeOf(x.t, x.lanes);
  const half = (from: number): Value => {
    if (lanes === 1) return { t: x.t, lanes, v: body.pure(`extractelement ${type} ${x.v}, i64 ${from}`) };
    const mask = Array.from({ length: lanes }, (_, l) => `i32 ${from + l}`).join(", ");
    return { t: x.t, lanes, v: body.pure(`shufflevector ${type} ${x.v}, ${type} poison, <${lanes} x i32> <${mask}>`) };
  };
  return halved(body, join(half(0), half(lanes)), join);
}

/** op(old, value) of a reduction. Float sums may be reassociated only where the schedule has not fixed the order by vectors. */
export function reduceValue(body: Body, op: ReduceOp, old: Value, value: Value, isProduct: boolean): Value {
  if (!isFloatScalar(old.t)) return binaryValue(body, op, old, value);
  if (op === "min" || op === "max") return extremeOfFloats(body, op, old, value);
  const reassociate = old.lanes === 1;
  const flags = isProduct && op === "add" ? (reassociate ? "reassoc contract " : "contract ") : reassociate ? "reassoc " : "";
  return binaryValue(body, op, old, value, flags);
}

const HORIZONTAL: Readonly<Record<ReduceOp, readonly [float: string, signed: string, unsigned: string]>> = {
  add: ["fadd", "add", "add"],
  mul: ["fmul", "mul", "mul"],
  min: ["", "smin", "umin"],
  max: ["", "smax", "umax"],
  and: ["", "and", "and"],
  or: ["", "or", "or"],
};

/** All lanes of a vector, reduced to a scalar. */
export function horizontal(body: Body, op: ReduceOp, x: Value): Value {
  if (x.lanes === 1) return x;
  if (isHalf(x.t)) return narrowTo(body, horizontal(body, op, widenHalf(body, x)), x.t);
  const isFloat = isFloatScalar(x.t);
  if (isFloat && (op === "min" || op === "max")) return halved(body, x, (a, b) => extremeOfFloats(body, op, a, b));
  const [float, signed, unsigned] = HORIZONTAL[op];
  const name = isFloat ? float : isSigned(x.t) && x.t !== "bool" ? signed : unsigned;
  const [element, vector] = [typeOf(x.t), typeOf(x.t, x.lanes)];
  const full = `@llvm.vector.reduce.${name}.${suffixOf(element, x.lanes)}`;
  const hasStart = name === "fadd" || name === "fmul";
  body.module.declare(`declare ${element} ${full}(${hasStart ? `${element}, ` : ""}${vectorOf(element, x.lanes)})`);
  const start = hasStart ? `${element} ${name === "fadd" ? "-0.0" : "1.0"}, ` : "";
  const flags = isFloat ? "reassoc " : "";
  const v = body.pure(`call ${flags}${element} ${full}(${start}${vector} ${x.v})`);
  return wrapNibble(body, { t: x.t, lanes: 1, v });
}
