import onnxProto from "onnx-proto";
import protobuf from "protobufjs/minimal.js";
import { describe, expect, it } from "vitest";
import {
  type Draft,
  diagsOf,
  errorOf,
  floats,
  type Graph,
  importBytes,
  importDraft,
  model,
  node,
  value,
} from "./helpers/build.js";

const call = (name: string, attribute: object[] = []) => ({ ...node(name, ["x"], ["y"], attribute, "call"), domain: "mine" });
const own = (name: string, nodes: object[], more: object = {}) => ({
  name,
  domain: "mine",
  input: ["a"],
  output: ["b"],
  opsetImport: [{ domain: "", version: 17 }],
  node: nodes,
  ...more,
});
const draft = (functions: object[], nodes = [call("f")]): Draft => ({
  input: [value("x")],
  output: [value("y")],
  node: nodes,
  functions,
  opsets: [
    { domain: "", version: 17 },
    { domain: "mine", version: 1 },
  ],
});
const refTo = (name: string, refAttrName: string) => ({ name, refAttrName, type: 1 });

describe("local functions", () => {
  it("stand for their body, in any order, with names of their own", () => {
    const f = own("f", [node("Neg", ["x"], ["b"]), node("Relu", ["a"], ["x"])]);
    expect(importDraft(draft([f])).run([-1, 2])).toEqual([[-0, -2]]);
  });
  it("take attributes from the call", () => {
    const f = own("f", [node("LeakyRelu", ["a"], ["b"], [refTo("alpha", "slope")])], { attribute: ["slope"] });
    expect(importDraft(draft([f], [call("f", [{ name: "slope", type: 1, f: 0.5 }])])).run([-2, 2])).toEqual([[-1, 2]]);
  });
  it("take defaults from attribute_proto, which the decoder does not know", () => {
    const f = onnxProto.onnx.FunctionProto.encode(
      onnxProto.onnx.FunctionProto.fromObject(own("f", [node("LeakyRelu", ["a"], ["b"], [refTo("alpha", "slope")])])),
    ).finish();
    const slope = onnxProto.onnx.AttributeProto.encode({ name: "slope", type: 1, f: 0.25 }).finish();
    const withDefault = protobuf.Writer.create()
      .uint32((11 << 3) | 2)
      .bytes(slope)
      .finish();
    const tail = protobuf.Writer.create()
      .uint32((25 << 3) | 2)
      .bytes(Buffer.concat([f, withDefault]))
      .finish();
    expect(importBytes(Buffer.concat([model(draft([])), tail])).run([-2, 2])).toEqual([[-0.5, 2]]);
  });
  it("call one another, and are refused when they call themselves", () => {
    const g = own("g", [{ ...node("f", ["a"], ["b"]), domain: "mine" }]);
    expect(importDraft(draft([own("f", [node("Neg", ["a"], ["b"])]), g], [call("g")])).run([1, 2])).toEqual([[-1, -2]]);
    const self = own("f", [{ ...node("f", ["a"], ["b"]), domain: "mine" }]);
    expect(errorOf(draft([self]))).toMatchObject({ code: "QC-ONNX-021", message: expect.stringContaining("nested") });
  });
  it("that expand without end are refused", () => {
    const bomb = Array.from({ length: 22 }, (_, i) => {
      const inner = (a: string, b: string) => ({ ...node(`f${i + 1}`, [a], [b]), domain: "mine" });
      return own(`f${i}`, i === 21 ? [node("Neg", ["a"], ["b"])] : [inner("a", "t"), inner("t", "u"), inner("u", "b")]);
    });
    expect(errorOf(draft(bomb, [call("f0")]))).toMatchObject({ code: "QC-ONNX-021", message: expect.stringContaining("nodes") });
  });
  it("name the inner node that is not supported", () => {
    const d = diagsOf(() => importDraft(draft([own("f", [node("Frob", ["a"], ["b"], [], "inner")])])));
    expect(d[0]).toMatchObject({ code: "QC-ONNX-017", loc: { node: "call/inner" } });
  });
});

describe("If", () => {
  const branch = (op: string): Graph => ({
    name: op,
    node: [node(op, ["x"], [`${op}_out`], [], `in ${op}`)],
    output: [value(`${op}_out`)],
  });
  const choose = (condition: boolean, more: Partial<Draft> = {}): Draft => ({
    input: [value("x")],
    output: [value("y")],
    initializer: [{ name: "c", dataType: 9, dims: [], int32Data: [Number(condition)] }],
    node: [
      node(
        "If",
        ["c"],
        ["y"],
        [
          { name: "then_branch", type: 5, g: branch("Neg") },
          { name: "else_branch", type: 5, g: branch("Abs") },
        ],
        "choice",
      ),
    ],
    ...more,
  });
  it("with a constant condition is the chosen branch, which sees outer names", () => {
    expect(importDraft(choose(true)).run([-1, 2])).toEqual([[1, -2]]);
    expect(importDraft(choose(false)).run([-1, 2])).toEqual([[1, 2]]);
  });
  it("sees initializers of its own before outer ones", () => {
    const inner: Graph = {
      ...branch("Neg"),
      node: [node("Add", ["x", "w"], ["o"])],
      initializer: [floats("w", [5, 6])],
      output: [value("o")],
    };
    const d = choose(true, { node: [node("If", ["c"], ["y"], [{ name: "then_branch", type: 5, g: inner }])] });
    expect(importDraft({ ...d, initializer: [...(d.initializer ?? []), floats("w", [0, 0])] }).run([1, 1])).toEqual([[6, 7]]);
  });
  it("with a condition at run time is refused, with the option that fixes it", () => {
    const d = choose(true, { initializer: [], input: [value("x"), value("c", [], 9)] });
    expect(errorOf(d)).toMatchObject({
      code: "QC-ONNX-018",
      loc: { node: "choice" },
      help: expect.stringContaining('--freeze "c='),
    });
  });
  it("without the branch, or with too few outputs in it, is malformed", () => {
    expect(errorOf(choose(true, { node: [node("If", ["c"], ["y"], [])] }))).toMatchObject({ code: "QC-ONNX-016" });
    const empty = { name: "then_branch", type: 5, g: { name: "e", node: [], output: [] } };
    expect(errorOf(choose(true, { node: [node("If", ["c"], ["y"], [empty])] }))).toMatchObject({ code: "QC-ONNX-016" });
  });
  it("refuses sub-graphs nested too deep", () => {
    let g: Graph = branch("Neg");
    for (let i = 0; i < 40; i++)
      g = { name: `${i}`, node: [node("If", ["c"], ["o"], [{ name: "then_branch", type: 5, g }])], output: [value("o")] };
    expect(errorOf(choose(true, { node: [node("If", ["c"], ["y"], [{ name: "then_branch", type: 5, g }])] }))).toMatchObject({
      code: "QC-ONNX-021",
    });
  });
});
