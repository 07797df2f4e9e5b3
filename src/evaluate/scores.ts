/** A built model's tensors as numbers, and the best of its scores. */
import type { InputSpec } from "../data/tensor.js";
import type { TensorInfo } from "../runtime/descriptor.js";
import { decodeBf16, decodeF16 } from "../support/half.js";
import type { TypedArray } from "../support/npy.js";

/** Real values: half floats decoded, quantized codes dequantized by the one scale of the tensor (real = scale * (q - zero)). */
export function realValues({ dtype, quant }: TensorInfo, data: TypedArray): readonly number[] {
  if (dtype === "f16") return Array.from(decodeF16(data as Uint16Array));
  if (dtype === "bf16") return Array.from(decodeBf16(data as Uint16Array));
  const codes = Array.from(data as ArrayLike<number | bigint>, Number);
  return quant?.kind === "tensor" ? codes.map((q) => quant.scale * (q - quant.zero)) : codes;
}

/** A vector of scores: one axis longer than 1, wherever it stands ([1, 1000], [1, 1000, 1, 1]). */
export function isScores({ shape }: Pick<TensorInfo, "shape">): boolean {
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
