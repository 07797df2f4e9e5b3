/** Small emitters and facts about values that the rules of every frontend share. */
import type { ValueId } from "../../ir/graph/module.js";
import { type DType, isFloat } from "../../ir/type/dtype.js";
import type { Emitter } from "./emitter.js";

export const ones = (n: number): number[] => new Array<number>(n).fill(1);
export const zeros = (n: number): number[] => new Array<number>(n).fill(0);

export const shapeOf = (n: Emitter, v: ValueId): readonly number[] => n.type(v).shape;

export const reshape = (n: Emitter, v: ValueId, shape: readonly number[]): ValueId =>
  same(shapeOf(n, v), shape) ? v : n.emit("reshape", [v], { shape });
export const transpose = (n: Emitter, v: ValueId, perm: readonly number[]): ValueId =>
  perm.every((p, i) => p === i) ? v : n.emit("transpose", [v], { perm });
export const castTo = (n: Emitter, v: ValueId, to: DType): ValueId => (n.type(v).dtype === to ? v : n.emit("cast", [v], { to }));
export const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((v, i) => v === b[i]);

/** Swaps the last two axes. */
export function swapLast(n: Emitter, v: ValueId): ValueId {
  const rank = shapeOf(n, v).length;
  const perm = Array.from({ length: rank }, (_, i) => i);
  return transpose(n, v, [...perm.slice(0, -2), rank - 1, rank - 2]);
}

/** The same elements without quantization: what an ONNX integer tensor is. */
export const plain = (n: Emitter, v: ValueId): ValueId =>
  n.type(v).quant ? n.emit("with_quant", [v], { axis: -1, block: 0, scales: [], zeros: [] }) : v;

/** The elements of `v` read as scale (q - zero): per tensor, or along `axis` where several are given. */
export function quantized(
  n: Emitter,
  v: ValueId,
  scales: readonly number[],
  zeroPoints: readonly number[],
  axis: number,
): ValueId {
  const count = Math.max(scales.length, zeroPoints.length);
  const spread = (l: readonly number[]) => (l.length === 1 ? new Array<number>(count).fill(l[0]) : [...l]);
  return n.emit("with_quant", [v], {
    axis: count === 1 ? -1 : axis,
    block: 0,
    scales: spread(scales),
    zeros: spread(zeroPoints),
  });
}

/** Elements [from, to) along one axis. */
export function sliceAxis(n: Emitter, v: ValueId, axis: number, from: number, to: number): ValueId {
  const shape = shapeOf(n, v);
  if (from === 0 && to === shape[axis]) return v;
  const starts = shape.map((_, d) => (d === axis ? from : 0));
  return n.emit("slice", [v], { starts, ends: shape.map((s, d) => (d === axis ? to : s)), steps: ones(shape.length) });
}

export const concat = (n: Emitter, parts: readonly ValueId[], axis: number): ValueId =>
  parts.length === 1 ? parts[0] : n.emit("concat", parts, { axis });

/** A scalar of the type of `like`. */
export const scalarLike = (n: Emitter, like: ValueId, value: number): ValueId => n.scalar(n.type(like).dtype, value);

/** Axes counted from the front. */
export function resolveAxes(n: Emitter, axes: readonly number[], rank: number): number[] {
  return axes.map((a) => {
    const axis = a < 0 ? a + rank : a;
    return axis >= 0 && axis < rank ? axis : n.malformed(`axis ${a} is outside of rank ${rank}`);
  });
}
export const resolveAxis = (n: Emitter, axis: number, rank: number): number => resolveAxes(n, [axis], rank)[0];

/** f applied in floats: integers go by way of f32 and come back truncated. */
export function inFloat(n: Emitter, x: ValueId, f: (v: ValueId) => ValueId): ValueId {
  const { dtype } = n.type(x);
  return isFloat(dtype) ? f(x) : castTo(n, f(castTo(n, x, "f32")), dtype);
}

/** f applied in at least f32: halves are widened and the result rounded once. */
export function inWide(n: Emitter, x: ValueId, f: (v: ValueId) => ValueId): ValueId {
  const { dtype } = n.type(x);
  const half = dtype === "f16" || dtype === "bf16";
  return half ? castTo(n, f(castTo(n, x, "f32")), dtype) : f(x);
}

export const ofDType = (n: Emitter, v: ValueId): DType => n.type(v).dtype;

/** mean(x) and mean((x - mean)^2) over axes that stay with length 1. */
export function moments(n: Emitter, x: ValueId, axes: readonly number[]): { mean: ValueId; variance: ValueId } {
  const mean = n.emit("reduce_mean", [x], { axes, keepdims: true });
  const difference = n.emit("sub", [x, mean]);
  return { mean, variance: n.emit("reduce_mean", [n.emit("mul", [difference, difference])], { axes, keepdims: true }) };
}

/** Per-channel parameters belong to an axis that most of these ops break up; ONNX sees plain integers anyway. */
export const movable = (n: Emitter, v: ValueId): ValueId => {
  const { quant } = n.type(v);
  return quant && quant.kind !== "tensor" ? plain(n, v) : v;
};

/** Operands as one kind of integers: quantization is dropped where it differs. */
export function alike(n: Emitter, values: readonly ValueId[]): ValueId[] {
  const quants = new Set(values.map((v) => JSON.stringify(n.type(v).quant)));
  return quants.size === 1 ? values.map((v) => movable(n, v)) : values.map((v) => plain(n, v));
}

export const broadcast = (n: Emitter, x: ValueId, shape: readonly number[]): ValueId =>
  shapeOf(n, x).join() === shape.join() ? x : n.emit("broadcast_to", [x], { shape });

/**
 * Padding begins and ends for ceil(S / stride) results, from inputs, reaches of the windows and strides by axis; an odd element goes
 * to the begin or to the end.
 */
export function samePads(
  input: readonly number[],
  reach: readonly number[],
  strides: readonly number[],
  odd: "begin" | "end",
): readonly number[] {
  const total = input.map((s, d) => Math.max(0, (Math.ceil(s / strides[d]) - 1) * strides[d] + reach[d] - s));
  const [less, more] = [total.map((t) => Math.floor(t / 2)), total.map((t) => Math.ceil(t / 2))];
  return odd === "end" ? [...less, ...more] : [...more, ...less];
}
