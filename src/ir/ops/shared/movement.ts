/** What ops that move elements share: where elements come from, what becomes of quantization, samples. */
import type { Expr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import type { InferFail } from "../../op/define.js";
import type { Gen } from "../../op/sample.js";
import type { Tensor, TypedArray } from "../../op/tensor.js";
import { isInt } from "../../type/dtype.js";
import { perAxis, perTensor, type Quant } from "../../type/quant.js";
import { type TensorType, typeText } from "../../type/tensor-type.js";
import { drawDType } from "./elementwise.js";

/**
 * out[i] = x[offsets[0][i0] + offsets[1][i1] + ...], row-major over the lengths of `offsets`; an entry of -1 leaves its elements of
 * `out` as they are. The element types of `out` and `x` agree.
 */
export function gatherInto(out: TypedArray, x: TypedArray, offsets: readonly Int32Array[]): void {
  // one type stands for all: elements of equal arrays are copied as they are
  const [to, from] = [out as Float64Array, x as Float64Array];
  const last = offsets.length - 1;
  if (last < 0) {
    to[0] = from[0];
    return;
  }
  const inner = offsets[last];
  let n = 0;
  const visit = (d: number, base: number): void => {
    if (d < last) {
      for (const o of offsets[d]) visit(d + 1, o < 0 || base < 0 ? -1 : base + o);
    } else {
      for (let k = 0; k < inner.length; k++, n++) if (base >= 0 && inner[k] >= 0) to[n] = from[base + inner[k]];
    }
  };
  visit(0, 0);
}

/** `n` offsets i -> f(i) for `gatherInto`. */
export const offsetsBy = (n: number, f: (i: number) => number): Int32Array => Int32Array.from({ length: n }, (_, i) => f(i));

/** Where the indices along one axis of an operand are found in the result. */
interface MovedAxis {
  readonly axis: number;
  /** Operand index of each result index; absent where they are the same. */
  readonly from?: readonly number[];
}

/**
 * Quantization of a result that holds the operand's elements in other places. Per-channel parameters follow their axis; `place` is null
 * where the result has no axis that they belong to.
 */
export function movedQuant(op: string, t: TensorType, fail: InferFail, place: (axis: number) => MovedAxis | null): Quant | null {
  const q = t.quant;
  if (!q || q.kind === "tensor") return q;
  const to = q.kind === "axis" ? place(q.axis) : null;
  if (!to) return fail("QC-TENSOR-001", `${op} mixes the channels of ${typeText(t)}; insert a dequantize before it`);
  const from = to.from ?? q.scales.map((_, i) => i);
  return perAxis(
    to.axis,
    from.map((i) => q.scales[i]),
    from.map((i) => q.zeros[i]),
  );
}

/** All operands have the element type and quantization of the first. */
export function checkAlike(op: string, types: readonly TensorType[], fail: InferFail): void {
  const text = (t: TensorType) => `${t.dtype} ${JSON.stringify(t.quant)}`;
  const odd = types.find((t) => text(t) !== text(types[0]));
  if (odd)
    fail("QC-TENSOR-002", `${op}: operands differ in element type or quantization: ${typeText(types[0])} and ${typeText(odd)}`);
}

export function checkIndices(op: string, t: TensorType, fail: InferFail): void {
  if (!isInt(t.dtype)) fail("QC-TENSOR-003", `${op}: indices of type ${typeText(t)}, expected integers`);
}

/** The element of an index operand as a position in [0, size): negative ones count from the end, ones outside are clamped. */
export function position(v: Expr, size: number): Expr {
  const wide = v.t === "i64" || v.t === "u64" || v.t === "u32" ? make.cast("i64", v) : make.cast("i32", v);
  const c = (value: number) => make.constant(wide.t, value);
  const wrapped = v.t.startsWith("u") ? wide : make.select(make.bin("lt", wide, c(0)), make.add(wide, c(size)), wide);
  return make.cast("index", make.min(make.max(wrapped, c(0)), c(Math.max(0, size - 1))));
}

/** The same for a number. */
export function positionNumber(v: number | bigint, size: number): number {
  const n = Number(v);
  return Math.min(Math.max(n < 0 ? n + size : n, 0), Math.max(0, size - 1));
}

/** An operand to move: every element type, per-tensor and per-channel quantization, now and then an empty dimension. */
export function drawMoved(g: Gen, shape: readonly number[], options: { perChannel?: boolean; empty?: boolean } = {}): Tensor {
  const { perChannel = true, empty = true } = options;
  const sized = empty && shape.length && g.int(0, 11) === 0 ? shape.with(g.int(0, shape.length - 1), 0) : shape;
  const kind = g.int(0, 3);
  if (kind === 0) return g.tensor({ dtype: g.pick(["i8", "u8"] as const), shape: sized, quant: perTensor(0.25, g.int(0, 9)) });
  if (kind === 1 && perChannel && sized.length) {
    const axis = g.int(0, sized.length - 1);
    const [scales, zeros] = [0.125, 1].map((step) => Array.from({ length: sized[axis] }, (_, i) => step * (i + 1)));
    return g.tensor({ dtype: "i8", shape: sized, quant: perAxis(axis, scales, zeros) });
  }
  return g.tensor({ dtype: drawDType(g, "any"), shape: sized });
}
