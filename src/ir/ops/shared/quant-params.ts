/** Quantization parameters as ops see them: from attributes to types, and by position in a tensor. */
import type { Attrs } from "../../attr/attr.js";
import type { Expr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import type { InferFail } from "../../op/define.js";
import { alongAxisOrNone, type CommutesWithTranspose } from "../../op/layout.js";
import type { Gen } from "../../op/sample.js";
import type { DType } from "../../type/dtype.js";
import { dtypeInfo } from "../../type/dtype.js";
import { perAxis, perTensor, type Quant } from "../../type/quant.js";
import { numElements } from "../../type/tensor-type.js";
import { splitAt } from "./values.js";

export interface QuantAttrs {
  /** -1: one scale for the tensor. */
  readonly axis: number;
  /** Elements along `axis` that share a scale; 0: one scale per index. */
  readonly block: number;
  readonly scales: readonly number[];
  /** Empty: all zero. */
  readonly zeros: readonly number[];
}

/** Shape of the parameters of a tensor of `shape`. */
export function paramShape(q: Quant, shape: readonly number[]): readonly number[] {
  if (q.kind === "tensor") return [];
  if (q.kind === "axis") return [shape[q.axis]];
  return shape.map((d, k) => (k === q.axis ? Math.ceil(d / q.block) : d));
}

export const scalesOf = (q: Quant): readonly number[] => (q.kind === "tensor" ? [q.scale] : q.scales);
export const zerosOf = (q: Quant): readonly number[] => (q.kind === "tensor" ? [q.zero] : q.zeros);

/** The Quant that the attributes describe; null for no scales. Fails where counts or values are wrong. */
export function quantFromAttrs(
  op: string,
  { axis, block, scales, zeros }: QuantAttrs,
  dtype: DType,
  shape: readonly number[],
  fail: InferFail,
): Quant | null {
  if (scales.length === 0) return null;
  if (axis < -1 || axis >= shape.length) fail("QC-OP-005", `${op}: quantization axis ${axis} is outside of rank ${shape.length}`);
  const zero = zeros.length ? zeros : scales.map(() => 0);
  const info = dtypeInfo(dtype);
  if (zero.length !== scales.length) fail("QC-OP-007", `${op}: ${scales.length} scales but ${zeros.length} zero points`);
  const outside = zero.find((z) => z < info.min || z > info.max);
  if (outside !== undefined) fail("QC-OP-007", `${op}: zero point ${outside} is no ${dtype}`);
  const q: Quant =
    axis === -1
      ? perTensor(scales[0], zero[0])
      : block > 0
        ? { kind: "block", axis, block, scales: scales.map(Math.fround), zeros: zero }
        : perAxis(axis, scales, zero);
  const count = numElements(paramShape(q, shape));
  if (scales.length !== count)
    fail("QC-OP-007", `${op}: ${scales.length} scales, expected ${count} for shape [${shape.join(", ")}]`);
  return q;
}

/** The attributes that describe `q`. */
export const quantAttrs = (q: Quant): QuantAttrs => ({
  axis: q.kind === "tensor" ? -1 : q.axis,
  block: q.kind === "block" ? q.block : 0,
  scales: scalesOf(q),
  zeros: zerosOf(q),
});

/** Parameters follow their axis; those of blocks lie in the order of the elements, and stay where they are. */
export const alongGridAxis: CommutesWithTranspose<QuantAttrs & Attrs> = {
  operands: "all",
  behind: (attrs, p, types) => (attrs.block > 0 ? null : alongAxisOrNone.behind(attrs, p, types)),
};

/** Which parameter applies to the element at a row-major position. */
export function paramOf(q: Quant, shape: readonly number[]): (position: number) => number {
  if (q.kind === "tensor") return () => 0;
  const { length, inner } = splitAt(shape, q.axis);
  if (q.kind === "axis") return (p) => Math.floor(p / inner) % length;
  const blocks = Math.ceil(length / q.block);
  return (p) => {
    const along = Math.floor(p / inner) % length;
    const before = Math.floor(p / (inner * length));
    return (before * blocks + Math.floor(along / q.block)) * inner + (p % inner);
  };
}

/** The same for loop variables. */
export function paramAt(q: Quant, shape: readonly number[], at: readonly Expr[]): Expr {
  if (q.kind === "tensor") return make.index(0);
  if (q.kind === "axis") return at[q.axis];
  const params = paramShape(q, shape);
  const place = at.map((e, k) => (k === q.axis ? make.div(e, make.index(q.block)) : e));
  return place.reduce((sum, e, k) => make.add(make.mul(sum, make.index(params[k])), e), make.index(0) as Expr);
}

/** Draws parameters for a tensor: per tensor, per axis or blocked. */
export function drawQuant(g: Gen, dtype: DType, shape: readonly number[], kinds: readonly Quant["kind"][]): Quant {
  const { min, max } = dtypeInfo(dtype);
  const scale = () => g.f32({ min: 0.01, max: 0.2 });
  const zero = () => g.int(Math.max(min, -10), Math.min(max, 10));
  const kind = shape.length === 0 ? "tensor" : g.pick(kinds);
  if (kind === "tensor") return perTensor(scale(), zero());
  const axis = g.int(0, shape.length - 1);
  if (kind === "axis") {
    const scales = Array.from({ length: shape[axis] }, scale);
    return perAxis(axis, scales, g.bool() ? scales.map(zero) : undefined);
  }
  const block = g.int(1, shape[axis]);
  const count = (numElements(shape) / shape[axis]) * Math.ceil(shape[axis] / block);
  const scales = Array.from({ length: count }, scale);
  return { kind, axis, block, scales, zeros: scales.map(zero) };
}
