/** Geometry that convolutions, pools and resizing share: layouts, windows, output sizes, predicated taps. */
import { attr } from "../../attr/attr.js";
import type { Expr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import type { InferFail } from "../../op/define.js";
import type { OpWeights } from "../../op/weights.js";

/** channels_first: [N, C, *S], weights [K, C/g, *R]. channels_last: [N, *S, C], weights [K, *R, C/g]. */
export type Layout = "channels_first" | "channels_last";
export const layoutAttr = attr.oneOf("where the channels stand: [N, C, *S] or [N, *S, C]", ["channels_first", "channels_last"]);

/** A window that slides over the spatial axes; one entry per axis, `pads` all begins and then all ends. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
}

export const windowAttrs = {
  strides: attr.ints("step of the window per spatial axis"),
  pads: attr.ints("elements added per spatial axis: all begins, then all ends"),
  dilations: attr.ints("distance of neighbouring taps per spatial axis"),
} as const;

/** The dimensions (or indices) of a tensor from its parts; of weights too, with K for N and C/g for C. */
export const assemble = <T>(layout: Layout, n: T, c: T, s: readonly T[]): T[] =>
  layout === "channels_first" ? [n, c, ...s] : [n, ...s, c];

/** The inverse of `assemble`. */
export const disassemble = <T>(layout: Layout, d: readonly T[]): { n: T; c: T; s: readonly T[] } =>
  layout === "channels_first" ? { n: d[0], c: d[1], s: d.slice(2) } : { n: d[0], c: d[d.length - 1], s: d.slice(1, -1) };

export const channelAxis = (layout: Layout, rank: number): number => (layout === "channels_first" ? 1 : rank - 1);

/** Weights of a convolution: operand 1, [K, C/G, *R] or [K, *R, C/G], and a bias [K]. */
export const spatialWeights: OpWeights<{ readonly groups: number; readonly layout: Layout }> = {
  operand: 1,
  bias: 2,
  axes([, w], { groups, layout }) {
    const channels = channelAxis(layout, w?.shape.length ?? 0);
    return { out: 0, in: channels, result: channels, groups };
  },
};

/** Fails unless the window has one positive entry per spatial axis and 1 to 3 axes. */
export function checkWindow(op: string, w: Window, rank: number, fail: InferFail): void {
  if (rank < 1 || rank > 3) fail("QC-NN-001", `${op}: ${rank} spatial axes, 1 to 3 are supported`);
  const sized = [w.kernel, w.strides, w.dilations].every((l) => l.length === rank && l.every((v) => v >= 1));
  if (!sized) fail("QC-NN-002", `${op}: kernel, strides and dilations need ${rank} positive entries each`);
  if (w.pads.length !== 2 * rank) fail("QC-NN-003", `${op}: pads need ${2 * rank} entries, got ${w.pads.length}`);
}

/** Extent of the dilated kernel along axis d. */
export const reach = (w: Window, d: number): number => (w.kernel[d] - 1) * w.dilations[d] + 1;

/**
 * Output size per spatial axis: floor((S + pads - reach) / stride) + 1. With `ceil`, rounded up, less the windows that would begin
 * behind the input and its begin padding (ONNX AveragePool-19, MaxPool-12): a window that begins inside may end outside.
 */
export function windowOutput(op: string, input: readonly number[], w: Window, fail: InferFail, ceil = false): number[] {
  checkWindow(op, w, input.length, fail);
  return input.map((size, d) => {
    const begin = w.pads[d];
    const room = size + begin + w.pads[input.length + d] - reach(w, d);
    if (ceil ? room <= -w.strides[d] || size < 1 : room < 0)
      fail("QC-NN-004", `${op}: a window of ${reach(w, d)} does not fit into ${size} plus padding on spatial axis ${d}`);
    const floor = Math.floor(room / w.strides[d]) + 1;
    if (!ceil) return floor;
    const up = Math.ceil(room / w.strides[d]) + 1;
    return (up - 1) * w.strides[d] >= size + begin ? up - 1 : up;
  });
}

export const allOf = (conditions: readonly Expr[]): Expr | null =>
  conditions.length === 0 ? null : conditions.reduce((a, b) => make.and(a, b));

/** 0 <= x < n, without the halves that always hold for a value in [least, most]; `x` is a signed index. */
export function insideRange(x: Expr, n: number, least: number, most: number): Expr[] {
  const out: Expr[] = [];
  if (least < 0) out.push(make.bin("ge", x, make.index(0)));
  if (most >= n) out.push(make.bin("lt", x, make.index(n)));
  return out;
}

/**
 * The window without the taps that lie outside for every output: a window may be far larger than what it slides over. At least one tap stays.
 * Tap r of output o lies at o * stride + r * dilation - pad.
 */
export function existingTaps<W extends Window>(w: W, input: readonly number[], output: readonly number[]): W {
  const spans = w.kernel.map((size, d) => {
    const [stride, dilation, pad] = [w.strides[d], w.dilations[d], w.pads[d]];
    const first = Math.min(size - 1, Math.max(0, Math.ceil((pad - (output[d] - 1) * stride) / dilation)));
    const last = Math.min(size - 1, Math.max(first, Math.floor((input[d] - 1 + pad) / dilation)));
    return { first, count: last - first + 1 };
  });
  if (spans.every(({ count }, d) => count === w.kernel[d])) return w;
  const begins = spans.map(({ first }, d) => w.pads[d] - first * w.dilations[d]);
  return { ...w, kernel: spans.map(({ count }) => count), pads: [...begins, ...w.pads.slice(begins.length)] };
}

/** Input position of tap `r` of output `o` per spatial axis: o * stride + r * dilation - pad, and whether it lies inside. */
export function tapAt(
  o: readonly Expr[],
  r: readonly Expr[],
  w: Window,
  input: readonly number[],
  output: readonly number[],
): { at: readonly Expr[]; inside: Expr | null } {
  const at: Expr[] = [];
  const inside: Expr[] = [];
  for (let d = 0; d < o.length; d++) {
    const [stride, dilation, pad] = [w.strides[d], w.dilations[d], w.pads[d]];
    const plus = make.add(make.mul(o[d], make.index(stride)), make.mul(r[d], make.index(dilation)));
    const x = pad < 0 ? make.add(plus, make.index(-pad)) : make.sub(plus, make.index(pad));
    at.push(x);
    inside.push(...insideRange(x, input[d], -pad, (output[d] - 1) * stride + reach(w, d) - 1 - pad));
  }
  return { at, inside: allOf(inside) };
}

/**
 * The input element that tap r carries to output o: i = (o + pad - r dilation) / stride, where that is whole and inside. Shifted by a
 * multiple of the stride, so that division and remainder see no negative number.
 */
export function sourceOf(
  o: readonly Expr[],
  r: readonly Expr[],
  w: Window,
  input: readonly number[],
): { at: Expr[]; inside: Expr | null } {
  const at: Expr[] = [];
  const inside: Expr[] = [];
  o.forEach((oi, d) => {
    const stride = w.strides[d];
    const shift = Math.max(0, Math.ceil((reach(w, d) - 1 - w.pads[d]) / stride));
    const from = make.sub(make.add(oi, make.index(w.pads[d] + shift * stride)), make.mul(r[d], make.index(w.dilations[d])));
    const i = make.sub(make.div(from, make.index(stride)), make.index(shift));
    if (stride > 1) inside.push(make.bin("eq", make.mod(from, make.index(stride)), make.index(0)));
    inside.push(...insideRange(i, input[d], -1, input[d]));
    at.push(i);
  });
  return { at, inside: allOf(inside) };
}

/** Calls `f` for every index tuple of `shape`, last dimension fastest. The tuple is reused. */
export function eachIndex(shape: readonly number[], f: (i: readonly number[]) => void): void {
  const i = new Array<number>(shape.length).fill(0);
  if (shape.some((d) => d === 0)) return;
  for (;;) {
    f(i);
    let d = shape.length - 1;
    while (d >= 0 && ++i[d] === shape[d]) i[d--] = 0;
    if (d < 0) return;
  }
}

/** Row-major offset of an index tuple. */
export const offsetOf = (shape: readonly number[], i: readonly number[]): number => i.reduce((at, v, d) => at * shape[d] + v, 0);

/** Calls `f(tap, at)` for every tap of the window at output `o` that lies inside the input. The tuples are reused. */
export function eachTap(
  o: readonly number[],
  w: Window,
  input: readonly number[],
  f: (tap: readonly number[], at: readonly number[]) => void,
): void {
  const at = new Array<number>(o.length);
  eachIndex(w.kernel, (r) => {
    for (let d = 0; d < o.length; d++) {
      at[d] = o[d] * w.strides[d] + r[d] * w.dilations[d] - w.pads[d];
      if (at[d] < 0 || at[d] >= input[d]) return;
    }
    f(r, at);
  });
}
