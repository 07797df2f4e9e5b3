/** What the generic oracle cannot see: hand-checked values, quantization of moved elements, refused operands. */
import { expect, test } from "vitest";
import type { Attrs } from "../../../src/ir/attr/attr.js";
import { createOpRegistry, inferOp } from "../../../src/ir/op/registry.js";
import { numbersOf, type Tensor, tensorOf } from "../../../src/ir/op/tensor.js";
import { tensorOps } from "../../../src/ir/ops/groups/tensor.js";
import type { DType } from "../../../src/ir/type/dtype.js";
import { perAxis, perTensor, type Quant } from "../../../src/ir/type/quant.js";
import { numElements, tensorType } from "../../../src/ir/type/tensor-type.js";
import { fail, QcError } from "../../../src/support/diag.js";

const registry = createOpRegistry();
for (const op of tensorOps) registry.add(op, "test");

const of = (dtype: DType, shape: readonly number[], values: readonly number[], quant: Quant | null = null): Tensor =>
  tensorOf(tensorType(dtype, shape, quant), values);
const f32 = (shape: readonly number[], values: readonly number[]) => of("f32", shape, values);
const i64 = (shape: readonly number[], values: readonly number[]) => of("i64", shape, values);
const counted = (dtype: DType, shape: readonly number[], quant: Quant | null = null) =>
  of(
    dtype,
    shape,
    Array.from({ length: numElements(shape) }, (_, i) => i),
    quant,
  );

function run(op: string, inputs: readonly (Tensor | null)[], attrs: Attrs): readonly Tensor[] {
  const def = registry.get(op) ?? fail("QC-IR-009", op);
  const done = inferOp(
    def,
    inputs.map((t) => t?.type ?? null),
    attrs,
    (code, message) => fail(code, message),
  );
  return def.eval(inputs, done.attrs as never, done.types);
}
const values = (op: string, inputs: readonly (Tensor | null)[], attrs: Attrs) => Array.from(numbersOf(run(op, inputs, attrs)[0]));
const code = (op: string, inputs: readonly (Tensor | null)[], attrs: Attrs): string => {
  try {
    run(op, inputs, attrs);
    return "accepted";
  } catch (e) {
    return e instanceof QcError ? e.code : String(e);
  }
};

test("transpose moves per-channel and block parameters with their axes", () => {
  const x = counted("i8", [2, 3], perAxis(1, [1, 2, 4], [0, 1, 2]));
  expect(run("transpose", [x], { perm: [1, 0] })[0].type).toBe(tensorType("i8", [3, 2], perAxis(0, [1, 2, 4], [0, 1, 2])));
  const block: Quant = { kind: "block", axis: 1, block: 2, scales: [1, 2, 3, 4], zeros: [0, 0, 0, 0] };
  const y = run("transpose", [counted("u4", [2, 4], block)], { perm: [1, 0] })[0];
  expect(y.type.quant).toEqual({ kind: "block", axis: 0, block: 2, scales: [1, 3, 2, 4], zeros: [0, 0, 0, 0] });
  expect(code("transpose", [x], { perm: [0, 0] })).toBe("QC-TENSOR-010");
});

test("reshape keeps per-channel parameters where the channel stays a dimension", () => {
  const x = counted("i8", [4, 3, 2, 2], perAxis(0, [1, 2, 3, 4]));
  expect(run("reshape", [x], { shape: [4, 12] })[0].type.quant).toEqual(perAxis(0, [1, 2, 3, 4]));
  expect(run("reshape", [x], { shape: [1, 4, 12] })[0].type.quant).toEqual(perAxis(1, [1, 2, 3, 4]));
  expect(code("reshape", [x], { shape: [12, 4] })).toBe("QC-TENSOR-012");
  expect(code("reshape", [x], { shape: [5] })).toBe("QC-TENSOR-011");
});

test("concat joins per-channel parameters along the axis and refuses unlike ones", () => {
  const [a, b] = [counted("i8", [2], perAxis(0, [1, 2])), counted("i8", [1], perAxis(0, [3]))];
  expect(run("concat", [a, b], { axis: 0 })[0].type.quant).toEqual(perAxis(0, [1, 2, 3]));
  expect(values("concat", [f32([2, 1], [1, 2]), f32([2, 2], [3, 4, 5, 6])], { axis: 1 })).toEqual([1, 3, 4, 2, 5, 6]);
  const unlike = [counted("i8", [1], perTensor(1)), counted("i8", [1], perTensor(2))];
  expect(code("concat", unlike, { axis: 0 })).toBe("QC-TENSOR-002");
});

test("slice runs backwards to the front with end -1, and stays inside", () => {
  const x = counted("f32", [5]);
  expect(values("slice", [x], { starts: [4], ends: [-1], steps: [-2] })).toEqual([4, 2, 0]);
  expect(values("slice", [x], { starts: [3], ends: [3], steps: [1] })).toEqual([]);
  expect(code("slice", [x], { starts: [0], ends: [6], steps: [1] })).toBe("QC-TENSOR-014");
  const q = counted("i8", [4], perAxis(0, [1, 2, 3, 4]));
  expect(run("slice", [q], { starts: [3], ends: [0], steps: [-2] })[0].type.quant).toEqual(perAxis(0, [4, 2]));
});

test("pad: every mode, wider than the operand, cropping, and real zero in a quantized one", () => {
  const x = counted("f32", [3]);
  const padded = (pads: readonly number[], mode: string, value = 0) => values("pad", [x], { pads, mode, value });
  expect(padded([2, 1], "constant", 9)).toEqual([9, 9, 0, 1, 2, 9]);
  expect(padded([5, 4], "reflect")).toEqual([1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2]);
  expect(padded([2, 2], "edge")).toEqual([0, 0, 0, 1, 2, 2, 2]);
  expect(padded([4, 2], "wrap")).toEqual([2, 0, 1, 2, 0, 1, 2, 0, 1]);
  expect(padded([-1, 2], "constant")).toEqual([1, 2, 0, 0]);
  expect(padded([-1, 1], "reflect")).toEqual([1, 2, 1]);
  const q = of("u8", [2], [7, 8], perTensor(0.5, 100));
  expect(values("pad", [q], { pads: [1, 1] })).toEqual([100, 7, 8, 100]);
  expect(values("pad", [q], { pads: [1, 1], value: 2 })).toEqual([104, 7, 8, 104]);
  const perRow = of("i8", [2, 1], [1, 2], perAxis(0, [1, 1], [3, -3]));
  expect(values("pad", [perRow], { pads: [0, 1, 0, 0] })).toEqual([3, 1, -3, 2]);
  expect(code("pad", [perRow], { pads: [1, 0, 0, 0] })).toBe("QC-TENSOR-001");
  expect(code("pad", [f32([0], [])], { pads: [1, 0], mode: "edge" })).toBe("QC-TENSOR-017");
});

test("gathers wrap negative indices and clamp ones outside", () => {
  const x = counted("f32", [3, 2]);
  expect(values("gather", [x, i64([3], [-1, 5, -9])], { axis: 0 })).toEqual([4, 5, 4, 5, 0, 1]);
  expect(values("gather_elements", [x, i64([1, 2], [-1, 1])], { axis: 0 })).toEqual([4, 3]);
  expect(values("gather_nd", [x, i64([2, 2], [0, 1, -1, 0])], { batch_dims: 0 })).toEqual([1, 4]);
  expect(values("gather_nd", [x, i64([3, 1], [0, 1, 0])], { batch_dims: 1 })).toEqual([0, 3, 4]);
  expect(code("gather", [f32([0], []), i64([1], [0])], { axis: 0 })).toBe("QC-TENSOR-016");
  expect(run("gather", [f32([0], []), i64([0], [])], { axis: 0 })[0].type.shape).toEqual([0]);
});

test("scatters apply updates in order", () => {
  const x = f32([3], [1, 2, 3]);
  const [at, updates] = [i64([3], [1, 1, -1]), f32([3], [10, 20, 30])];
  const scattered = (reduction: string) => values("scatter_elements", [x, at, updates], { axis: 0, reduction });
  expect(scattered("none")).toEqual([1, 20, 30]);
  expect(scattered("add")).toEqual([1, 32, 33]);
  expect(scattered("mul")).toEqual([1, 400, 90]);
  expect(scattered("max")).toEqual([1, 20, 30]);
  expect(scattered("min")).toEqual([1, 2, 3]);
  expect(values("scatter_nd", [f32([2, 2], [0, 0, 0, 0]), i64([1, 1], [1]), f32([1, 2], [5, 6])], {})).toEqual([0, 0, 5, 6]);
  const q = counted("i8", [1], perTensor(1));
  expect(code("scatter_elements", [q, i64([1], [0]), q], { axis: 0, reduction: "add" })).toBe("QC-TENSOR-020");
});

test("topk: ties by index, NaN greatest, exact 64-bit integers", () => {
  const [top, at] = run("topk", [f32([5], [1, 3, Number.NaN, 3, 2])], { k: 3, axis: 0 });
  expect(Array.from(numbersOf(top))).toEqual([Number.NaN, 3, 3]);
  expect(Array.from(numbersOf(at))).toEqual([2, 1, 3]);
  expect(Array.from(numbersOf(run("topk", [f32([3], [2, Number.NaN, 1])], { k: 3, axis: 0, largest: false })[1]))).toEqual([
    2, 0, 1,
  ]);
  const big = { type: tensorType("i64", [2]), data: BigInt64Array.of(2n ** 60n, 2n ** 60n + 1n) };
  expect(run("topk", [big], { k: 1, axis: 0 })[1].data).toEqual(BigInt64Array.of(1n));
  expect(code("topk", [big], { k: 3, axis: 0 })).toBe("QC-TENSOR-027");
});

test("one_hot, trilu, reverse_sequence, tile, broadcast_to by hand", () => {
  expect(values("one_hot", [i64([3], [1, -1, 3]), f32([2], [0, 5])], { axis: 1, depth: 3 })).toEqual([0, 5, 0, 0, 0, 5, 0, 0, 0]);
  expect(values("trilu", [counted("f32", [2, 3])], { upper: false, k: 1 })).toEqual([0, 1, 0, 3, 4, 5]);
  expect(values("trilu", [of("u8", [2, 2], [1, 2, 3, 4], perTensor(1, 9))], { upper: true, k: 0 })).toEqual([1, 2, 9, 4]);
  expect(values("reverse_sequence", [counted("f32", [3, 2]), i64([2], [2, 3])], { batch_axis: 1, time_axis: 0 })).toEqual([
    2, 5, 0, 3, 4, 1,
  ]);
  expect(values("tile", [f32([2], [1, 2])], { repeats: [2] })).toEqual([1, 2, 1, 2]);
  expect(values("broadcast_to", [f32([2, 1], [1, 2])], { shape: [2, 2] })).toEqual([1, 1, 2, 2]);
  expect(code("broadcast_to", [f32([3], [1, 2, 3])], { shape: [2] })).toBe("QC-TENSOR-023");
});

test("det needs row exchanges and gives 1 for an empty matrix", () => {
  expect(values("det", [f32([2, 2, 2], [0, 1, 1, 0, 2, 0, 0, 3])], {})).toEqual([-1, 6]);
  expect(values("det", [f32([0, 0], [])], {})).toEqual([1]);
  expect(code("det", [f32([2, 3], [0, 0, 0, 0, 0, 0])], {})).toBe("QC-TENSOR-029");
});

test("bitcast keeps the bits", () => {
  expect(values("bitcast", [f32([1], [1])], { to: "i32" })).toEqual([0x3f800000]);
  expect(code("bitcast", [f32([1], [1])], { to: "i64" })).toBe("QC-TENSOR-030");
});

test("tensor_scatter drops what lies behind the end unless circular", () => {
  const operands = [f32([1, 3], [1, 2, 3]), f32([1, 2], [8, 9]), i64([1], [2])];
  expect(values("tensor_scatter", operands, { axis: 1 })).toEqual([1, 2, 8]);
  expect(values("tensor_scatter", operands, { axis: 1, circular: true })).toEqual([9, 2, 8]);
});
