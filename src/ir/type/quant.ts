/**
 * Quantization parameters of a tensor: real = scale * (q - zero).
 *   tensor: one scale and zero point
 *   axis:   one per index along `axis` (per-channel)
 *   block:  one per run of `block` elements along `axis`; scales are flattened over [.., ceil(dim / block), ..]
 */
export type Quant =
  | { readonly kind: "tensor"; readonly scale: number; readonly zero: number }
  | { readonly kind: "axis"; readonly axis: number; readonly scales: readonly number[]; readonly zeros: readonly number[] }
  | {
      readonly kind: "block";
      readonly axis: number;
      readonly block: number;
      readonly scales: readonly number[];
      readonly zeros: readonly number[];
    };

export const perTensor = (scale: number, zero = 0): Quant => ({ kind: "tensor", scale: Math.fround(scale), zero });

export const perAxis = (axis: number, scales: readonly number[], zeros: readonly number[] = scales.map(() => 0)): Quant => ({
  kind: "axis",
  axis,
  scales: scales.map(Math.fround),
  zeros,
});

/** Scales are float32 values; a canonical text of the parameters, used for interning and printing. */
export function quantText(q: Quant): string {
  const list = (v: readonly number[]) => (v.every((x) => x === v[0]) && v.length > 1 ? `${v[0]} * ${v.length}` : v.join(" "));
  switch (q.kind) {
    case "tensor":
      return `q(${q.scale}, ${q.zero})`;
    case "axis":
      return `q(axis ${q.axis}: ${list(q.scales)}, ${list(q.zeros)})`;
    case "block":
      return `q(axis ${q.axis} block ${q.block}: ${list(q.scales)}, ${list(q.zeros)})`;
  }
}

/** Scale and zero point that apply at index `i` along the quantized axis (ignored for per-tensor). */
export function quantAt(q: Quant, i: number): { scale: number; zero: number } {
  return q.kind === "tensor" ? q : { scale: q.scales[i], zero: q.zeros[i] };
}
