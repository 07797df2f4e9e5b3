import { describe, expect, it } from "vitest";
import { type Draft, diagsOf, errorOf, floats, INT64, importBytes, importDraft, model, node, value } from "./helpers/build.js";

const relu: Draft = { input: [value("x")], output: [value("y")], node: [node("Relu", ["x"], ["y"], [], "act")] };
const shapes = (named: Record<string, number[]>) => ({ shapes: { named, positional: [] } });

describe("opsets", () => {
  it("from 7 on are read, newer ones with a warning", () => {
    expect(importDraft({ ...relu, opset: 7 }).run([-1, 2])).toEqual([[0, 2]]);
    const newer = importDraft({ ...relu, opset: 99 });
    expect(newer.warnings.map((w) => w.code)).toEqual(["QC-ONNX-020"]);
    expect(newer.run([-1, 2])).toEqual([[0, 2]]);
    expect(errorOf({ ...relu, opset: 0 })).toMatchObject({ code: "QC-ONNX-019", help: expect.stringContaining("convert") });
  });
  it("below 7 are read where ops mean the same, broadcasting by axis included", () => {
    expect(importDraft({ ...relu, opset: 6 }).run([-1, 2])).toEqual([[0, 2]]);
    const attributes = [
      { name: "broadcast", type: 2, i: 1 },
      { name: "axis", type: 2, i: 0 },
    ];
    const placed = {
      opset: 6,
      input: [value("x", [2, 3]), value("b", [2])],
      output: [value("y", null)],
      node: [node("Add", ["x", "b"], ["y"], attributes)],
    };
    expect(importDraft(placed).run([1, 2, 3, 4, 5, 6], [10, 20])).toEqual([[11, 12, 13, 24, 25, 26]]);
    const old = { ...relu, opset: 1, node: [node("Selu", ["x"], ["y"], [], "act")] };
    expect(errorOf(old)).toMatchObject({ code: "QC-ONNX-017", loc: { node: "act" } });
    const trained = { ...relu, opset: 6, node: [node("Dropout", ["x"], ["y"])] };
    expect(errorOf(trained)).toMatchObject({ code: "QC-ONNX-017", message: expect.stringContaining("training") });
  });
  it("must cover the domain of a node", () => {
    expect(errorOf({ ...relu, opsets: [{ domain: "ai.onnx.ml", version: 3 }] })).toMatchObject({
      code: "QC-ONNX-001",
      loc: { node: "act" },
    });
    expect(importDraft({ ...relu, opsets: [{ domain: "ai.onnx", version: 13 }] }).run([-1, 2])).toEqual([[0, 2]]);
  });
});

describe("inputs", () => {
  const two = (a: (number | string)[], b: (number | string)[]): Draft => ({
    input: [value("in:0/x", a), value("b", b)],
    output: [value("y", null)],
    node: [node("Add", ["in:0/x", "b"], ["y"])],
  });
  const shapesOf = (d: Draft, named: Record<string, number[]> = {}) =>
    importDraft(d, shapes(named)).m.funcs[0].params.map((p) => p.type.shape);

  it("take symbolic sizes from --input_shapes, names with colons and slashes included", () => {
    expect(shapesOf(two(["n", 3], [1, 3]), { "in:0/x": [4, 3] })).toEqual([
      [4, 3],
      [1, 3],
    ]);
  });
  it("that declare no shape, not even a rank, are asked for; a declared rank of 0 is one", () => {
    const shapeless: Draft = { ...relu, input: [value("x", null)], output: [value("y", null)] };
    expect(errorOf(shapeless)).toMatchObject({
      code: "QC-ONNX-012",
      message: expect.stringContaining("'x' has no shape at all"),
      help: expect.stringContaining('--input_shapes "x:['),
    });
    expect(shapesOf(shapeless, { x: [2, 3] })).toEqual([[2, 3]]);
    expect(shapesOf({ ...relu, input: [value("x", [])] })).toEqual([[]]);
  });
  it("that share a symbol share its size", () => {
    expect(shapesOf(two(["n", "c"], ["n", "c"]), { b: [2, 5] })).toEqual([
      [2, 5],
      [2, 5],
    ]);
  });
  it("take a leading symbol as 1 and say so", () => {
    const { m, warnings } = importDraft(two(["n", 3], [3]));
    expect(m.funcs[0].params[0].type.shape).toEqual([1, 3]);
    expect(warnings).toMatchObject([{ code: "QC-ONNX-014", help: expect.stringContaining('--input_shapes "in:0/x:[1,3]"') }]);
  });
  it("with other symbols left over are all named", () => {
    const d = errorOf(two(["n", "h"], ["n", "w"]));
    expect(d).toMatchObject({ code: "QC-ONNX-012", help: expect.stringContaining("--input_shapes") });
    expect(d.message).toContain("'in:0/x' dimension 1 (h)");
    expect(d.message).toContain("'b' dimension 1 (w)");
  });
  it("refuse shapes that do not fit", () => {
    expect(errorOf(relu, shapes({ x: [3] }))).toMatchObject({ code: "QC-ONNX-013" });
    expect(errorOf(relu, shapes({ x: [2, 1] }))).toMatchObject({ code: "QC-ONNX-013" });
    expect(errorOf(two(["n", 3], [3]), shapes({ b: [3], "in:0/x": [-4, 3] }))).toMatchObject({ code: "QC-ONNX-013" });
    expect(errorOf(relu, shapes({ xx: [2] }))).toMatchObject({ code: "QC-ONNX-010", help: expect.stringContaining("x") });
  });
  it("may be named like members of every object", () => {
    const odd = {
      input: [value("constructor"), value("__proto__")],
      output: [value("y")],
      node: [node("Add", ["constructor", "__proto__"], ["y"])],
    };
    expect(importDraft(odd).run([1, 2], [3, 4])).toEqual([[4, 6]]);
  });
  it("with an initializer are constants", () => {
    const d = {
      input: [value("x"), value("w")],
      initializer: [floats("w", [10, 20])],
      output: [value("y")],
      node: [node("Add", ["x", "w"], ["y"])],
    };
    const { m, run } = importDraft(d);
    expect(m.funcs[0].paramNames).toEqual(["x"]);
    expect(run([1, 2])).toEqual([[11, 22]]);
  });
  it("that are no tensors, or of a type that qc lacks, are refused by name", () => {
    const sequence = { name: "s", type: { sequenceType: { elemType: value("e").type } } };
    expect(errorOf({ ...relu, input: [sequence as never] })).toMatchObject({
      code: "QC-ONNX-011",
      message: expect.stringContaining("'s'"),
    });
    expect(errorOf({ ...relu, input: [value("x", [2], 8)] })).toMatchObject({
      code: "QC-ONNX-011",
      message: expect.stringContaining("string"),
    });
    expect(errorOf({ ...relu, input: [value("x", [2], 17)] })).toMatchObject({
      code: "QC-ONNX-011",
      message: expect.stringContaining("float8e4m3fn"),
    });
  });
  it("that must be constant are named with the option that fixes them", () => {
    const reshape = {
      input: [value("x", [2, 3]), value("s", [1], INT64)],
      output: [value("y", null)],
      node: [node("Reshape", ["x", "s"], ["y"], [], "flat")],
    };
    expect(errorOf(reshape)).toMatchObject({
      code: "QC-ONNX-018",
      loc: { node: "flat" },
      help: expect.stringContaining('--freeze "s='),
    });
  });
});

describe("graphs", () => {
  it("may list nodes in any order, and nodes that nothing needs", () => {
    const d = { ...relu, node: [node("Neg", ["t"], ["y"]), node("Nonsense", ["x"], ["unused"]), node("Relu", ["x"], ["t"])] };
    expect(importDraft(d).run([-1, 2])).toEqual([[-0, -2]]);
  });
  it("may pass an input or a constant to an output", () => {
    expect(importDraft({ input: [value("x")], output: [value("x")], node: [] }).run([1, 2])).toEqual([[1, 2]]);
    expect(importDraft({ input: [], initializer: [floats("w", [1, 2])], output: [value("w")], node: [] }).run()).toEqual([
      [1, 2],
    ]);
  });
  it("with a cycle name its nodes", () => {
    const d = errorOf({
      ...relu,
      node: [node("Add", ["x", "b"], ["a"], [], "first"), node("Neg", ["a"], ["b"], [], "second"), node("Relu", ["b"], ["y"])],
    });
    expect(d).toMatchObject({ code: "QC-ONNX-015", message: expect.stringMatching(/first -> second|second -> first/) });
  });
  const alpha = (f: number) => ({ name: "alpha", type: 1, f });
  it("has a result that is listed twice once, with a warning", () => {
    const twice = importDraft({ ...relu, output: [value("y"), value("x"), value("y")] });
    expect(twice.warnings.map((w) => w.code)).toEqual(["QC-ONNX-023"]);
    expect(twice.m.funcs[0].resultNames).toEqual(["y", "x"]);
    expect(twice.run([-1, 2])).toEqual([
      [0, 2],
      [-1, 2],
    ]);
  });
  const broken: [string, Draft, string][] = [
    ["two producers of a name", { ...relu, node: [node("Relu", ["x"], ["y"]), node("Neg", ["x"], ["y"])] }, "'y'"],
    ["a node that makes an input", { ...relu, node: [node("Relu", ["x"], ["y"]), node("Neg", ["y"], ["x"])] }, "'x'"],
    ["an attribute given twice", { ...relu, node: [node("Elu", ["x"], ["y"], [alpha(1), alpha(2)])] }, "'alpha'"],
    [
      "two opsets of a domain",
      {
        ...relu,
        opsets: [
          { domain: "", version: 9 },
          { domain: "ai.onnx", version: 13 },
        ],
      },
      "9 and 13",
    ],
    [
      "two functions of a name",
      {
        ...relu,
        functions: [
          { name: "F", domain: "d" },
          { name: "F", domain: "d" },
        ],
      },
      "'F'",
    ],
    ["no outputs", { ...relu, output: [] }, "no outputs"],
    ["an output that nothing computes", { ...relu, output: [value("z")] }, "'z'"],
    ["an operand that nothing defines", { ...relu, node: [node("Relu", ["nowhere"], ["y"])] }, "'nowhere'"],
    ["two inputs of one name", { ...relu, input: [value("x"), value("x")] }, "'x'"],
    ["two initializers of one name", { ...relu, initializer: [floats("w", [1]), floats("w", [2])] }, "'w'"],
    ["a missing operand", { ...relu, node: [node("Gemm", [], ["y"])] }, "operand 0"],
  ];
  it.each(broken)("with %s are malformed", (_, draft, named) => {
    expect(errorOf(draft)).toMatchObject({ code: "QC-ONNX-016", message: expect.stringContaining(named) });
  });
});

describe("what is not supported", () => {
  it("is listed at once, by kind, with node names", () => {
    const d: Draft = {
      input: [value("x")],
      output: [value("y")],
      node: [
        node("Frob", ["x"], ["a"], [], "one"),
        node("Frob", ["x"], ["b"], [], "two"),
        node("Relu", ["b"], ["c"], [], "behind a refused one"),
        { ...node("Widget", ["c"], ["e"], [], "hidden behind it"), domain: "acme" },
        { ...node("Widget", ["x"], ["f"], [], "three"), domain: "acme" },
        node("toString", ["x"], ["g"], [], "four"),
        node("Sum", ["a", "e", "f", "g"], ["y"]),
      ],
    };
    const diags = diagsOf(() => importDraft(d));
    expect(diags.map((e) => [e.code, e.message])).toEqual([
      ["QC-ONNX-017", "op 'Frob' is not supported"],
      ["QC-ONNX-017", "op 'acme::Widget' is not supported"],
      ["QC-ONNX-017", "op 'toString' is not supported"],
      ["QC-ONNX-017", "test.onnx: 3 kinds of unsupported node, 5 nodes; nothing was written"],
    ]);
    expect(diags[0].loc?.node).toBe("one' and 1 more: 'two");
    expect(diags[1].loc?.node).toContain("hidden behind it");
  });
  it("is listed whole whatever stands in front of it, in functions and as forms of old opsets too (drawn chains)", () => {
    const known = ["Relu", "Neg", "Exp", "Sigmoid"];
    for (let seed = 1; seed <= 40; seed++) {
      let state = seed;
      const next = (n: number) => {
        state = (state * 1103515245 + 12345) % 2147483648;
        return Math.floor((state / 2147483648) * n);
      };
      const unknown = new Set<string>();
      const nodes = Array.from({ length: 2 + next(8) }, (_, i) => {
        const strange = next(3) === 0;
        const op = strange ? `Strange${next(4)}` : known[next(known.length)];
        if (strange) unknown.add(`op '${op}'`);
        return node(op, [i === 0 ? "x" : `v${next(i)}`], [`v${i}`]);
      });
      const used = nodes.map((_, i) => value(`v${i}`));
      const inner = nodes.map((n) => ({ ...n, domain: "" }));
      const wrapped: Draft = {
        input: [value("x")],
        output: [value("z")],
        node: [node("Refused", ["x"], ["r"]), { ...node("f", ["r"], ["z"]), domain: "local" }],
        functions: [{ name: "f", domain: "local", input: ["x"], output: [`v${nodes.length - 1}`], node: inner }],
      };
      const flat: Draft = { input: [value("x")], output: used, node: nodes };
      const cases: readonly (readonly [Draft, readonly string[]])[] = [
        [flat, []],
        [wrapped, ["op 'Refused'"]],
      ];
      for (const [draft, more] of cases) {
        const wanted = [...unknown, ...more];
        if (wanted.length === 0) continue;
        const messages = diagsOf(() => importDraft(draft)).map((d) => d.message);
        expect(
          wanted.filter((w) => !messages.some((m) => m.includes(w))),
          `seed ${seed}`,
        ).toEqual([]);
      }
    }
    const old: Draft = { ...relu, opset: 1, node: [node("Frob", ["x"], ["a"]), node("Selu", ["a"], ["y"])] };
    expect(diagsOf(() => importDraft(old)).map((d) => d.message)).toContain("Selu: its form of opset 1 is not read");
  });
  it("advises to freeze inputs only, and never the data that a size depends on", () => {
    const shaped = (x: string[], nodes: object[]): Draft => ({
      input: [value("x", [2]), value("s", [1], INT64)],
      output: [value("y", null)],
      node: [...nodes, node("Reshape", x, ["y"])] as Draft["node"],
    });
    expect(errorOf(shaped(["x", "s"], []))).toMatchObject({ code: "QC-ONNX-018", help: expect.stringContaining('--freeze "s=') });
    const computed = errorOf(shaped(["x", "t"], [node("Add", ["s", "s"], ["t"])]));
    expect(computed).toMatchObject({ code: "QC-ONNX-018", help: expect.stringContaining("fixed sizes") });
    const branch = (op: string) => ({ node: [node(op, ["x"], ["b"])], output: [value("b")] });
    const branches = [
      { name: "then_branch", type: 5, g: branch("Relu") },
      { name: "else_branch", type: 5, g: branch("Neg") },
    ];
    const data: Draft["node"][] = [
      [node("NonZero", ["x"], ["y"])],
      [node("Unique", ["x"], ["y"])],
      [node("Greater", ["x", "x"], ["c"]), node("If", ["c"], ["y"], branches)],
    ];
    for (const nodes of [...data, ...data.map((n) => [node("Neg", ["x"], ["n"]), ...(n ?? [])])])
      expect(`${errorOf({ ...relu, node: nodes }).message} ${errorOf({ ...relu, node: nodes }).help}`).not.toContain("--freeze");
  });
});

describe("bytes that are no model", () => {
  it.each([
    ["nothing", new Uint8Array()],
    ["text", Buffer.from("hello, this is no protobuf at all")],
    ["half a model", model(relu).slice(0, 30)],
    ["groups inside groups", new Uint8Array(100_000).fill(0x0b)],
  ])("are refused: %s", (_, bytes) => {
    expect(diagsOf(() => importBytes(bytes))[0]).toMatchObject({ code: "QC-ONNX-001", help: expect.any(String) });
  });
  it("fields that are newer than the decoder are skipped", () => {
    // field 99 of ModelProto, length-delimited
    expect(importBytes(Buffer.concat([model(relu), Buffer.from([0x9a, 0x06, 3, 1, 2, 3])])).run([-1, 1])).toEqual([[0, 1]]);
  });
});
