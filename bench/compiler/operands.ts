/** Models that grow in what one node or one value holds, not in nodes: what a node's operands cost is seen on no chain. */

import type { Context } from "../../src/context.js";
import { importOnnx } from "../../src/frontends/onnx/import.js";
import type { Module } from "../../src/ir/graph/module.js";
import { createModel, type Model, type ModelBuilder, type Tensor } from "../networks/model-builder.js";

/** Elements of one part: few, so that time goes into operands and not into elements. */
const PART = 4;

const inputs = (b: ModelBuilder, count: number): readonly Tensor[] =>
  Array.from({ length: count }, (_, i) => b.input(`x${i}`, "f32", [1, PART]));

const joined = (b: ModelBuilder, parts: readonly Tensor[]): Tensor =>
  b.node("Concat", parts, [1, PART * parts.length], { axis: 1 });

function cut(b: ModelBuilder, count: number): readonly Tensor[] {
  const x = b.input("x", "f32", [1, PART * count]);
  const sizes = b.constant("i64", [count], new Array<number>(count).fill(PART));
  return b.results(
    "Split",
    [x, sizes],
    Array.from({ length: count }, () => [1, PART]),
    { axis: 1 },
  );
}

/** What grows, and a model of `count` of it. */
export const OPERAND_AXES: Readonly<Record<string, (b: ModelBuilder, count: number) => readonly Tensor[]>> = {
  "parts of a concat": (b, count) => [joined(b, inputs(b, count))],
  "operands of a sum": (b, count) => [b.node("Sum", inputs(b, count), [1, PART])],
  "parts cut and joined": (b, count) => [joined(b, cut(b, count).toReversed())],
  "outputs of a network": (b, count) => cut(b, count),
  "uses of a value by nodes": (b, count) => {
    const x = b.node("Relu", inputs(b, 1), [1, PART]);
    return [
      joined(
        b,
        Array.from({ length: count }, () => b.node("Mul", [x, b.weight([1, PART], 1)], [1, PART])),
      ),
    ];
  },
  "uses of a value by a node": (b, count) => [joined(b, new Array<Tensor>(count).fill(b.node("Relu", inputs(b, 1), [1, PART])))],
  "numbers in an attribute": (b, count) => {
    const numbers = b.node("Constant", [], [count], { value_ints: Array.from({ length: count }, (_, i) => i) });
    const table = b.node("Cast", [numbers], [count], { to: 1 });
    return [b.node("Add", [b.input("x", "f32", [1, count]), table], [1, count])];
  },
};

export function operandModel(axis: string, count: number): Model {
  const b = createModel(axis, 13);
  return b.finish(OPERAND_AXES[axis](b, count));
}

export const importModel = ({ bytes }: Model, ctx: Context): Module => importOnnx(bytes, "bench.onnx", ctx.onnxRules, ctx);
