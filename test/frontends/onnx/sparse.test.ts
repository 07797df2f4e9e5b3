import { describe, expect, it } from "vitest";
import { type Draft, errorOf, floats, importDraft, node, value } from "./helpers/build.js";

const ints = (name: string, values: number[], dims = [values.length]) => ({ name, dataType: 7, dims, int64Data: values });
const sparse = (values: number[], indices: object, dims: number[]) => ({ values: floats("w", values), indices, dims });
const added = (w: object): Draft => ({
  input: [value("x", [2, 3])],
  output: [value("y", null)],
  sparseInitializer: [w],
  node: [node("Add", ["x", "w"], ["y"])],
});
const zeros = [0, 0, 0, 0, 0, 0];

describe("sparse tensors", () => {
  it("are zero where no element is stored, by places and by coordinates", () => {
    expect(importDraft(added(sparse([2, 5], ints("i", [1, 5]), [2, 3]))).run(zeros)).toEqual([[0, 2, 0, 0, 0, 5]]);
    expect(importDraft(added(sparse([2, 5], ints("i", [0, 1, 1, 2], [2, 2]), [2, 3]))).run(zeros)).toEqual([[0, 2, 0, 0, 0, 5]]);
    expect(importDraft(added(sparse([], ints("i", []), [2, 3]))).run(zeros)).toEqual([zeros]);
  });
  it("may be the value of Constant", () => {
    const attribute = { name: "sparse_value", type: 11, sparseTensor: sparse([7], ints("i", [2]), [3]) };
    const d = { output: [value("c", null)], node: [node("Constant", [], ["c"], [attribute])] };
    expect(importDraft(d).run()).toEqual([[0, 0, 7]]);
  });
  it.each([
    ["a place outside", sparse([1], ints("i", [6]), [2, 3])],
    ["a negative place", sparse([1], ints("i", [-1]), [2, 3])],
    ["a coordinate outside", sparse([1], ints("i", [0, 3], [1, 2]), [2, 3])],
    ["a place taken twice", sparse([1, 2], ints("i", [1, 1]), [2, 3])],
    ["too few indices", sparse([1, 2], ints("i", [1]), [2, 3])],
  ])("with %s are refused by name", (_, w) => {
    expect(errorOf(added(w))).toMatchObject({ code: "QC-ONNX-005", message: expect.stringContaining("'w'") });
  });
});

describe("batch normalization", () => {
  const outputs = ["y", "m", "v", "sm", "sv"];
  const bn = (opset: number, names: string[], attributes: object[] = []): Draft => ({
    opset,
    input: [value("x", [2, 1])],
    output: [value("y", null)],
    initializer: [floats("s", [1]), floats("b", [0]), floats("mean", [10]), floats("var", [1])],
    node: [node("BatchNormalization", ["x", "s", "b", "mean", "var"], names, attributes)],
  });
  const batch = (d: Draft) => {
    const { run, warnings } = importDraft(d);
    return { y: run([1, 3])[0].map((v) => Math.round(v * 100) / 100), warned: warnings.map((w) => w.code) };
  };
  it("is training where the node names further results before opset 14, by its attribute since", () => {
    for (const opset of [7, 8, 9, 13]) {
      expect(batch(bn(opset, outputs)), `opset ${opset}`).toEqual({ y: [-1, 1], warned: ["QC-ONNX-024"] });
      expect(batch(bn(opset, ["y"])), `opset ${opset}`).toEqual({ y: [-9, -7], warned: [] });
    }
    for (const opset of [14, 15]) {
      const mode = { name: "training_mode", type: 2, i: 1 };
      expect(batch(bn(opset, outputs.slice(0, 3), [mode]))).toEqual({ y: [-1, 1], warned: ["QC-ONNX-024"] });
      expect(batch(bn(opset, ["y"]))).toEqual({ y: [-9, -7], warned: [] });
    }
  });
});
