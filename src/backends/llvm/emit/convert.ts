import type { Scalar } from "../../../ir/loop/expr.js";
import type { Body } from "./body.js";
import { bf16ToFloat, doubleToOddFloat, f16ToFloat, floatToBf16, floatToF16 } from "./half.js";
import { floatText, isFloatScalar, isHalf, isSigned, registerBits, splatText, typeOf, type Value } from "./types.js";

/** Brings a byte whose low four bits count back into the range of i4 or u4; other types are as they are. */
export function wrapNibble(body: Body, x: Value): Value {
  if (x.t !== "i4" && x.t !== "u4") return x;
  const type = typeOf(x.t, x.lanes);
  if (x.t === "u4") return { ...x, v: body.pure(`and ${type} ${x.v}, ${splatText("i8", "15", x.lanes)}`) };
  const high = body.pure(`shl ${type} ${x.v}, ${splatText("i8", "4", x.lanes)}`);
  return { ...x, v: body.pure(`ashr ${type} ${high}, ${splatText("i8", "4", x.lanes)}`) };
}

/** f16 and bf16 --> f32, the type their arithmetic is done in; f32 and f64 are as they are. */
export function widenHalf(body: Body, x: Value): Value {
  if (x.t === "f16") return { t: "f32", lanes: x.lanes, v: f16ToFloat(body, x.v, x.lanes) };
  return x.t === "bf16" ? { t: "f32", lanes: x.lanes, v: bf16ToFloat(body, x.v, x.lanes) } : x;
}

function convert(body: Body, how: string, x: Value, t: Scalar): Value {
  return { t, lanes: x.lanes, v: body.pure(`${how} ${typeOf(x.t, x.lanes)} ${x.v} to ${typeOf(t, x.lanes)}`) };
}

function toBool(body: Body, x: Value): Value {
  const wide = widenHalf(body, x);
  const type = typeOf(wide.t, x.lanes);
  const isFloat = isFloatScalar(wide.t);
  const zero = splatText(typeOf(wide.t), isFloat ? floatText(0) : "0", x.lanes);
  return { t: "bool", lanes: x.lanes, v: body.pure(`${isFloat ? "fcmp une" : "icmp ne"} ${type} ${wide.v}, ${zero}`) };
}

/** float --> integer of a value in range; through 32 bits, whose conversion every target has for vectors. */
function truncateFloat(body: Body, x: Value, t: Scalar): Value {
  const how = isSigned(t) || registerBits(t) < 32 ? "fptosi" : "fptoui";
  if (registerBits(t) >= 32) return convert(body, how, x, t);
  return convert(body, "trunc", convert(body, how, x, "i32"), t);
}

/**
 * float --> integer, toward zero; beyond the range its ends, NaN 0. Spelled out: LLVM's llvm.fptosi.sat is taken apart lane by lane on
 * x86, which made quantizing f32 to u8 more than four times slower.
 */
function saturateFloat(body: Body, x: Value, t: Scalar): Value {
  const bits = t === "i4" || t === "u4" ? 4 : registerBits(t);
  const signed = isSigned(t);
  const [low, beyond] = [signed ? -(2 ** (bits - 1)) : 0, 2 ** (signed ? bits - 1 : bits)];
  const type = typeOf(x.t, x.lanes);
  const num = (v: number): string => splatText(typeOf(x.t), floatText(v), x.lanes);
  const compare = (cond: string, v: string, limit: string): string => body.pure(`fcmp ${cond} ${type} ${v}, ${limit}`);
  const select = (cond: string, a: string, b: string): string =>
    body.pure(`select ${typeOf("bool", x.lanes)} ${cond}, ${type} ${a}, ${type} ${b}`);
  const raised = select(compare("olt", x.v, num(low)), num(low), x.v);
  const fitsExactly = x.t === "f32" ? bits <= 24 : bits <= 53;
  if (fitsExactly) {
    const most = num(beyond - 1);
    const lowered = select(compare("ogt", raised, most), most, raised);
    return truncateFloat(body, { ...x, v: select(compare("uno", x.v, num(0)), num(0), lowered) }, t);
  }
  // the greatest integer is no float: below `beyond` convert, from there on it is the result
  const inside = select(compare("olt", raised, num(beyond)), raised, num(0));
  const value = truncateFloat(body, { ...x, v: inside }, t);
  const most = splatText(typeOf(t), String((1n << BigInt(signed ? bits - 1 : bits)) - 1n), x.lanes);
  const over = compare("oge", x.v, num(beyond));
  const to = typeOf(t, x.lanes);
  return { ...value, v: body.pure(`select ${typeOf("bool", x.lanes)} ${over}, ${to} ${most}, ${to} ${value.v}`) };
}

function intToFloat(body: Body, x: Value, t: Scalar): Value {
  const how = isSigned(x.t) && x.t !== "bool" ? "sitofp" : "uitofp";
  if (!isHalf(t)) return convert(body, how, x, t);
  // through double: exact up to 53 bits, and then rounded once
  return castValue(body, convert(body, how, x, "f64"), t);
}

/** Conversion with the meaning of CastExpr. */
export function castValue(body: Body, x: Value, t: Scalar, inRange = false): Value {
  if (x.t === t) return x;
  if (t === "bool") return toBool(body, x);
  if (isFloatScalar(x.t)) {
    const wide = widenHalf(body, x);
    if (wide.t === t) return wide;
    if (!isFloatScalar(t)) return inRange || t === "index" ? truncateFloat(body, wide, t) : saturateFloat(body, wide, t);
    if (t === "f64") return convert(body, "fpext", wide, t);
    if (t === "f32") return convert(body, "fptrunc", wide, t);
    const single = wide.t === "f64" ? doubleToOddFloat(body, wide.v, x.lanes) : wide.v;
    return { t, lanes: x.lanes, v: t === "f16" ? floatToF16(body, single, x.lanes) : floatToBf16(body, single, x.lanes) };
  }
  if (isFloatScalar(t)) return intToFloat(body, x, t);
  const [from, to] = [registerBits(x.t), registerBits(t)];
  const how = to < from ? "trunc" : isSigned(x.t) && x.t !== "bool" ? "sext" : "zext";
  const resized = from === to ? { t, lanes: x.lanes, v: x.v } : convert(body, how, x, t);
  return wrapNibble(body, resized);
}

/** f32 --> the type a value had before `widenHalf`. */
export const narrowTo = (body: Body, x: Value, t: Scalar): Value => (x.t === t ? x : castValue(body, x, t));
