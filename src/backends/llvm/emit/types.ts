import type { Scalar } from "../../../ir/loop/expr.js";
import { type DType, dtypeInfo } from "../../../ir/type/dtype.js";

/**
 * How scalars live in registers: halves as their 16 bits (arithmetic on them goes through float), i4 and u4 in a byte with the value
 * in range, bool as i1, index as i64. In memory bool is a byte.
 */
export interface Value {
  readonly t: Scalar;
  readonly lanes: number;
  /** Operand text: a register or a constant. */
  readonly v: string;
}

export const PTR = "ptr";

const REGISTER: Readonly<Record<Scalar, string>> = {
  f32: "float",
  f64: "double",
  f16: "i16",
  bf16: "i16",
  i4: "i8",
  u4: "i8",
  i8: "i8",
  u8: "i8",
  i16: "i16",
  u16: "i16",
  i32: "i32",
  u32: "i32",
  i64: "i64",
  u64: "i64",
  bool: "i1",
  index: "i64",
};

/** `<n x T>`, or T for one lane. */
export const vectorOf = (element: string, lanes: number): string => (lanes === 1 ? element : `<${lanes} x ${element}>`);
/** LLVM type of a value of `t`. */
export const typeOf = (t: Scalar, lanes = 1): string => vectorOf(REGISTER[t], lanes);
export const memoryType = (t: DType, lanes = 1): string => vectorOf(t === "bool" ? "i8" : REGISTER[t], lanes);
/** Suffix of an overloaded intrinsic: `v8f32`, `i64`. */
export function suffixOf(element: string, lanes: number): string {
  const name = { float: "f32", double: "f64" }[element] ?? element;
  return lanes === 1 ? name : `v${lanes}${name}`;
}

export const isHalf = (t: Scalar): boolean => t === "f16" || t === "bf16";
export const isFloatScalar = (t: Scalar): boolean => t !== "index" && dtypeInfo(t).kind === "float";
export const isSigned = (t: Scalar): boolean => t === "index" || dtypeInfo(t).signed;
/** Width in a register. */
export function registerBits(t: Scalar): number {
  if (t === "index") return 64;
  return t === "bool" ? 1 : dtypeInfo(t).bytes * 8;
}

const bits = new DataView(new ArrayBuffer(8));

/** A float or double constant, exact: the bits of the value as a double. */
export function floatText(value: number): string {
  bits.setFloat64(0, value);
  return `0x${bits.getBigUint64(0).toString(16).toUpperCase().padStart(16, "0")}`;
}

/** `<T c, T c, ...>`, or c itself for one lane. */
export function vectorText(element: string, values: readonly string[]): string {
  if (values.length === 1) return values[0];
  if (values.every((v) => v === "0" || v === "false" || v === floatText(0))) return "zeroinitializer";
  return `<${values.map((v) => `${element} ${v}`).join(", ")}>`;
}

export const splatText = (element: string, value: string, lanes: number): string =>
  vectorText(element, new Array<string>(lanes).fill(value));

/** Text of a name between quotes: LLVM escapes other than printable ASCII as \XX. */
export const escapeText = (s: string): string =>
  Array.from(Buffer.from(s, "utf8"), (b) =>
    b >= 0x20 && b < 0x7f && b !== 0x22 && b !== 0x5c
      ? String.fromCharCode(b)
      : `\\${b.toString(16).toUpperCase().padStart(2, "0")}`,
  ).join("");
