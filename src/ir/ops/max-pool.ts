import type { Expr } from "../loop/expr.js";
import type { BufferRef, LowerBuilder } from "../loop/lower-builder.js";
import { constant, reduceIdentity, select } from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { byLayoutAttribute } from "../op/layout.js";
import { numbersOf, type Tensor, tensorOf } from "../op/tensor.js";
import { byteSize, numElements, tensorType } from "../type/tensor-type.js";
import { drawPool, type PoolGeometry, poolAttrs, poolShape } from "./shared/pool.js";
import { assemble, disassemble, eachIndex, eachTap, existingTaps, offsetOf, tapAt } from "./shared/spatial.js";

/** acc[i] = greatest element of the window, padding ignored. */
export function reduceMax(b: LowerBuilder, x: BufferRef, acc: BufferRef, a: PoolGeometry): void {
  const { s } = disassemble(a.layout, x.type.shape);
  const out = disassemble(a.layout, acc.type.shape);
  const window = existingTaps(a, s, out.s);
  const least = constant(x.type.dtype, reduceIdentity("max", x.type.dtype));
  const term = (i: readonly Expr[], r: readonly Expr[]) => {
    const { n, c, s: o } = disassemble(a.layout, i);
    const { at, inside } = tapAt(o, r, window, s, out.s);
    const value = b.load(x, assemble(a.layout, n, c, at), inside);
    return inside ? select(inside, value, least) : value;
  };
  b.reduction(acc, "max", window.kernel, term, { name: "window" });
}

/** Position of the greatest element of each window, NaN before any number, the first one in row-major order: its spatial index tuple. */
export function eachMax(
  x: Tensor,
  a: PoolGeometry,
  out: readonly number[],
  f: (i: readonly number[], value: number, at: readonly number[]) => void,
): void {
  const xs = disassemble(a.layout, x.type.shape);
  const values = numbersOf(x);
  eachIndex(out, (i) => {
    const { n, c, s: o } = disassemble(a.layout, i);
    let best = Number.NEGATIVE_INFINITY;
    let where: readonly number[] = xs.s.map(() => 0);
    let found = false;
    eachTap(o, a, xs.s, (_, at) => {
      const v = values[offsetOf(x.type.shape, assemble(a.layout, n, c, at))];
      if (found && !(v > best || (Number.isNaN(v) && !Number.isNaN(best)))) return;
      [best, where, found] = [v, [...at], true];
    });
    f(i, best, where);
  });
}

/** Max pooling. ONNX MaxPool-22, TFLite MAX_POOL_2D. */
export const maxPool = defineOp({
  name: "max_pool",
  doc: "y = the greatest element of each window, NaN where one is; padding takes no part. Keeps type and quantization of x.",
  attrs: poolAttrs,
  operands: [{ name: "x" }],
  traits: ["window", "same-scale"],
  quantize: { form: "same-grid", grid: [0], moves: false },
  layout: { channels: byLayoutAttribute(0) },
  infer: ([x], a, fail) => {
    const shape = poolShape("max_pool", x, a, fail);
    if (x?.quant && x.quant.kind !== "tensor") fail("QC-NN-051", "max_pool: x must be quantized per tensor");
    if (x?.dtype === "i64" || x?.dtype === "u64") fail("QC-NN-056", `max_pool: ${x.dtype} elements are not supported`);
    return [tensorType(x?.dtype ?? "f32", shape, x?.quant ?? null)];
  },
  eval([x], a, [type]) {
    if (!x) throw new Error("max_pool: absent operand");
    const y = new Float64Array(numElements(type.shape));
    eachMax(x, a, type.shape, (i, value) => (y[offsetOf(type.shape, i)] = value));
    return [tensorOf(type, y)];
  },
  lower(b, { ins: [x], outs: [y] }, a) {
    if (!x) throw new Error("max_pool: absent operand");
    reduceMax(b, x, y, a);
  },
  sample(g) {
    const { shape, attrs } = drawPool(g);
    return { inputs: [g.tensor({ dtype: g.pick(["f32", "f32", "f16", "f64", "i8", "u8", "i32"] as const), shape })], attrs };
  },
  cost: ([x], [y], a) => ({
    flops: numElements(y.shape) * numElements(a.kernel),
    bytes: byteSize(y) + (x ? byteSize(x) : 0),
  }),
});
