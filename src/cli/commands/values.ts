/** Numbers of a model's outputs, as people read them. */

import type { TensorInfo } from "../../runtime/descriptor.js";
import type { NdArray, TypedArray } from "../../support/npy.js";

/** `f32[1, 3, 32, 32]` */
export const typeText = ({ dtype, shape }: TensorInfo): string => `${dtype}[${shape.join(", ")}]`;

/** An output as .npy holds it: bf16 as u16, i4 and u4 a byte an element. */
export function toNdArray({ dtype, shape }: TensorInfo, data: TypedArray): NdArray {
  const stored = dtype === "bf16" ? "u16" : dtype === "i4" ? "i8" : dtype === "u4" ? "u8" : dtype;
  return { dtype: stored, shape: [...shape], data };
}

/** Four significant digits; no exponent between 1e-4 and 1e6. */
export function shortNumber(x: number): string {
  if (!Number.isFinite(x) || Number.isInteger(x)) return String(x);
  const size = Math.abs(x);
  return size >= 1e-4 && size < 1e6 ? x.toPrecision(4) : x.toExponential(3);
}

const UNITS = ["B", "KiB", "MiB", "GiB"];

/** `64.8 KiB` */
export function byteText(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const size = bytes / 1024 ** step;
  return `${step === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${UNITS[step]}`;
}
