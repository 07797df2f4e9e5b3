/** Writing elements at computed positions: what scatter_elements and scatter_nd share. */
import { attr } from "../../attr/attr.js";
import type { Expr } from "../../loop/expr.js";
import { type BufferRef, type LowerBuilder, loopVars, nest } from "../../loop/lower-builder.js";
import * as make from "../../loop/make.js";
import type { InferFail } from "../../op/define.js";
import type { Gen } from "../../op/sample.js";
import { emptyData, numbersOf, type Tensor, tensorOf } from "../../op/tensor.js";
import { type DType, isFloat } from "../../type/dtype.js";
import { perTensor } from "../../type/quant.js";
import { type TensorType, typeText } from "../../type/tensor-type.js";
import { drawDType } from "./elementwise.js";
import { computeDType, loadWide, nanExtreme } from "./lowering.js";
import { checkAlike } from "./movement.js";
import { bigintsOf, tensorOfBigints } from "./values.js";

export const REDUCTIONS = ["none", "add", "mul", "max", "min"] as const;
export type Reduction = (typeof REDUCTIONS)[number];
export const reductionAttr = attr.oneOf("how an update meets what stands there", REDUCTIONS, "none");

/** x and updates alike; sums and products need plain numbers. */
export function checkScatter(op: string, x: TensorType, updates: TensorType, reduction: Reduction, fail: InferFail): void {
  checkAlike(op, [x, updates], fail);
  const arithmetic = reduction === "add" || reduction === "mul";
  if ((x.quant && (arithmetic || x.quant.kind !== "tensor")) || (x.dtype === "bool" && reduction !== "none")) {
    fail("QC-TENSOR-020", `${op}: reduction '${reduction}' has no meaning on ${typeText(x)}`);
  }
}

const combine = <T extends number | bigint>(reduction: Reduction, old: T, v: T): T => {
  switch (reduction) {
    case "none":
      return v;
    case "add":
      return ((old as number) + (v as number)) as T;
    case "mul":
      return ((old as number) * (v as number)) as T;
    case "max":
      return old > v || Number.isNaN(old) ? old : v;
    case "min":
      return old < v || Number.isNaN(old) ? old : v;
  }
};

/** x with updates[k] combined into the element at `targets[k]`, in the order of the updates. */
export function scatterInto(x: Tensor, updates: Tensor, targets: Int32Array, reduction: Reduction): Tensor {
  const { type } = x;
  if (reduction === "none") {
    const data = emptyData(type.dtype, x.data.length) as Float64Array;
    data.set(x.data as Float64Array);
    targets.forEach((t, k) => {
      data[t] = updates.data[k] as number;
    });
    return { type, data };
  }
  if (isFloat(type.dtype)) {
    const [y, u] = [numbersOf(x), numbersOf(updates)];
    targets.forEach((t, k) => {
      y[t] = combine(reduction, y[t], u[k]);
    });
    return tensorOf(type, y);
  }
  const [y, u] = [bigintsOf(x), bigintsOf(updates)];
  targets.forEach((t, k) => {
    y[t] = combine(reduction, y[t], u[k]);
  });
  return tensorOfBigints(type, y);
}

/**
 * y = x; then for every update in order: y[target(u)] = y[target(u)] (+) updates[u]. Two updates may meet, so the loops `u0`, `u1`, ..
 * of the second stage run in order: they are no output dimensions.
 */
export function lowerScatter(
  b: LowerBuilder,
  x: BufferRef,
  updates: BufferRef,
  y: BufferRef,
  reduction: Reduction,
  target: (u: readonly Expr[]) => readonly Expr[],
): void {
  b.elementwise(y, (i) => b.load(x, i), "scatter.copy");
  const { dtype, shape } = updates.type;
  const u = loopVars("u", shape.length);
  const at = target(u);
  const v = b.load(updates, u);
  const met = () => {
    const [old, added] = [loadWide(b, y, at), make.cast(computeDType(dtype), v)];
    if (reduction === "none") return v;
    const extreme = reduction === "min" || reduction === "max";
    return make.cast(dtype, extreme ? nanExtreme(reduction, old, added) : make.bin(reduction, old, added));
  };
  b.stage("scatter", nest("u", shape, make.store(y.name, at, met())));
}

/** Element type and quantization that `reduction` is defined on. */
export function drawScattered(g: Gen, reduction: Reduction) {
  const dtype: DType = drawDType(g, reduction === "none" ? "any" : "numeric");
  const quantized = (reduction === "none" || reduction === "max") && g.int(0, 3) === 0;
  const range = reduction === "mul" ? { min: 1, max: 2 } : {};
  return quantized ? ({ dtype: "i8", quant: perTensor(0.5, 2) } as const) : { dtype, ...range };
}
