/** Rearrangements of one value's elements that are a stride for each dimension and an offset, and the fewest ops that make one. */

export interface Dim {
  readonly size: number;
  /** In elements of the base, which is contiguous. */
  readonly stride: number;
}

export interface StridedView {
  readonly dims: readonly Dim[];
  readonly offset: number;
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** A contiguous value of a shape. */
export function viewOf(shape: readonly number[]): StridedView {
  return { dims: shape.map((size, d) => ({ size, stride: product(shape.slice(d + 1)) })), offset: 0 };
}

export const transposed = (v: StridedView, perm: readonly number[]): StridedView => ({
  ...v,
  dims: perm.map((axis) => v.dims[axis]),
});

/** Elements start, start + step, .. of one dimension; step at least 1. */
export function sliced(v: StridedView, axis: number, start: number, size: number, step: number): StridedView {
  const { stride } = v.dims[axis];
  return { dims: v.dims.with(axis, { size, stride: stride * step }), offset: v.offset + start * stride };
}

/** One index of a dimension, which is gone. */
export function picked(v: StridedView, axis: number, index: number): StridedView {
  return { dims: v.dims.toSpliced(axis, 1), offset: v.offset + index * v.dims[axis].stride };
}

/** Neighbours of which the outer steps over the whole inner as one; without dimensions of one. */
function merged(dims: readonly Dim[]): readonly Dim[] {
  const out: Dim[] = [];
  for (const d of dims) {
    if (d.size === 1) continue;
    const last = out.at(-1);
    if (last && last.stride === d.size * d.stride) out[out.length - 1] = { size: last.size * d.size, stride: d.stride };
    else out.push(d);
  }
  return out;
}

/** The elements in the same row-major order in another shape; null where a dimension of it would need two strides. */
export function reshaped(v: StridedView, shape: readonly number[]): StridedView | null {
  if (shape.some((d) => d === 0)) return null;
  const whole = merged(v.dims);
  const dims: Dim[] = [];
  let at = 0;
  let left = whole[0]?.size ?? 1;
  for (const size of shape) {
    if (size === 1) {
      dims.push({ size, stride: 0 });
      continue;
    }
    if (left === 1) left = whole[++at]?.size ?? 1;
    if (left % size !== 0) return null;
    left /= size;
    dims.push({ size, stride: whole[at].stride * left });
  }
  return { ...v, dims };
}

/** base --reshape--> split --slice[start, start + size)--> --reshape--> sizes --transpose--> --reshape--> the view's shape. */
export interface Recipe {
  readonly split: readonly number[];
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
  readonly isSliced: boolean;
  /** Dimensions of the slice without those of one, as they are transposed. */
  readonly kept: readonly number[];
  readonly perm: readonly number[];
  readonly isTransposed: boolean;
}

/** How to make a view of a contiguous base of `elements`: a slice at most, and a transpose at most; null where that is not enough. */
export function recipeOf(v: StridedView, elements: number): Recipe | null {
  const dims = merged(v.dims);
  const order = dims.map((_, i) => i).sort((a, b) => dims[b].stride - dims[a].stride);
  const split: number[] = [];
  const starts: number[] = [];
  const sizes: number[] = [];
  let block = elements;
  let rest = v.offset;
  for (const i of order) {
    const { size, stride } = dims[i];
    if (stride === 0 || block % stride !== 0) return null;
    const extent = block / stride;
    const start = Math.floor(rest / stride);
    if (start + size > extent) return null;
    split.push(extent);
    starts.push(start);
    sizes.push(size);
    rest -= start * stride;
    block = stride;
  }
  if (block > 1) {
    split.push(block);
    starts.push(rest);
    sizes.push(1);
  }
  const isSliced = sizes.some((n, d) => n !== split[d]);
  return {
    split,
    starts,
    sizes,
    isSliced,
    kept: order.map((i) => dims[i].size),
    perm: dims.map((_, i) => order.indexOf(i)),
    isTransposed: order.some((i, at) => i !== at),
  };
}
