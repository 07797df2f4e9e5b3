/** Nodes that ask for more than any machine has: refused at once, with a code and the node's name. */
import { describe, expect, it } from "vitest";
import { diagsOf, FLOAT, floats, INT64, model, node, type Tensor, value } from "./helpers/build.js";
import { compileToProgram } from "./helpers/pipeline.js";

const BIG = 2 ** 40;
const ints = (name: string, values: number[]): Tensor => ({ name, dataType: INT64, dims: [values.length], int64Data: values });
const int = (name: string, v: number): Tensor => ({ name, dataType: INT64, dims: [], int64Data: [v] });
const attrInt = (name: string, i: number) => ({ name, type: 2, i });
const attrInts = (name: string, list: number[]) => ({ name, type: 7, ints: list });

interface Nasty {
  readonly op: string;
  readonly what?: string;
  /** Of x; [1, 1, 4, 4] where a window slides. */
  readonly shape?: number[];
  readonly constants?: Tensor[];
  readonly inputs?: string[];
  readonly attributes?: object[];
}

const window = { shape: [1, 1, 4, 4], inputs: ["x"] };
const nasty: readonly Nasty[] = [
  { op: "ConstantOfShape", constants: [ints("s", [BIG])], inputs: ["s"] },
  { op: "ConstantOfShape", what: "that overflows", constants: [ints("s", [BIG, BIG, BIG])], inputs: ["s"] },
  { op: "ConstantOfShape", what: "of negative size", constants: [ints("s", [-5])], inputs: ["s"] },
  { op: "Expand", constants: [ints("s", [BIG, 2])] },
  { op: "Tile", constants: [ints("s", [BIG])] },
  { op: "Range", constants: [int("a", 0), int("b", BIG), int("c", 1)], inputs: ["a", "b", "c"] },
  { op: "Range", what: "with step 0", constants: [int("a", 0), int("b", 10), int("c", 0)], inputs: ["a", "b", "c"] },
  { op: "Resize", shape: [1, 1, 4, 4], constants: [ints("s", [1, 1, BIG, BIG])], inputs: ["x", "", "", "s"] },
  { op: "Resize", what: "by a scale", shape: [1, 1, 4, 4], constants: [floats("s", [1, 1, 1e30, 1e30])], inputs: ["x", "", "s"] },
  { op: "Resize", what: "by NaN", shape: [1, 1, 4, 4], constants: [floats("s", [1, 1, Number.NaN, 1])], inputs: ["x", "", "s"] },
  { op: "Pad", constants: [ints("s", [BIG, BIG])] },
  { op: "Pad", what: "below nothing", constants: [ints("s", [-5, -5])] },
  { op: "OneHot", constants: [int("d", BIG), floats("v", [0, 1])], inputs: ["x", "d", "v"] },
  { op: "Reshape", what: "that overflows", constants: [ints("s", [BIG, BIG])] },
  { op: "MaxPool", ...window, attributes: [attrInts("kernel_shape", [BIG, BIG])] },
  {
    op: "MaxPool",
    what: "over giant padding",
    ...window,
    attributes: [attrInts("kernel_shape", [2, 2]), attrInts("pads", [BIG, BIG, BIG, BIG])],
  },
  {
    op: "AveragePool",
    what: "with stride 0",
    ...window,
    attributes: [attrInts("kernel_shape", [2, 2]), attrInts("strides", [0, 0])],
  },
  { op: "LpPool", what: "with a negative kernel", ...window, attributes: [attrInts("kernel_shape", [-2, -2])] },
  {
    op: "Conv",
    what: "in 0 groups",
    shape: [1, 1, 4, 4],
    constants: [floats("w", [1], [1, 1, 1, 1])],
    inputs: ["x", "w"],
    attributes: [attrInt("group", 0)],
  },
  {
    op: "Conv",
    what: "with giant padding",
    shape: [1, 1, 4, 4],
    constants: [floats("w", [1], [1, 1, 1, 1])],
    inputs: ["x", "w"],
    attributes: [attrInts("pads", [BIG, BIG, BIG, BIG])],
  },
  {
    op: "ConvTranspose",
    what: "with a giant stride",
    shape: [1, 1, 4, 4],
    constants: [floats("w", [1], [1, 1, 1, 1])],
    inputs: ["x", "w"],
    attributes: [attrInts("strides", [BIG, BIG])],
  },
  { op: "DepthToSpace", what: "by blocks of 0", shape: [1, 4, 2, 2], inputs: ["x"], attributes: [attrInt("blocksize", 0)] },
  { op: "SpaceToDepth", what: "by giant blocks", ...window, attributes: [attrInt("blocksize", BIG)] },
  { op: "Unsqueeze", what: "at a giant axis", constants: [ints("s", [BIG])] },
  {
    op: "Slice",
    what: "with step 0",
    constants: [ints("a", [0]), ints("b", [1]), ints("c", [0]), ints("d", [0])],
    inputs: ["x", "a", "b", "c", "d"],
  },
  { op: "TopK", what: "of more than there are", constants: [ints("k", [BIG])] },
  { op: "Split", what: "into giant parts", constants: [ints("s", [BIG, BIG])] },
  { op: "Concat", what: "along a giant axis", inputs: ["x", "x"], attributes: [attrInt("axis", BIG)] },
  { op: "HannWindow", constants: [int("n", BIG)], inputs: ["n"] },
  { op: "EyeLike", what: "of a vector", inputs: ["x"] },
  { op: "Cast", what: "to nothing", inputs: ["x"], attributes: [attrInt("to", 0)] },
  {
    op: "QuantizeLinear",
    what: "by NaN",
    constants: [floats("s", [Number.NaN], []), { name: "z", dataType: 3, dims: [], int32Data: [0] }],
    inputs: ["x", "s", "z"],
  },
  {
    op: "DequantizeLinear",
    what: "by a negative scale per axis of another length",
    constants: [{ name: "q", dataType: 3, dims: [2], int32Data: [1, 2] }, floats("s", [-1, 1, 2])],
    inputs: ["q", "s"],
  },
  {
    op: "LSTM",
    what: "of giant size",
    shape: [1, 1, 1],
    constants: [floats("w", [1], [1, 1, 1])],
    inputs: ["x", "w", "w"],
    attributes: [attrInt("hidden_size", BIG)],
  },
  { op: "Einsum", what: "without an equation", inputs: ["x"] },
];

describe("enormous and impossible nodes", () => {
  it.each(nasty.map((c) => [`${c.op} ${c.what ?? ""}`.trim(), c] as const))("%s", (_, c) => {
    const inputs = c.inputs ?? ["x", ...(c.constants ?? []).map((t) => t.name ?? "")];
    const bytes = model({
      opset: 18,
      input: [value("x", c.shape ?? [2], FLOAT)],
      initializer: c.constants ?? [],
      output: [value("y", null)],
      node: [node(c.op, inputs, ["y"], c.attributes ?? [], "nasty")],
    });
    const before = process.cpuUsage();
    const [diag] = diagsOf(() => compileToProgram(bytes, "test.onnx"));
    expect(diag.code).toMatch(/^QC-[A-Z]+-\d{3}$/);
    expect(diag.loc?.node).toBe("nasty");
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6, "seconds of processor time").toBeLessThan(2);
  });
});
