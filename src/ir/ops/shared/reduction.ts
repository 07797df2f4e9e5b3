/** Reductions over some axes: shapes, element positions and the loops over them. */
import type { Expr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import type { InferFail } from "../../op/define.js";
import { numElements, stridesOf, type TensorType } from "../../type/tensor-type.js";
import { checkAxis } from "./check.js";

/** Axes are in range and none is given twice. */
export function checkAxes(op: string, axes: readonly number[], t: TensorType, fail: InferFail): void {
  for (const a of axes) checkAxis(op, a, t, fail);
  if (new Set(axes).size !== axes.length) fail("QC-OP-005", `${op}: an axis is given twice: [${axes.join(", ")}]`);
}

export function reducedShape(shape: readonly number[], axes: readonly number[], keepdims: boolean): number[] {
  return shape.flatMap((d, k) => (axes.includes(k) ? (keepdims ? [1] : []) : [d]));
}

export const reducedExtents = (shape: readonly number[], axes: readonly number[]): number[] =>
  shape.filter((_, k) => axes.includes(k));

export const reducedCount = (shape: readonly number[], axes: readonly number[]): number =>
  numElements(reducedExtents(shape, axes));

/** Index into the operand from the result's position and the reduction variables, the latter in the order of the axes' dimensions. */
export function reducedAt(
  rank: number,
  axes: readonly number[],
  keepdims: boolean,
): (i: readonly Expr[], r: readonly Expr[]) => Expr[] {
  return (i, r) => {
    let kept = 0;
    let reduced = 0;
    return Array.from({ length: rank }, (_, k) => {
      if (!axes.includes(k)) return i[kept++];
      if (keepdims) kept++;
      return r[reduced++];
    });
  };
}

/** Positions of the operand's elements, one list for each element of the result. */
export function reducedGroups(shape: readonly number[], axes: readonly number[]): Int32Array[] {
  const strides = stridesOf(shape);
  const offsets = (keep: boolean): number[] =>
    shape.reduce<number[]>(
      (all, d, k) =>
        axes.includes(k) === keep ? all : all.flatMap((o) => Array.from({ length: d }, (_, j) => o + j * strides[k])),
      [0],
    );
  const inside = offsets(false);
  return offsets(true).map((o) => Int32Array.from(inside, (p) => o + p));
}

/** The position of a kept-dims result from a position of the operand. */
export const keptAt = (i: readonly Expr[], axes: readonly number[]): Expr[] =>
  i.map((e, k) => (axes.includes(k) ? make.index(0) : e));
