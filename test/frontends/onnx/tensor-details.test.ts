/** Details of the tensor rules that the conformance cases leave out. */
import { expect, test } from "vitest";
import { numbersOf, type Tensor, tensorOf } from "../../../src/ir/op/tensor.js";
import type { DType } from "../../../src/ir/type/dtype.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { type OneNode, runNode } from "./one-node.js";

const of = (dtype: DType, shape: readonly number[], values: readonly number[]): Tensor =>
  tensorOf(tensorType(dtype, shape), values);
const counted = (shape: readonly number[]) =>
  of(
    "f32",
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
  );
const i64 = (values: readonly number[]) => of("i64", [values.length], values);
const run = (node: OneNode) => runNode(node).map((t) => ({ shape: t.type.shape, values: Array.from(numbersOf(t)) }));

test("Slice: attributes before opset 10, INT64 limits as open ends", () => {
  const x = counted([4, 2]);
  const attrs = { starts: { ints: [1] }, ends: { ints: [2 ** 53 - 1] }, axes: { ints: [0] } };
  expect(run({ op: "Slice", opset: 9, inputs: [x], attrs })).toEqual([{ shape: [3, 2], values: [2, 3, 4, 5, 6, 7] }]);
  const limits: Tensor[] = [2n ** 63n - 1n, -(2n ** 63n)].map((v) => ({
    type: tensorType("i64", [1]),
    data: BigInt64Array.of(v),
  }));
  const inputs = [x, limits[0], limits[1], i64([0]), i64([-1])];
  expect(run({ op: "Slice", inputs, frozen: [1, 2, 3, 4] })).toEqual([{ shape: [4, 2], values: [6, 7, 4, 5, 2, 3, 0, 1] }]);
});

test("Reshape: zeros copy, allowzero makes them empty, what does not divide is refused", () => {
  const x = counted([2, 3]);
  const reshaped = (shape: readonly number[], source = x, attrs = {}) =>
    run({ op: "Reshape", inputs: [source, i64(shape)], frozen: [1], attrs });
  expect(reshaped([0, -1, 1])[0].shape).toEqual([2, 3, 1]);
  expect(reshaped([0, 3], counted([0, 2]), { allowzero: 1 })[0].shape).toEqual([0, 3]);
  expect(() => reshaped([4, -1])).toThrow("QC-ONNX-016");
});

test("a shape that is computed at run time asks for --freeze", () => {
  expect(() => run({ op: "Reshape", inputs: [counted([2]), i64([2])] })).toThrow("QC-ONNX-018");
});

test("Pad: a padding value that is computed at run time", () => {
  const inputs = [counted([2]), i64([1, 1]), of("f32", [], [7])];
  expect(run({ op: "Pad", inputs, frozen: [1] })).toEqual([{ shape: [4], values: [7, 0, 1, 7] }]);
});

test("Split: num_outputs with a smaller last part", () => {
  const parts = run({ op: "Split", inputs: [counted([5])], outputs: 3, attrs: { num_outputs: 3 } });
  expect(parts.map((p) => p.values)).toEqual([[0, 1], [2, 3], [4]]);
});

test("TopK with k as an attribute, OneHot on float indices", () => {
  const [values, at] = run({ op: "TopK", opset: 9, inputs: [of("f32", [3], [1, 3, 2])], outputs: 2, attrs: { k: 2 } });
  expect([values.values, at.values]).toEqual([
    [3, 2],
    [1, 2],
  ]);
  const hot = run({ op: "OneHot", inputs: [of("f32", [2], [1, -1]), i64([3]), of("i32", [2], [0, 1])], frozen: [1] });
  expect(hot).toEqual([{ shape: [2, 3], values: [0, 1, 0, 0, 0, 1] }]);
});

test("LabelEncoder between numbers", () => {
  const attrs = { keys_int64s: { ints: [3, 5] }, values_floats: [0.5, 1.5], default_float: 9.5 };
  const y = run({ op: "LabelEncoder", domain: "ai.onnx.ml", inputs: [i64([5, 4, 3])], attrs });
  expect(y).toEqual([{ shape: [3], values: [1.5, 9.5, 0.5] }]);
});

test("TfIdfVectorizer: weights by mode", () => {
  const pool = { pool_int64s: { ints: [2, 3, 2, 3] }, ngram_counts: { ints: [0, 2] }, ngram_indexes: { ints: [1, 0, 2] } };
  const counts = { min_gram_length: 1, max_gram_length: 2, max_skip_count: 1, weights: [2.5, 3.5, 10.5] };
  const mode = (m: string) =>
    run({ op: "TfIdfVectorizer", inputs: [i64([2, 9, 3, 3])], attrs: { ...pool, ...counts, mode: m } })[0].values;
  expect(mode("TF")).toEqual([2, 1, 1]);
  expect(mode("IDF")).toEqual([3.5, 2.5, 10.5]);
  expect(mode("TFIDF")).toEqual([7, 2.5, 10.5]);
});

test("Unique and NonZero of values that are not known are refused with advice", () => {
  expect(() => run({ op: "NonZero", inputs: [counted([2])] })).toThrow(/depends on the values/);
  expect(() => run({ op: "Unique", inputs: [counted([2])] })).toThrow(/depends on the values/);
});

test("sizes that no constant may have are refused, not allocated", () => {
  const huge = of("i64", [], [2 ** 50]);
  const range = [of("i64", [], [0]), huge, of("i64", [], [1])];
  expect(() => run({ op: "Range", inputs: range, frozen: [0, 1, 2] })).toThrow("QC-ONNX-017");
  expect(() => run({ op: "HannWindow", inputs: [huge], frozen: [0] })).toThrow("QC-ONNX-017");
  expect(() => run({ op: "Split", inputs: [counted([4])], outputs: 2, attrs: { num_outputs: 2 ** 40 } })).toThrow("QC-ONNX-016");
});
