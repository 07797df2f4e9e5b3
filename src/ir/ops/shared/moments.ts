/** Means and variances of groups of elements, for the normalisations. */
import type { Expr } from "../../loop/expr.js";
import type { BufferRef, LowerBuilder } from "../../loop/lower-builder.js";
import * as make from "../../loop/make.js";
import type { DType } from "../../type/dtype.js";
import { numElements } from "../../type/tensor-type.js";
import { constOf } from "./lowering.js";

export interface Moments {
  readonly mean: number;
  /** Of the population: divided by the count. */
  readonly variance: number;
}

export function momentsOf(values: ArrayLike<number>): Moments {
  const v = Array.from(values);
  const mean = v.reduce((a, b) => a + b, 0) / v.length;
  return { mean, variance: v.reduce((a, b) => a + (b - mean) ** 2, 0) / v.length };
}

/** mean(f) over `extents` for every position of `shape`: a sum and a division. */
export function lowerMean(
  b: LowerBuilder,
  name: string,
  dtype: DType,
  shape: readonly number[],
  extents: readonly number[],
  f: (i: readonly Expr[], r: readonly Expr[]) => Expr,
): BufferRef {
  const sum = b.temp(dtype, shape, `${name}_sum`);
  b.reduction(sum, "add", extents, f, { name: `${name}.sum` });
  const mean = b.temp(dtype, shape, name);
  b.elementwise(mean, (i) => make.div(b.load(sum, i), constOf(dtype, numElements(extents))), name);
  return mean;
}

/** Mean and 1 / sqrt(variance + epsilon), in two passes: the variance of differences from the mean does not cancel. */
export function lowerMoments(
  b: LowerBuilder,
  dtype: DType,
  shape: readonly number[],
  extents: readonly number[],
  load: (i: readonly Expr[], r: readonly Expr[]) => Expr,
  epsilon: number,
): { mean: BufferRef; inverse: BufferRef } {
  const mean = lowerMean(b, "mean", dtype, shape, extents, load);
  const variance = lowerMean(b, "variance", dtype, shape, extents, (i, r) => {
    const d = make.sub(load(i, r), b.load(mean, i));
    return make.mul(d, d);
  });
  return { mean, inverse: lowerInverseRoot(b, variance, epsilon) };
}

/** 1 / sqrt(v + epsilon) into a temporary. */
export function lowerInverseRoot(b: LowerBuilder, v: BufferRef, epsilon: number): BufferRef {
  const { dtype, shape } = v.type;
  const inverse = b.temp(dtype, shape, "inverse");
  const root = (e: Expr) => make.call("sqrt", [make.add(e, constOf(dtype, epsilon))]);
  b.elementwise(inverse, (i) => make.div(constOf(dtype, 1), root(b.load(v, i))), "inverse");
  return inverse;
}
