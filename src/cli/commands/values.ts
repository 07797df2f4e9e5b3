/** Numbers of a model's outputs, as people read them. */

import type { InputSpec } from "../../data/tensor.js";
import type { TensorInfo } from "../../runtime/descriptor.js";
import { decodeBf16, decodeF16 } from "../../support/half.js";
import type { NdArray, TypedArray } from "../../support/npy.js";

/** Real values: half floats decoded, quantized codes dequantized by the one scale of the tensor (real = scale * (q - zero)). */
export function realValues({ dtype, quant }: TensorInfo, data: TypedArray): readonly number[] {
  if (dtype === "f16") return Array.from(decodeF16(data as Uint16Array));
  if (dtype === "bf16") return Array.from(decodeBf16(data as Uint16Array));
  const codes = Array.from(data as ArrayLike<number | bigint>, Number);
  return quant?.kind === "tensor" ? codes.map((q) => quant.scale * (q - quant.zero)) : codes;
}

/** A vector of scores: one axis longer than 1, wherever it stands ([1, 1000], [1, 1000, 1, 1]). */
export function isScores({ shape }: { readonly shape: readonly number[] }): boolean {
  return shape.filter((d) => d !== 1).length === 1;
}

export interface Ranked {
  readonly index: number;
  readonly score: number;
}

/** The k largest, the largest first; of equal ones the first. */
export function topK(scores: readonly number[], k: number): readonly Ranked[] {
  return scores
    .map((score, index) => ({ index, score }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, k);
}

/** `f32[1, 3, 32, 32]` */
export const typeText = ({ dtype, shape }: TensorInfo): string => `${dtype}[${shape.join(", ")}]`;

/** An output as .npy holds it: bf16 as u16, i4 and u4 a byte an element. */
export function toNdArray({ dtype, shape }: TensorInfo, data: TypedArray): NdArray {
  const stored = dtype === "bf16" ? "u16" : dtype === "i4" ? "i8" : dtype === "u4" ? "u8" : dtype;
  return { dtype: stored, shape: [...shape], data };
}

/** What the data readers need to know of a model's inputs. */
export function inputSpecs(inputs: readonly TensorInfo[]): InputSpec[] {
  return inputs.map(({ name, dtype, shape, quant }) => ({
    name,
    dtype,
    shape,
    layout: null,
    quant: quant?.kind === "tensor" ? { scale: quant.scale, zero: quant.zero } : null,
  }));
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
