/** Typing and arithmetic that conv, conv_transpose, dense and matmul share. */
import type { Expr } from "../../loop/expr.js";
import type { BufferRef, LowerBuilder } from "../../loop/lower-builder.js";
import * as make from "../../loop/make.js";
import type { Cost, InferFail } from "../../op/define.js";
import type { Gen } from "../../op/sample.js";
import type { Tensor } from "../../op/tensor.js";
import { numbersOf } from "../../op/tensor.js";
import { type DType, dtypeInfo, isFloat, isInt } from "../../type/dtype.js";
import { perAxis, perTensor, type Quant } from "../../type/quant.js";
import { byteSize, numElements, type TensorType } from "../../type/tensor-type.js";
import { constantTable } from "./lowering.js";

/**
 * Element type of a contraction's result. Floats: both operands' type. Integers of at most 16 bits, in any mix: i32, or i64 where the
 * bias is i64 (16x8 networks). Wider integers: their own type, unquantized.
 */
export function contractionDType(op: string, x: TensorType, w: TensorType, bias: TensorType | null, fail: InferFail): DType {
  if (isFloat(x.dtype) || isFloat(w.dtype) || !isInt(x.dtype) || !isInt(w.dtype)) {
    if (x.dtype !== w.dtype || !isFloat(x.dtype)) fail("QC-NN-010", `${op}: operands are ${x.dtype} and ${w.dtype}`);
    if (bias && bias.dtype !== x.dtype) fail("QC-NN-011", `${op}: bias is ${bias.dtype}, expected ${x.dtype}`);
    return x.dtype;
  }
  const narrow = dtypeInfo(x.dtype).bits <= 16 && dtypeInfo(w.dtype).bits <= 16;
  if (!narrow && (x.dtype !== w.dtype || x.quant || w.quant)) {
    fail("QC-NN-010", `${op}: operands are ${x.dtype} and ${w.dtype}; integers above 16 bits must agree and be unquantized`);
  }
  const result = narrow ? (bias?.dtype === "i64" ? "i64" : "i32") : x.dtype;
  if (bias && bias.dtype !== result) fail("QC-NN-011", `${op}: bias is ${bias.dtype}, expected ${result}`);
  for (const t of [x, w])
    if (t.quant?.kind === "block") fail("QC-NN-012", `${op}: block-quantized operands must be dequantized first`);
  return result;
}

/** The type that sums are held in. */
export const accumulatorOf = (result: DType): DType => (result === "f16" || result === "bf16" ? "f32" : result);

/** Scale of the sums: sx * sw, along `outAxis` where the weights are quantized along `wAxis`; null where an operand has none. */
export function productQuant(
  op: string,
  x: TensorType,
  w: TensorType,
  wAxis: number,
  outAxis: number,
  fail: InferFail,
): Quant | null {
  if (!x.quant || !w.quant) return null;
  if (x.quant.kind !== "tensor") return fail("QC-NN-013", `${op}: the activation must be quantized per tensor`);
  const sx = x.quant.scale;
  if (w.quant.kind === "tensor") return perTensor(sx * w.quant.scale);
  if (w.quant.axis !== wAxis)
    return fail("QC-NN-014", `${op}: weights are quantized along axis ${w.quant.axis}, expected ${wAxis}`);
  return perAxis(
    outAxis,
    w.quant.scales.map((s) => sx * s),
  );
}

/** Zero points of an operand as numbers: one, or one per index of the quantized axis. */
export function zerosOf(t: TensorType): number | readonly number[] {
  if (!t.quant) return 0;
  if (t.quant.kind === "tensor") return t.quant.zero;
  const { zeros } = t.quant;
  return zeros.every((z) => z === zeros[0]) ? (zeros[0] ?? 0) : zeros;
}
export const zeroAt = (z: number | readonly number[], i: number): number => (typeof z === "number" ? z : z[i]);

/** Reads operand elements as accumulator values less their zero point; exactly 0 where `inside` is false. */
export type CentredLoad = (at: readonly Expr[], inside: Expr | null, channel: Expr) => Expr;

/** Makes the reader of an operand; emits a table stage where zero points differ per channel. */
export function centredLoad(b: LowerBuilder, x: BufferRef, acc: DType): CentredLoad {
  const zeros = zerosOf(x.type);
  const zeroOf = constantTable(b, acc, typeof zeros === "number" ? [zeros] : zeros, "zeros");
  return (at, inside, channel) => {
    const value = make.cast(acc, b.load(x, at, inside));
    if (zeros === 0) return value;
    const centred = make.sub(value, zeroOf(channel));
    return inside ? make.select(inside, centred, make.constant(acc, 0)) : centred;
  };
}

/** acc[i] = bias + sum over r; then rounds the sums to the result's type where that is narrower. */
export function contract(
  b: LowerBuilder,
  out: BufferRef,
  extents: readonly number[],
  term: (i: readonly Expr[], r: readonly Expr[]) => Expr,
  bias: ((i: readonly Expr[]) => Expr) | null,
): void {
  const { dtype, shape } = out.type;
  const accType = accumulatorOf(dtype);
  const acc = accType === dtype ? out : b.temp(accType, shape, "acc");
  const init = bias ? (i: readonly Expr[]) => make.cast(accType, bias(i)) : undefined;
  b.reduction(acc, "add", extents, term, { name: "contract", init });
  if (acc !== out) b.elementwise(out, (i) => make.cast(dtype, b.load(acc, i)), "round");
}

/** Values of an operand less their zero points; `channel(flat)` gives the index along the quantized axis. */
export function centredNumbers(t: Tensor, channel: (flat: number) => number): Float64Array {
  const values = numbersOf(t);
  const zeros = zerosOf(t.type);
  if (zeros === 0) return values;
  return values.map((v, i) => v - zeroAt(zeros, channel(i)));
}

/** Two operations per product; every operand read and the result written once. */
export const contractionCost = (ins: readonly (TensorType | null | undefined)[], y: TensorType, products: number): Cost => ({
  flops: 2 * numElements(y.shape) * products,
  bytes: ins.reduce((n, t) => n + (t ? byteSize(t) : 0), byteSize(y)),
});

/** Operand types of a drawn contraction: a float type, or integers with or without quantization (per channel along `wAxis`). */
export function drawContraction(g: Gen, channels: number, wAxis: number) {
  if (g.bool()) {
    const dtype = g.pick(["f32", "f32", "f64", "f16", "bf16"] as const);
    return { x: { dtype }, w: { dtype }, bias: dtype as DType };
  }
  const [x, w] = [g.pick(["i8", "u8", "i16"] as const), g.pick(["i8", "u8"] as const)];
  const zero = () => g.int(w === "u8" ? 0 : -20, 20);
  const wq = g.bool()
    ? perTensor(0.5, zero())
    : perAxis(
        wAxis,
        Array.from({ length: channels }, () => g.f32({ min: 0.01, max: 1 })),
        Array.from({ length: channels }, zero),
      );
  const [xQuant, wQuant] = g.pick([
    [null, null],
    [perTensor(0.25, g.int(0, 20)), wq],
  ] as const);
  return { x: { dtype: x, quant: xQuant }, w: { dtype: w, quant: wQuant }, bias: "i32" as DType };
}
