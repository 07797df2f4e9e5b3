import type { BinExpr, BinOp, CastExpr, Expr } from "../../../ir/loop/expr.js";
import { isComparison } from "../../../ir/loop/expr.js";
import { unreachable } from "../../../support/assert.js";
import { f64ToBf16, f64ToF16 } from "../../../support/half.js";
import { affineRange, affineText } from "./affine.js";
import { binaryValue, type FloatFlags, intrinsic, selectValue } from "./arith.js";
import { emitCall } from "./call.js";
import { castValue } from "./convert.js";
import { compareIndex, emitIndex, type LaneIndex, laneIndex, laneVector, splatVector } from "./index.js";
import { emitLoad } from "./memory.js";
import { roundToInt } from "./rounding.js";
import type { Scope } from "./scope.js";
import { floatText, splatText, typeOf, type Value } from "./types.js";

/** A constant as operand text. */
function constText(t: Expr["t"], value: number | bigint): string {
  switch (t) {
    case "f32":
      return floatText(Math.fround(Number(value)));
    case "f64":
      return floatText(Number(value));
    case "f16":
      return String(f64ToF16(Number(value)));
    case "bf16":
      return String(f64ToBf16(Number(value)));
    case "bool":
      return Number(value) === 0 ? "false" : "true";
    default:
      return String(BigInt(value));
  }
}

const fitsInt32 = (at: LaneIndex, lanes: number, s: Scope): boolean => {
  const [lo, hi] = affineRange(s.body, at.base);
  const last = at.stride * (lanes - 1);
  return Math.min(lo, lo + last) > -(2 ** 31) && Math.max(hi, hi + last) < 2 ** 31;
};

/** Lane-wise comparison of indices, in 32-bit lanes where their ranges fit. */
function compareLanes(e: BinExpr, s: Scope): Value | null {
  const [a, b] = [laneIndex(e.a, s), laneIndex(e.b, s)];
  if (!a || !b) return null;
  if (a.stride === b.stride) {
    const { v } = compareIndex(e.op, a.base, b.base, s);
    return { t: "bool", lanes: e.lanes, v: splatVector(v, "i1", e.lanes, s) };
  }
  const narrow = fitsInt32(a, e.lanes, s) && fitsInt32(b, e.lanes, s);
  const [x, y] = [laneVector(a, e.lanes, s, narrow), laneVector(b, e.lanes, s, narrow)];
  const op = e.op === "eq" || e.op === "ne" ? e.op : `s${e.op}`;
  return { t: "bool", lanes: e.lanes, v: s.body.pure(`icmp ${op} <${e.lanes} x ${narrow ? "i32" : "i64"}> ${x}, ${y}`) };
}

const INDEX_OPS: Partial<Record<BinOp, string>> = { add: "add nsw", sub: "sub nsw", mul: "mul nsw", div: "udiv", mod: "urem" };

/** Index arithmetic on irregular lanes. */
function indexVector(e: BinExpr, s: Scope): Value {
  const [a, b] = [emitExpr(e.a, s), emitExpr(e.b, s)];
  const type = typeOf("index", e.lanes);
  if (isComparison(e.op)) {
    const op = e.op === "eq" || e.op === "ne" ? e.op : `s${e.op}`;
    return { t: "bool", lanes: e.lanes, v: s.body.pure(`icmp ${op} ${type} ${a.v}, ${b.v}`) };
  }
  if (e.op === "min" || e.op === "max") return intrinsic(s.body, `s${e.op}`, [a, b]);
  const op = INDEX_OPS[e.op];
  if (op === undefined) throw new Error(`internal error: ${e.op} of indices`);
  return { t: "index", lanes: e.lanes, v: s.body.pure(`${op} ${type} ${a.v}, ${b.v}`) };
}

function emitBinary(e: BinExpr, s: Scope, flags: FloatFlags): Value {
  if (e.a.t !== "index") return binaryValue(s.body, e.op, emitExpr(e.a, s), emitExpr(e.b, s), flags);
  if (e.lanes > 1) return (isComparison(e.op) ? compareLanes(e, s) : regularLanes(e, s)) ?? indexVector(e, s);
  if (isComparison(e.op)) return compareIndex(e.op, emitIndex(e.a, s), emitIndex(e.b, s), s);
  return { t: "index", lanes: 1, v: affineText(s.body, emitIndex(e, s)) };
}

function regularLanes(e: Expr, s: Scope): Value | null {
  const at = laneIndex(e, s);
  return at && { t: "index", lanes: e.lanes, v: laneVector(at, e.lanes, s) };
}

function emitCast(e: CastExpr, s: Scope): Value {
  if (e.t === "index" && e.lanes === 1) return { t: "index", lanes: 1, v: affineText(s.body, emitIndex(e, s)) };
  if (e.inRange && e.t === "i32" && e.x.k === "call" && e.x.fn === "round") {
    const rounded = roundToInt(s.body, emitExpr(e.x.args[0], s));
    if (rounded) return rounded;
  }
  return castValue(s.body, emitExpr(e.x, s), e.t, e.inRange);
}

/** A value with the lanes of `e`. `flags` apply to the outermost operation only. */
export function emitExpr(e: Expr, s: Scope, flags: FloatFlags = ""): Value {
  switch (e.k) {
    case "const":
      return { t: e.t, lanes: e.lanes, v: splatText(typeOf(e.t), constText(e.t, e.value), e.lanes) };
    case "var": {
      const bound = s.variable(e.name);
      return bound.k === "value" ? bound.value : { t: "index", lanes: 1, v: affineText(s.body, bound.at) };
    }
    case "load":
      return s.held.get(e) ?? emitLoad(e, s);
    case "bin":
      return emitBinary(e, s, flags);
    case "select":
      return selectExpr(emitExpr(e.cond, s), () => emitExpr(e.a, s), () => emitExpr(e.b, s), s); // biome-ignore format: one call
    case "cast":
      return emitCast(e, s);
    case "ramp":
    case "splat": {
      if (e.t === "index") return regularLanes(e, s) ?? { t: "index", lanes: e.lanes, v: "poison" };
      if (e.k === "ramp") return rampValue(emitExpr(e.base, s), e.stride, e.lanes, s);
      const x = emitExpr(e.x, s);
      return { t: e.t, lanes: e.lanes, v: splatVector(x.v, typeOf(e.t), e.lanes, s) };
    }
    case "call":
      return emitCall(e, s);
    default:
      return unreachable(e);
  }
}

function selectExpr(cond: Value, a: () => Value, b: () => Value, s: Scope): Value {
  if (cond.v === "true") return a();
  if (cond.v === "false") return b();
  return selectValue(s.body, cond, a(), b());
}

/** base + lane * stride of a type other than index. */
function rampValue(base: Value, stride: number, lanes: number, s: Scope): Value {
  const repeated: Value = { t: base.t, lanes, v: splatVector(base.v, typeOf(base.t), lanes, s) };
  const texts = Array.from({ length: lanes }, (_, l) => `${typeOf(base.t)} ${constText(base.t, l * stride)}`);
  return binaryValue(s.body, "add", repeated, { t: base.t, lanes, v: `<${texts.join(", ")}>` });
}
