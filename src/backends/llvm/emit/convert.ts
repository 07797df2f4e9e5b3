import type { Scalar } from "../../../ir/loop/expr.js";
import { dtypeInfo } from "../../../ir/type/dtype.js";
import type { Body } from "./body.js";
import { bf16ToFloat, doubleToOddFloat, f16ToFloat, floatToBf16, floatToF16 } from "./half.js";
import {
  floatText,
  isFloatScalar,
  isHalf,
  isSigned,
  registerBits,
  splatText,
  suffixOf,
  typeOf,
  type Value,
  vectorOf,
} from "./types.js";

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

/** float --> integer, toward zero; saturating unless the value is proved to be in range. */
function floatToInt(body: Body, x: Value, t: Scalar, inRange: boolean): Value {
  const signed = isSigned(t);
  if (inRange || t === "index") return convert(body, signed ? "fptosi" : "fptoui", x, t);
  const [from, to] = [typeOf(x.t), typeOf(t)];
  const name = `@llvm.${signed ? "fptosi" : "fptoui"}.sat.${suffixOf(to, x.lanes)}.${suffixOf(from, x.lanes)}`;
  const [fromVector, toVector] = [vectorOf(from, x.lanes), vectorOf(to, x.lanes)];
  body.module.declare(`declare ${toVector} ${name}(${fromVector})`);
  const value = { t, lanes: x.lanes, v: body.pure(`call ${toVector} ${name}(${fromVector} ${x.v})`) };
  if (t !== "i4" && t !== "u4") return value;
  const { min, max } = dtypeInfo(t);
  return clampInt(body, clampInt(body, value, signed ? "smin" : "umin", max), signed ? "smax" : "umax", min);
}

function clampInt(body: Body, x: Value, fn: string, limit: number): Value {
  const type = typeOf(x.t, x.lanes);
  const name = `@llvm.${fn}.${suffixOf(typeOf(x.t), x.lanes)}`;
  body.module.declare(`declare ${type} ${name}(${type}, ${type})`);
  return {
    ...x,
    v: body.pure(`call ${type} ${name}(${type} ${x.v}, ${type} ${splatText(typeOf(x.t), String(limit), x.lanes)})`),
  };
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
    if (!isFloatScalar(t)) return floatToInt(body, wide, t, inRange);
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
