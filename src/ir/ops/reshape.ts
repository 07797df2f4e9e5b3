import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import * as make from "../loop/make.js";
import { defineOp, type InferFail } from "../op/define.js";
import type { OperandTypes, Transposed } from "../op/layout.js";
import { movesElements } from "../op/quantize.js";
import type { Tensor } from "../op/tensor.js";
import { type Perm, permute, toChannelsFirst, toChannelsLast } from "../type/permutation.js";
import type { Quant } from "../type/quant.js";
import { reshaped } from "../type/strided-view.js";
import { numElements, stridesOf, type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { present } from "./shared/check.js";
import { drawMoved } from "./shared/movement.js";

interface Run {
  readonly from: readonly [begin: number, end: number];
  readonly to: readonly [begin: number, end: number];
}

/** Shortest runs of dimensions that hold equally many elements: [2, 3, 4] and [6, 2, 2] give [2, 3] ~ [6] and [4] ~ [2, 2]. */
function matchedRuns(from: readonly number[], to: readonly number[]): Run[] {
  const runs: Run[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    const [i0, j0] = [i, j];
    let a = i < from.length ? from[i++] : 1;
    let b = j < to.length ? to[j++] : 1;
    while (a !== b) {
      if (a < b) a *= from[i++];
      else b *= to[j++];
    }
    runs.push({ from: [i0, i], to: [j0, j] });
  }
  return runs;
}

/** Index into a tensor of shape `from` of the element at `at` in its reshaped form `to`. Neither has an empty dimension. */
export function reshapedIndex(from: readonly number[], to: readonly number[], at: readonly Expr[]): Expr[] {
  return matchedRuns(from, to).flatMap((run) => {
    const dims = from.slice(...run.from);
    const own = to.slice(...run.to);
    if (dims.filter((d) => d > 1).length === 1 && own.filter((d) => d > 1).length === 1) {
      const moving = at[run.to[0] + own.findIndex((d) => d > 1)];
      return dims.map((d) => (d > 1 ? moving : make.index(0)));
    }
    const steps = stridesOf(own);
    const flat = own.reduce(
      (sum, d, k) => (d === 1 ? sum : make.add(sum, make.mul(at[run.to[0] + k], make.index(steps[k])))),
      make.index(0),
    );
    const strides = stridesOf(dims);
    return dims.map((d, k) => {
      if (d === 1) return make.index(0);
      const quotient = make.div(flat, make.index(strides[k]));
      return strides[k] * d === numElements(dims) ? quotient : make.mod(quotient, make.index(d));
    });
  });
}

/** Per-channel parameters survive where the channel axis is a dimension of the result with as many elements before it. */
function reshapedQuant(x: TensorType, shape: readonly number[], fail: InferFail): Quant | null {
  const q = x.quant;
  if (!q || q.kind === "tensor") return q;
  const before = numElements(x.shape.slice(0, q.axis));
  const axis = shape.findIndex((d, i) => d === x.shape[q.axis] && numElements(shape.slice(0, i)) === before);
  const sameBlocks = q.kind === "axis" || numElements(x.shape.slice(q.axis + 1)) === numElements(shape.slice(axis + 1));
  if (axis < 0 || !sameBlocks) {
    return fail("QC-TENSOR-012", `reshape of ${typeText(x)} to [${shape}] mixes its channels; insert a dequantize before it`);
  }
  return { ...q, axis };
}

/**
 * squeeze(to_first(x)) = to_first(squeeze(x)), and the same for unsqueeze: a reshape that only drops or adds dimensions of one, the others
 * being the channels and the spatial ones, still in their order. Null for others.
 */
function behindUnits({ shape: to }: { readonly shape: readonly number[] }, p: Perm, [x]: OperandTypes): Transposed | null {
  if (!x || to.length < 3) return null;
  const large = (shape: readonly number[]) => shape.map((d, axis) => ({ d, axis })).filter(({ d }) => d !== 1);
  const [from, kept] = [large(x.shape), large(to)];
  if (from.map(({ d }) => d).join() !== kept.map(({ d }) => d).join()) return null;
  // which dimension of the source stands for each large dimension of the result, in the order that channels-last gives them
  const axisOf = new Map(kept.map(({ axis }, i) => [axis, p[from[i].axis]]));
  const last = toChannelsLast(to.length);
  const order = last.flatMap((axis) => axisOf.get(axis) ?? []);
  if (order.some((axis, i) => i > 0 && order[i - 1] > axis)) return null;
  return { attrs: { shape: permute(to, last) }, perm: toChannelsFirst(to.length) };
}

/** The same elements in another shape; costs nothing. ONNX Reshape-25, Squeeze, Unsqueeze, Flatten. */
export const reshape = defineOp({
  name: "reshape",
  doc: "y holds the elements of x in the same row-major order in a shape of as many elements.",
  attrs: { shape: attr.ints("shape of the result") },
  operands: [{ name: "x" }],
  traits: ["view", "same-scale"],
  quantize: movesElements,
  layout: {
    transpose: { operands: [0], behind: behindUnits },
    view: (v, _attrs, { result }) => reshaped(v, result.shape),
  },
  infer(types, { shape }, fail) {
    const x: TensorType = present(types, 0);
    if (shape.some((d) => d < 0) || numElements(shape) !== numElements(x.shape)) {
      fail("QC-TENSOR-011", `reshape: ${typeText(x)} has ${numElements(x.shape)} elements, [${shape}] another number`);
    }
    return [tensorType(x.dtype, shape, reshapedQuant(x, shape, fail))];
  },
  eval: (inputs, _attrs, [type]) => [{ type, data: (present(inputs, 0) as Tensor).data }],
  lower(b, { ins, outs: [y] }) {
    const x = present(ins, 0);
    const empty = numElements(y.type.shape) === 0;
    b.elementwise(
      y,
      (i) => b.load(x, empty ? x.type.shape.map(() => make.index(0)) : reshapedIndex(x.type.shape, y.type.shape, i)),
      "reshape",
    );
  },
  sample(g) {
    const dims = g.shape(g.int(0, 5), 4);
    const x = drawMoved(
      g,
      regroup(dims, () => g.bool()),
      { perChannel: false },
    );
    const shape = x.data.length === 0 ? [...x.type.shape, 1] : regroup(dims, () => g.bool());
    return { inputs: [x], attrs: { shape } };
  },
});

/** Multiplies neighbouring dimensions together where `join` says so, and sets ones between others. */
function regroup(dims: readonly number[], join: () => boolean): number[] {
  const out: number[] = [];
  for (const d of dims) {
    if (out.length && join()) out[out.length - 1] *= d;
    else out.push(d);
    if (join() && join()) out.push(1);
  }
  return out;
}
