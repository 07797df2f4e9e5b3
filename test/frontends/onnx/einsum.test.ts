import fc from "fast-check";
import { expect, test } from "vitest";
import { numbersOf, type Tensor, tensorOf } from "../../../src/ir/op/tensor.js";
import { numElements, tensorType } from "../../../src/ir/type/tensor-type.js";
import { runNode } from "./one-node.js";

const SIZES: Readonly<Record<string, number>> = { i: 2, j: 3, k: 2, l: 1, m: 4 };
const LETTERS = Object.keys(SIZES);

const shapeOf = (term: string) => [...term].map((c) => SIZES[c]);
const operand = (shape: readonly number[], seed: number): Tensor =>
  tensorOf(
    tensorType("f32", shape),
    Array.from({ length: numElements(shape) }, (_, i) => ((i * 7 + seed * 3) % 11) - 5),
  );

/** The definition: a sum over every label of the product of the operands' elements. */
function defined(terms: readonly string[], output: string, operands: readonly Tensor[]): number[] {
  const labels = [...new Set(terms.join(""))];
  const at = new Map<string, number>();
  const offset = (term: string) => [...term].reduce((sum, c) => sum * SIZES[c] + (at.get(c) ?? 0), 0);
  const out = new Array<number>(numElements(shapeOf(output))).fill(0);
  const values = operands.map(numbersOf);
  const visit = (d: number): void => {
    if (d === labels.length) {
      out[offset(output)] += terms.reduce((p, term, k) => p * values[k][offset(term)], 1);
      return;
    }
    for (let v = 0; v < SIZES[labels[d]]; v++) {
      at.set(labels[d], v);
      visit(d + 1);
    }
  };
  visit(0);
  return out;
}

test("a drawn equation means the sum of products", () => {
  const term = fc.array(fc.constantFrom(...LETTERS), { maxLength: 4 }).map((l) => l.join(""));
  const drawn = fc.array(term, { minLength: 1, maxLength: 3 }).chain((terms) => {
    const labels = [...new Set(terms.join(""))];
    return fc.record({ terms: fc.constant(terms), output: fc.shuffledSubarray(labels).map((l) => l.join("")) });
  });
  fc.assert(
    fc.property(drawn, ({ terms, output }) => {
      const inputs = terms.map((t, k) => operand(shapeOf(t), k));
      const [y] = runNode({ op: "Einsum", inputs, attrs: { equation: `${terms.join(",")}->${output}` } });
      expect(y.type.shape).toEqual(shapeOf(output));
      expect(Array.from(numbersOf(y), (v) => v + 0)).toEqual(defined(terms, output, inputs).map((v) => v + 0));
    }),
    { numRuns: 60 },
  );
});

test("ellipsis dimensions broadcast and come first without an explicit result", () => {
  const [a, b] = [operand([3, 1, 2, 3], 1), operand([2, 3, 4], 2)];
  const [y] = runNode({ op: "Einsum", inputs: [a, b], attrs: { equation: "...ij, ...jm" } });
  expect(y.type.shape).toEqual([3, 2, 2, 4]);
  const [product] = runNode({ op: "MatMul", inputs: [a, b] });
  expect(y).toEqual(product);
});

test("a label may broadcast from 1, and integers stay exact", () => {
  const [y] = runNode({ op: "Einsum", inputs: [operand([1], 1), operand([4], 2)], attrs: { equation: "i,i->" } });
  expect(Array.from(numbersOf(y))).toEqual([-2 * numbersOf(operand([4], 2)).reduce((a, b) => a + b, 0)]);
  const big = { type: tensorType("i64", [2]), data: BigInt64Array.of(2n ** 53n + 1n, 1n) };
  const one = tensorOf(tensorType("i64", [2]), [1, 1]);
  expect(runNode({ op: "Einsum", inputs: [big, one], attrs: { equation: "i,i->" } })[0].data).toEqual(
    BigInt64Array.of(2n ** 53n + 2n),
  );
});

test("malformed equations are refused", () => {
  const run =
    (equation: string, ...shapes: number[][]) =>
    () =>
      runNode({ op: "Einsum", inputs: shapes.map(operand), attrs: { equation } });
  expect(run("ij->k", [2, 3])).toThrow("QC-ONNX-016");
  expect(run("ij", [2])).toThrow("QC-ONNX-016");
  expect(run("i,i->i", [2], [3])).toThrow("QC-ONNX-016");
  expect(run("i->ii", [2])).toThrow("QC-ONNX-016");
});
