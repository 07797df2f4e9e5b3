import type { CallExpr, Expr, MultiFn, Scalar, UnaryFn } from "../../../ir/loop/expr.js";
import { isMathFn } from "../../../ir/math/functions.js";
import { invariant } from "../../../support/assert.js";
import { binaryValue, intrinsic, selectValue } from "./arith.js";
import type { Body } from "./body.js";
import { castValue, narrowTo, widenHalf, wrapNibble } from "./convert.js";
import { dotProduct } from "./dot.js";
import { intPower } from "./int-power.js";
import { multiplyPairs } from "./madd.js";
import { mathCall } from "./math.js";
import { requestAhead } from "./memory.js";
import { roundFloat } from "./rounding.js";
import type { Scope } from "./scope.js";
import { floatText, isFloatScalar, splatText, typeOf, type Value, vectorOf } from "./types.js";

/** Functions of one float operand that are not in the math library. */
function simpleFloat(body: Body, fn: UnaryFn, x: Value): Value | null {
  const type = typeOf(x.t, x.lanes);
  const bool = (v: string): Value => ({ t: "bool", lanes: x.lanes, v });
  switch (fn) {
    case "neg":
      return { ...x, v: body.pure(`fneg ${type} ${x.v}`) };
    case "abs":
      return intrinsic(body, "fabs", [x]);
    case "sqrt":
      return intrinsic(body, "sqrt", [x]);
    case "floor":
    case "ceil":
    case "trunc":
    case "round":
      return roundFloat(body, fn, x);
    case "isnan":
      return bool(body.pure(`fcmp uno ${type} ${x.v}, ${x.v}`));
    case "isinf": {
      const infinity = splatText(typeOf(x.t), floatText(Number.POSITIVE_INFINITY), x.lanes);
      return bool(body.pure(`fcmp oeq ${type} ${intrinsic(body, "fabs", [x]).v}, ${infinity}`));
    }
    default:
      return null;
  }
}

function unaryInt(fn: UnaryFn, x: Value, s: Scope): Value {
  const { body } = s;
  const type = typeOf(x.t, x.lanes);
  const literal = (v: string): string => splatText(typeOf(x.t), v, x.lanes);
  switch (fn) {
    case "neg":
      return wrapNibble(body, { ...x, v: body.pure(`sub ${type} ${literal("0")}, ${x.v}`) });
    case "not":
      return wrapNibble(body, { ...x, v: body.pure(`xor ${type} ${x.v}, ${literal(x.t === "bool" ? "true" : "-1")}`) });
    case "abs": {
      if (x.t === "bool" || x.t.startsWith("u")) return x;
      const negative = { t: "bool", lanes: x.lanes, v: body.pure(`icmp slt ${type} ${x.v}, ${literal("0")}`) } as const;
      return wrapNibble(body, selectValue(body, negative, unaryInt("neg", x, s), x));
    }
    case "floor":
    case "ceil":
    case "trunc":
    case "round":
      return x;
    case "isnan":
    case "isinf":
      return { t: "bool", lanes: x.lanes, v: splatText("i1", "false", x.lanes) };
    default:
      // a real function of an integer: through double, as the reference does
      return castValue(body, callMath(fn, [castValue(body, x, "f64")], s), x.t);
  }
}

/** A function of floats that is neither an instruction nor an intrinsic. */
function callMath(fn: UnaryFn | MultiFn, args: readonly Value[], s: Scope): Value {
  if (fn === "sqrt") return intrinsic(s.body, "sqrt", args);
  invariant(isMathFn(fn), `no '${fn}' in the math library`);
  return mathCall(fn, args, s);
}

/** (a * b * 2 + rounding) >> 32 with ties away from zero and one saturating case: SQRDMULH as gemmlowp defines it. */
function mulHigh31(body: Body, a: Value, b: Value): Value {
  const wide: Scalar = "i64";
  const type = vectorOf("i64", a.lanes);
  const c = (v: string): string => splatText("i64", v, a.lanes);
  const product = binaryValue(body, "mul", castValue(body, a, wide), castValue(body, b, wide));
  const negative = body.pure(`icmp slt ${type} ${product.v}, ${c("0")}`);
  const nudge = body.pure(
    `select ${typeOf("bool", a.lanes)} ${negative}, ${type} ${c(String(1 - 2 ** 30))}, ${type} ${c(String(2 ** 30))}`,
  );
  const sum = body.pure(`add ${type} ${product.v}, ${nudge}`);
  // sum / 2^31 toward zero: add 2^31 - 1 to negative sums, then shift
  const sumNegative = body.pure(`ashr ${type} ${sum}, ${c("63")}`);
  const bias = body.pure(`and ${type} ${sumNegative}, ${c(String(2 ** 31 - 1))}`);
  const shifted = body.pure(`ashr ${type} ${body.pure(`add ${type} ${sum}, ${bias}`)}, ${c("31")}`);
  const quotient: Value = { t: wide, lanes: a.lanes, v: shifted };
  const most: Value = { t: wide, lanes: a.lanes, v: c(String(2 ** 31 - 1)) };
  return castValue(body, intrinsic(body, "smin", [quotient, most]), "i32");
}

function fusedMultiplyAdd(body: Body, [a, b, c]: readonly Value[], t: Scalar): Value {
  if (!isFloatScalar(t)) return binaryValue(body, "add", binaryValue(body, "mul", a, b), c);
  const wide = [a, b, c].map((v) => widenHalf(body, v));
  return narrowTo(body, intrinsic(body, "fmuladd", wide, "contract "), t);
}

function bitcastValue(body: Body, x: Value, t: Scalar, lanes: number): Value {
  const [from, to] = [typeOf(x.t, x.lanes), typeOf(t, lanes)];
  return { t, lanes, v: from === to ? x.v : body.pure(`bitcast ${from} ${x.v} to ${to}`) };
}

/** The value; once for every address of the innermost scope, a request for the cache line `bytes` behind it. */
function emitAhead(x: Expr, bytes: Expr, s: Scope): Value {
  if (x.k === "load" && bytes.k === "const") requestAhead(x, Number(bytes.value), s);
  return s.value(x);
}

export function emitCall(e: CallExpr, s: Scope): Value {
  const { body } = s;
  if (e.fn === "ahead") return emitAhead(e.args[0], e.args[1], s);
  const args = e.args.map((a) => s.value(a));
  const [x, y] = args;
  switch (e.fn) {
    case "bitcast":
      return bitcastValue(body, x, e.t, e.lanes);
    case "madd":
      return multiplyPairs(body, x, y);
    case "dot4":
      return dotProduct(s, null, x, y);
    case "mulhi31":
      return mulHigh31(body, x, y);
    case "fma":
      return fusedMultiplyAdd(body, args, e.t);
    case "pow":
      if (!isFloatScalar(x.t)) return intPower(body, x, y);
      return narrowTo(body, callMath("pow", [widenHalf(body, x), widenHalf(body, y)], s), e.t);
    case "mulerr":
      invariant(x.t === "f32" || x.t === "f64", `mulerr of ${x.t}`);
      return callMath("mulerr", args, s);
    default: {
      if (!isFloatScalar(x.t)) return unaryInt(e.fn, x, s);
      const wide = widenHalf(body, x);
      const result = simpleFloat(body, e.fn, wide) ?? callMath(e.fn, [wide], s);
      return result.t === "bool" ? result : narrowTo(body, result, e.t);
    }
  }
}
