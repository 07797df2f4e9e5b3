/** MatMul, Gemm and their quantized and fused forms. */

import type { ValueId } from "../../../ir/graph/module.js";
import { plain, quantized, reshape, shapeOf, swapLast, transpose } from "../../shared/helpers.js";
import type { ImportRules, NodeImport } from "../rule.js";
import { activation, allKnown, knownScalar, minusZero, requantizeAtRunTime, resultDType, zerosOf } from "./nn-shared.js";

/** v * factor, in the element type of v. */
const scaled = (n: NodeImport, v: ValueId, factor: number): ValueId =>
  factor === 1 ? v : n.emit("mul", [v, n.scalar(n.type(v).dtype, factor)]);

/** A Gemm addend as the bias [K] of a dense layer; null where it varies along the rows. */
function asBias(n: NodeImport, c: ValueId, k: number): ValueId | null {
  const dims = shapeOf(n, c);
  const whole = dims.reduce((a, b) => a * b, 1);
  if (whole !== (dims[dims.length - 1] ?? 1)) return null;
  if (whole === k) return reshape(n, c, [k]);
  return n.emit("broadcast_to", [reshape(n, c, [1])], { shape: [k] });
}

/** Y = alpha A' B' + beta C. Constant weights give a dense layer with w = alpha B'^T. */
function gemm(n: NodeImport): ValueId {
  const a = n.int("transA", 0) ? transpose(n, n.input(0), [1, 0]) : n.input(0);
  const b = n.input(1);
  if (shapeOf(n, a).length !== 2 || shapeOf(n, b).length !== 2) n.malformed("A and B must be matrices");
  const [alpha, beta] = [n.float("alpha", 1), n.float("beta", 1)];
  const transB = n.int("transB", 0) !== 0;
  const c = n.has(2) && beta !== 0 ? scaled(n, n.input(2), beta) : null;
  const add = (y: ValueId) => (c === null ? y : n.emit("add", [y, c]));
  if (!transB && !n.known(b)) return add(scaled(n, n.emit("matmul", [a, b]), alpha));
  const w = transB ? b : transpose(n, b, [1, 0]);
  if (alpha !== 1 && !n.known(w)) return add(scaled(n, n.emit("dense", [a, w]), alpha));
  const bias = c === null ? null : asBias(n, c, shapeOf(n, w)[0]);
  const y = n.emit("dense", [a, scaled(n, w, alpha), ...(bias === null ? [] : [bias])]);
  return bias === null ? add(y) : y;
}

/** com.microsoft FusedMatMul: alpha A' B', with transposes of the matrices and of the leading batch axis. */
function fusedMatMul(n: NodeImport): ValueId {
  if (n.int("transBatchA", 0) || n.int("transBatchB", 0)) n.unsupported("it transposes batch axes");
  const a = n.int("transA", 0) && shapeOf(n, n.input(0)).length > 1 ? swapLast(n, n.input(0)) : n.input(0);
  const b = n.int("transB", 0) && shapeOf(n, n.input(1)).length > 1 ? swapLast(n, n.input(1)) : n.input(1);
  return scaled(n, n.emit("matmul", [a, b]), n.float("alpha", 1));
}

/** Parameters of rows: a vector [M] stands along the rows. */
const rowParameter = (dims: readonly number[]): readonly number[] => (dims.length === 1 && dims[0] > 1 ? [dims[0], 1] : dims);
const columnParameter = (dims: readonly number[]): readonly number[] => dims;

/** Can the parameter stand in a tensor type: one value, or one per row or column? */
const expressible = (n: NodeImport, i: number, length: number | undefined): boolean => {
  if (!n.has(i)) return true;
  const count = shapeOf(n, n.input(i)).reduce((x, y) => x * y, 1);
  return count === 1 || count === length;
};

const rowsOf = (n: NodeImport, v: ValueId): number | undefined => (shapeOf(n, v).length > 1 ? shapeOf(n, v).at(-2) : undefined);
const columnsOf = (n: NodeImport, v: ValueId): number | undefined =>
  shapeOf(n, v).length > 1 ? shapeOf(n, v).at(-1) : undefined;
const countOf = (n: NodeImport, i: number): number => (n.has(i) ? shapeOf(n, n.input(i)).reduce((x, y) => x * y, 1) : 1);

/** May the parameters of both operands be put into types? Not when both differ per row and per column. */
function staticParameters(n: NodeImport, a: ValueId, b: ValueId, ofA: readonly number[], ofB: readonly number[]): boolean {
  if (!allKnown(n, [...ofA, ...ofB])) return false;
  const fits = ofA.every((i) => expressible(n, i, rowsOf(n, a))) && ofB.every((i) => expressible(n, i, columnsOf(n, b)));
  return fits && (ofA.every((i) => countOf(n, i) === 1) || ofB.every((i) => countOf(n, i) === 1));
}

function matMulInteger(n: NodeImport): ValueId {
  const [a, b] = [n.input(0), n.input(1)];
  if (staticParameters(n, a, b, [2], [3])) {
    const qa = n.has(2) ? quantized(n, a, [1], zerosOf(n, 2), shapeOf(n, a).length - 2) : a;
    const qb = n.has(3) ? quantized(n, b, [1], zerosOf(n, 3), shapeOf(n, b).length - 1) : b;
    return plain(n, n.emit("matmul", [qa, qb]));
  }
  return n.emit("matmul", [minusZero(n, a, 2, rowParameter), minusZero(n, b, 3, columnParameter)]);
}

/** Operands: a, a_scale, a_zero, b, b_scale, b_zero, y_scale, y_zero. */
function qlinearMatMul(n: NodeImport): ValueId {
  const [a, b] = [n.input(0), n.input(3)];
  const dtype = resultDType(n, 7);
  if (!allKnown(n, [6, 7]) || countOf(n, 6) !== 1 || !staticParameters(n, a, b, [1, 2], [4, 5])) {
    if (countOf(n, 6) !== 1 || countOf(n, 7) !== 1) n.unsupported("y_scale and y_zero_point vary");
    const acc = n.emit("matmul", [minusZero(n, a, 2, rowParameter), minusZero(n, b, 5, columnParameter)]);
    const f32 = (i: number, shape: (d: readonly number[]) => readonly number[]) => {
      const v = n.type(n.input(i)).dtype === "f32" ? n.input(i) : n.emit("cast", [n.input(i)], { to: "f32" });
      return reshape(n, v, countOf(n, i) === 1 ? [] : shape(shapeOf(n, v)));
    };
    const product = n.emit("mul", [f32(1, rowParameter), f32(4, columnParameter)]);
    return requantizeAtRunTime(n, acc, n.emit("div", [product, f32(6, (d) => d)]), 7, dtype);
  }
  const qa = quantized(n, a, n.knownFloats(1, "a_scale"), zerosOf(n, 2), shapeOf(n, a).length - 2);
  const qb = quantized(n, b, n.knownFloats(4, "b_scale"), zerosOf(n, 5), shapeOf(n, b).length - 1);
  const to = { dtype, scale: knownScalar(n, 6, "y_scale"), zero: zerosOf(n, 7)[0], mode: "onnx-float" };
  return plain(n, n.emit("requantize", [n.emit("matmul", [qa, qb])], to));
}

/** com.microsoft QGemm: a, a_scale, a_zero, b, b_scale, b_zero, C (i32 of scale alpha sa sb), y_scale, y_zero; float without y_scale. */
function qgemm(n: NodeImport): ValueId {
  const a = n.int("transA", 0) ? transpose(n, n.input(0), [1, 0]) : n.input(0);
  const w = n.int("transB", 0) ? n.input(3) : transpose(n, n.input(3), [1, 0]);
  const alpha = n.float("alpha", 1);
  const qa = quantized(n, a, [alpha * knownScalar(n, 1, "a_scale")], zerosOf(n, 2), -1);
  const qw = quantized(n, w, n.knownFloats(4, "b_scale"), zerosOf(n, 5), 0);
  const bias = n.has(6) ? asBias(n, n.input(6), shapeOf(n, w)[0]) : "";
  if (bias === null) return n.unsupported("C varies along the rows");
  const acc = n.emit("dense", [qa, qw, ...(bias === "" ? [] : [bias])]);
  if (!n.has(7)) return n.emit("dequantize", [acc]);
  const to = { dtype: resultDType(n, 8), scale: knownScalar(n, 7, "y_scale"), zero: zerosOf(n, 8)[0], mode: "onnx-float" };
  return plain(n, n.emit("requantize", [acc], to));
}

export const matmulRules: ImportRules = {
  MatMul: (n) => n.emit("matmul", [n.input(0), n.input(1)]),
  MatMulInteger: matMulInteger,
  QLinearMatMul: qlinearMatMul,
  Gemm: gemm,
  "com.microsoft::QGemm": qgemm,
  "com.microsoft::FusedMatMul": fusedMatMul,
  "com.microsoft::FusedGemm": (n) => activation(n, gemm(n)),
};
