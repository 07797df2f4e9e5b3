import { expect, test } from "vitest";
import { createBlobStore } from "../../../src/ir/blob/blob-store.js";
import type { Func, Module, Node } from "../../../src/ir/graph/module.js";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import { createOpRegistry } from "../../../src/ir/op/registry.js";
import { bytesOf, type Tensor, tensorOf } from "../../../src/ir/op/tensor.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";

const type = tensorType("f32", [2]);
const of = (...v: readonly number[]): Tensor => tensorOf(type, v);
const loc = { file: "test", node: "n" };
const node = (op: string, inputs: readonly string[], output: string, attrs = {}): Node => ({
  op,
  inputs,
  attrs,
  outputs: [{ id: output, type }],
  loc,
});
const func = (name: string, params: readonly string[], body: readonly Node[], results: readonly string[]): Func => ({
  name,
  params: params.map((id) => ({ id, type })),
  body,
  results,
  paramNames: params.map((id) => id.slice(1)),
  resultNames: results.map((id) => id.slice(1)),
  nextId: 0,
});

function context() {
  const ops = createOpRegistry();
  for (const op of builtinOps) ops.add(op, "test");
  return { ops, blobs: createBlobStore(), report: () => {} };
}

test("calls, constants, a value that is used twice and returned, a parameter that is returned", () => {
  const ctx = context();
  const blob = ctx.blobs.put(bytesOf(of(10, 20)));
  const main = func(
    "main",
    ["%x"],
    [node("call", ["%x"], "%a", { callee: "twice" }), node("add", ["%a", "#c"], "%b"), node("mul", ["%a", "%b"], "%d")],
    ["%a", "%d", "%x", "#c"],
  );
  const twice = func("twice", ["%v"], [node("add", ["%v", "%v"], "%w")], ["%w"]);
  const m: Module = { version: 1, name: "m", funcs: [main, twice], consts: { "#c": { type, blob } }, states: [], props: {} };
  const results = evaluateModule(m, ctx, [of(1, 2)]);
  expect(results).toEqual([of(2, 4), of(24, 96), of(1, 2), of(10, 20)]);
  results[3].data[0] = 0;
  expect(evaluateModule(m, ctx, [of(1, 2)])[3]).toEqual(of(10, 20));
});

test("wrong inputs and unknown ops are coded errors", () => {
  const m: Module = {
    version: 1,
    name: "m",
    funcs: [func("main", ["%x"], [node("nop", ["%x"], "%y")], ["%y"])],
    consts: {},
    states: [],
    props: {},
  };
  expect(() => evaluateModule(m, context(), [])).toThrow("QC-IR-030");
  expect(() => evaluateModule(m, context(), [tensorOf(tensorType("f32", [3]), [0, 0, 0])])).toThrow("QC-IR-030");
  expect(() => evaluateModule(m, context(), [of(0, 0)])).toThrow("QC-IR-009");
});
