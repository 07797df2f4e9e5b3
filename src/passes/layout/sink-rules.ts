/**
 * How a transpose of an op's operands moves behind the op: op(transpose(x, p), attrs) = transpose(op(x, attrs'), p').
 * Each rule gives attrs' and p' from attrs and p. Keyed by op; element-wise ops need no rule.
 */
import type { Attrs } from "../../ir/attr/attr.js";
import { inverse, type Perm, permute } from "./permutation.js";

export interface Sunk {
  readonly attrs: Attrs;
  /** The transpose behind the op. */
  readonly perm: Perm;
}
type SinkRule = (attrs: Attrs, p: Perm) => Sunk | null;

const numbers = (v: unknown): readonly number[] => v as readonly number[];

/** One `axis`; axis j of the transposed operand is axis p[j] of its source. */
const alongAxis: SinkRule = (attrs, p) => ({ attrs: { ...attrs, axis: p[(Number(attrs.axis) + p.length) % p.length] }, perm: p });

/** `axes` with `keepdims`; without it the remaining axes keep their relative order under p. */
const overAxes: SinkRule = (attrs, p) => {
  const reduced = numbers(attrs.axes).map((a) => (a + p.length) % p.length);
  const axes = reduced.map((a) => p[a]).sort((a, b) => a - b);
  if (attrs.keepdims) return { attrs: { ...attrs, axes }, perm: p };
  const left = p.filter((_, j) => !reduced.includes(j));
  const rank = [...left].sort((a, b) => a - b);
  return { attrs: { ...attrs, axes }, perm: left.map((axis) => rank.indexOf(axis)) };
};

/** Lists with one entry per dimension. */
const perDim =
  (...keys: readonly string[]): SinkRule =>
  (attrs, p) => ({
    attrs: {
      ...attrs,
      ...Object.fromEntries(keys.map((k) => [k, numbers(attrs[k]).length ? permute(numbers(attrs[k]), inverse(p)) : []])),
    },
    perm: p,
  });

/** `pads`: begins of every dimension, then ends. */
const padded: SinkRule = (attrs, p) => {
  const pads = numbers(attrs.pads);
  const [begin, end] = [pads.slice(0, p.length), pads.slice(p.length)];
  return { attrs: { ...attrs, pads: [...permute(begin, inverse(p)), ...permute(end, inverse(p))] }, perm: p };
};

/** Result shape and scales of every dimension; the begins and ends of a crop, where there is one. */
const resized: SinkRule = (attrs, p) => {
  const q = inverse(p);
  const roi = numbers(attrs.roi);
  const crop = roi.length ? [...permute(roi.slice(0, p.length), q), ...permute(roi.slice(p.length), q)] : [];
  const scales = numbers(attrs.scales).length ? permute(numbers(attrs.scales), q) : [];
  return { attrs: { ...attrs, shape: permute(numbers(attrs.shape), q), scales, roi: crop }, perm: p };
};

/** Quantization along `axis`, -1 for the whole tensor. */
const onGridAxis: SinkRule = (attrs, p) => ({
  attrs: Number(attrs.axis) < 0 ? attrs : { ...attrs, axis: p[Number(attrs.axis)] },
  perm: p,
});

const REDUCTIONS = ["sum", "mean", "max", "min", "prod", "l1", "l2", "log_sum", "log_sum_exp", "sum_square"];

export const sinkRules: Readonly<Record<string, SinkRule>> = {
  concat: alongAxis,
  split: alongAxis,
  softmax: alongAxis,
  log_softmax: alongAxis,
  hardmax: alongAxis,
  quantized_softmax: alongAxis,
  slice: perDim("starts", "ends", "steps"),
  pad: padded,
  resize: resized,
  quantize: onGridAxis,
  with_quant: onGridAxis,
  ...Object.fromEntries(REDUCTIONS.map((r) => [`reduce_${r}`, overAxes])),
};
