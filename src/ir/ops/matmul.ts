import type { Expr } from "../loop/expr.js";
import { index, mul } from "../loop/make.js";
import { defineOp, type InferFail } from "../op/define.js";
import type { Tensor } from "../op/tensor.js";
import { axisIndex, tensorOf } from "../op/tensor.js";
import { perAxis, perTensor, type Quant } from "../type/quant.js";
import { broadcastShapes, numElements, type TensorType, tensorType } from "../type/tensor-type.js";
import {
  accumulatorOf,
  centredLoad,
  centredNumbers,
  contract,
  contractionCost,
  contractionDType,
  drawContraction,
} from "./shared/contraction.js";
import { eachIndex, offsetOf } from "./shared/spatial.js";

/** How the dimensions of the product follow from the operands': batch dims, then rows and columns unless an operand is a vector. */
interface Product {
  readonly batch: readonly number[];
  readonly rows: number | null;
  readonly columns: number | null;
  readonly depth: number;
}

function product(a: readonly number[], b: readonly number[]): Product | null {
  if (a.length === 0 || b.length === 0) return null;
  const depth = a[a.length - 1];
  if (b[Math.max(0, b.length - 2)] !== depth) return null;
  const batch = broadcastShapes(a.slice(0, -2), b.slice(0, -2));
  if (!batch) return null;
  return { batch, rows: a.length > 1 ? a[a.length - 2] : null, columns: b.length > 1 ? b[b.length - 1] : null, depth };
}

const shapeOf = (p: Product): number[] => [
  ...p.batch,
  ...(p.rows === null ? [] : [p.rows]),
  ...(p.columns === null ? [] : [p.columns]),
];

/** Batch indices of an operand whose batch dims broadcast to the product's. */
const batchIndex = <T>(dims: readonly number[], batch: readonly T[], zero: T): T[] =>
  dims.map((d, j) => (d === 1 ? zero : batch[batch.length - dims.length + j]));

/** Splits an index of the result and a depth index into the indices of both operands. */
function operandIndices<T>(
  a: readonly number[],
  b: readonly number[],
  p: Product,
  i: readonly T[],
  k: T,
  zero: T,
): { a: T[]; b: T[] } {
  const batch = i.slice(0, p.batch.length);
  const row = p.rows === null ? [] : [i[p.batch.length]];
  const column = p.columns === null ? [] : [i[i.length - 1]];
  return {
    a: [...batchIndex(a.slice(0, -2), batch, zero), ...row, k],
    b: [...batchIndex(b.slice(0, -2), batch, zero), k, ...column],
  };
}

/** Rows of `a` and columns of `b` may have their own scales, but only one of the two at a time. */
function resultQuant(a: TensorType, b: TensorType, outRank: number, p: Product, fail: InferFail): Quant | null {
  const rowAxis = a.shape.length - 2;
  const columnAxis = b.shape.length - 1;
  if (a.quant?.kind === "axis" && (a.quant.axis !== rowAxis || p.rows === null))
    fail("QC-NN-031", "matmul: a is quantized along an axis that is not its rows");
  if (b.quant?.kind === "axis" && (b.quant.axis !== columnAxis || p.columns === null)) {
    fail("QC-NN-032", "matmul: b is quantized along an axis that is not its columns");
  }
  if (!a.quant || !b.quant || a.quant.kind === "block" || b.quant.kind === "block") return null;
  if (a.quant.kind === "tensor" && b.quant.kind === "tensor") return perTensor(a.quant.scale * b.quant.scale);
  const sa = a.quant;
  const sb = b.quant;
  if (sa.kind === "tensor" && sb.kind === "axis")
    return perAxis(
      outRank - 1,
      sb.scales.map((s) => sa.scale * s),
    );
  if (sb.kind === "tensor" && sa.kind === "axis")
    return perAxis(
      outRank - (p.columns === null ? 1 : 2),
      sa.scales.map((s) => s * sb.scale),
    );
  return fail("QC-NN-033", "matmul: both operands are quantized per axis; the result has no such quantization");
}

/** Exact sums of 64-bit products, wrapped to the result's type. */
function wideProduct(a: Tensor, b: Tensor, p: Product, type: TensorType): Tensor {
  const data = type.dtype === "i64" ? new BigInt64Array(numElements(type.shape)) : new BigUint64Array(numElements(type.shape));
  eachIndex(type.shape, (i) => {
    let sum = 0n;
    for (let k = 0; k < p.depth; k++) {
      const at = operandIndices(a.type.shape, b.type.shape, p, i, k, 0);
      sum += BigInt(a.data[offsetOf(a.type.shape, at.a)]) * BigInt(b.data[offsetOf(b.type.shape, at.b)]);
    }
    data[offsetOf(type.shape, i)] = sum;
  });
  return { type, data };
}

/** Matrix product of NumPy. ONNX MatMul-13, MatMulInteger-10, QLinearMatMul-21 (before its requantization). */
export const matmul = defineOp({
  name: "matmul",
  doc:
    "y[.., i, j] = sum over k of (a[.., i, k] - za[i]) (b[.., k, j] - zb[j]); leading dimensions broadcast, a vector operand loses its " +
    "dimension in the result. Integers of at most 16 bits give i32 of scale sa sb, zero 0.",
  attrs: {},
  operands: [{ name: "a" }, { name: "b" }],
  traits: ["contraction"],
  quantize: { form: "accumulate", reads: [0, 1] },
  weights: {
    operand: 1,
    bias: null,
    axes([a, b]) {
      const p = a && b && product(a.shape, b.shape);
      if (!p || p.columns === null) return null;
      return { out: b.shape.length - 1, in: b.shape.length - 2, result: shapeOf(p).length - 1, groups: 1 };
    },
  },
  infer([a, b], _, fail) {
    if (!a || !b) return fail("QC-NN-005", "matmul: a and b are required");
    const p = product(a.shape, b.shape);
    if (!p) return fail("QC-NN-030", `matmul: shapes [${a.shape}] and [${b.shape}] do not agree`);
    const shape = shapeOf(p);
    return [tensorType(contractionDType("matmul", a, b, null, fail), shape, resultQuant(a, b, shape.length, p, fail))];
  },
  eval([a, b], _, [type]) {
    if (!a || !b) throw new Error("matmul: absent operand");
    const p = product(a.type.shape, b.type.shape);
    if (!p) throw new Error("matmul: shapes do not agree");
    if (type.dtype === "i64" || type.dtype === "u64") return [wideProduct(a, b, p, type)];
    const av = centredNumbers(a, axisIndex(a.type.shape, Math.max(0, a.type.shape.length - 2)));
    const bv = centredNumbers(b, axisIndex(b.type.shape, b.type.shape.length - 1));
    const y = new Float64Array(numElements(type.shape));
    const wraps = type.dtype === "i32" || type.dtype === "u32";
    eachIndex(type.shape, (i) => {
      let sum = 0;
      for (let k = 0; k < p.depth; k++) {
        const at = operandIndices(a.type.shape, b.type.shape, p, i, k, 0);
        const [u, v] = [av[offsetOf(a.type.shape, at.a)], bv[offsetOf(b.type.shape, at.b)]];
        sum += wraps ? Math.imul(u, v) : u * v;
      }
      y[offsetOf(type.shape, i)] = sum;
    });
    return [tensorOf(type, y)];
  },
  lower(b, { ins: [x, w], outs: [y] }) {
    if (!x || !w) throw new Error("matmul: absent operand");
    const p = product(x.type.shape, w.type.shape);
    if (!p) throw new Error("matmul: shapes do not agree");
    const acc = accumulatorOf(y.type.dtype);
    const [readA, readB] = [centredLoad(b, x, acc), centredLoad(b, w, acc)];
    contract(
      b,
      y,
      [p.depth],
      (i, [k]) => {
        const at = operandIndices<Expr>(x.type.shape, w.type.shape, p, i, k, index(0));
        const row = p.rows === null ? index(0) : i[p.batch.length];
        return mul(readA(at.a, null, row), readB(at.b, null, p.columns === null ? index(0) : i[i.length - 1]));
      },
      null,
    );
  },
  sample(g) {
    const [rows, depth, columns] = [g.int(1, 5), g.int(1, 6), g.int(1, 5)];
    const batch = g.shape(g.int(0, 2), 3);
    const a = g.int(0, 4) === 0 ? [depth] : [...g.broadcastable(batch), rows, depth];
    const b = g.int(0, 4) === 0 ? [depth] : [...batch, depth, columns];
    if (g.int(0, 5) === 0) {
      const dtype = g.pick(["i32", "i64", "u32", "u64"] as const);
      return { inputs: [g.tensor({ dtype, shape: a }), g.tensor({ dtype, shape: b })], attrs: {} };
    }
    const kind = drawContraction(g, columns, b.length - 1);
    const w =
      "quant" in kind.w && kind.w.quant?.kind === "axis" && b.length === 1 ? { ...kind.w, quant: perTensor(0.5, 3) } : kind.w;
    return { inputs: [g.tensor({ ...kind.x, shape: a }), g.tensor({ ...w, shape: b })], attrs: {} };
  },
  cost: ([a, b], [y]) => contractionCost([a, b], y, a?.shape[a.shape.length - 1] ?? 0),
});
