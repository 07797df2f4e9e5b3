import type { Scalar } from "../../ir/loop/expr.js";
import { type DType, dtypeInfo } from "../../ir/type/dtype.js";

/**
 * How values live in C: halves as floats that a half can hold, i4 and u4 in a byte with the value in range, bool as int, index as ptrdiff_t.
 * In memory halves are their 16 bits and bool is a byte.
 */
const VALUE_TYPES: Readonly<Record<Scalar, string>> = {
  ...{ f32: "float", f64: "double", f16: "float", bf16: "float", i4: "int8_t", u4: "uint8_t", i8: "int8_t", u8: "uint8_t" },
  ...{ i16: "int16_t", u16: "uint16_t", i32: "int32_t", u32: "uint32_t", i64: "int64_t", u64: "uint64_t" },
  ...{ bool: "int", index: "ptrdiff_t" },
};

/** C type of a value of `t`. */
export const valueType = (t: Scalar): string => VALUE_TYPES[t];
/** C type of an element in memory. */
export const elementType = (t: DType): string =>
  t === "f16" || t === "bf16" ? "uint16_t" : t === "bool" ? "uint8_t" : VALUE_TYPES[t];

export const isHalf = (t: Scalar): t is "f16" | "bf16" => t === "f16" || t === "bf16";
export const isFloatScalar = (t: Scalar): boolean => t !== "index" && dtypeInfo(t).kind === "float";
/** Integers that C computes on as int, so that nothing overflows before the result is cut to their width; u16 * u16 aside. */
export const isNarrow = (t: Scalar): boolean => t !== "index" && dtypeInfo(t).kind === "int" && dtypeInfo(t).bits <= 16;

/** A value as a C constant. */
export function constantText(t: Scalar, value: number | bigint): string {
  if (isFloatScalar(t)) return floatText(t === "f64" ? "f64" : "f32", Number(value));
  const n = BigInt(value);
  if (t === "i64" || t === "u64") {
    if (n === -(2n ** 63n)) return "INT64_MIN";
    return t === "u64" ? `UINT64_C(${n})` : n >= -(2n ** 31n) && n < 2n ** 31n ? String(n) : `INT64_C(${n})`;
  }
  if (t === "u32") return `${n}u`;
  return n === -(2n ** 31n) ? "INT32_MIN" : String(n);
}

/** Fewest digits that give the value back. */
export function floatText(t: "f32" | "f64", value: number): string {
  const suffix = t === "f32" ? "f" : "";
  if (Number.isNaN(value)) return `(0.0${suffix} / 0.0${suffix})`;
  if (!Number.isFinite(value)) return `(${value < 0 ? "-" : ""}1.0${suffix} / 0.0${suffix})`;
  return withPoint(t === "f64" ? String(value) : shortest(Math.fround(value)), Object.is(value, -0)) + suffix;
}

function shortest(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

const withPoint = (text: string, isMinusZero: boolean): string => (isMinusZero ? "-0.0" : /[.e]/.test(text) ? text : `${text}.0`);
