/** Math rules against ONNX Runtime, its optimizer off: old opsets and com.microsoft operators, which the conformance cases leave out. */
import { describe, expect, it } from "vitest";
import { mathRules } from "../../../src/frontends/onnx/rules/math.js";
import { createGen } from "../../../src/ir/op/sample.js";
import { tensorOf } from "../../../src/ir/op/tensor.js";
import type { DType } from "../../../src/ir/type/dtype.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { byCompiler, byRuntime, modelOf, type RuntimeCase } from "./runtime-case.js";

const g = createGen(5);
const f32 = (values: readonly number[], shape: readonly number[] = [values.length]) => tensorOf(tensorType("f32", shape), values);
const i64 = (...values: number[]) => tensorOf(tensorType("i64", [values.length]), values);
const scalar = (dtype: DType, v: number) => tensorOf(tensorType(dtype, []), [v]);
const draw = (shape: readonly number[], dtype: DType = "f32") =>
  g.tensor({ dtype, shape, ...(dtype === "f32" ? {} : { min: 0, max: 100 }) });

const quantizedPair = (zero: number, dtype: DType = "u8") => [f32([0.05], []), scalar(dtype, zero)] as const;
const BYTES = draw([2, 3, 4], "u8");

const CASES: Readonly<Record<string, RuntimeCase>> = {
  "Softmax-11 over a matrix": { op: "Softmax", opset: 11, inputs: [draw([2, 3, 4])], attrs: { axis: 1 } },
  "Softmax-11 default axis": { op: "Softmax", opset: 11, inputs: [draw([2, 3, 4])] },
  "LogSoftmax-11": { op: "LogSoftmax", opset: 11, inputs: [draw([2, 3, 4])], attrs: { axis: 0 } },
  "Hardmax-11": { op: "Hardmax", opset: 11, inputs: [draw([2, 3, 4])], attrs: { axis: 1 } },
  "Clip-6": { op: "Clip", opset: 10, inputs: [draw([5])], attrs: { min: -0.5, max: 0.25 } },
  "Clip-13 with an absent minimum": { op: "Clip", inputs: [draw([5])], consts: [null, scalar("f32", 0.25)] },
  "Clip-13 of integers": { op: "Clip", inputs: [draw([9], "i32")], consts: [scalar("i32", 10), scalar("i32", 50)] },
  "Clip-13 with computed bounds": { op: "Clip", inputs: [draw([5]), scalar("f32", -1), scalar("f32", 1)] },
  "ReduceMean-11 with axes as attribute": {
    op: "ReduceMean",
    opset: 11,
    inputs: [draw([2, 3, 4])],
    attrs: { axes: [-1, 0], keepdims: 0 },
  },
  "ReduceSum-11 of everything": { op: "ReduceSum", opset: 11, inputs: [draw([2, 3, 4])] },
  "ReduceSum-13 with axes as operand": { op: "ReduceSum", inputs: [draw([2, 3, 4])], consts: [i64(1)] },
  "ReduceMax-18": { op: "ReduceMax", opset: 18, inputs: [draw([2, 3, 4])], consts: [i64(-1)], attrs: { keepdims: 0 } },
  "ReduceLogSumExp-13": { op: "ReduceLogSumExp", inputs: [draw([2, 3, 4])], attrs: { axes: [1] } },
  "ReduceMean of integers": { op: "ReduceMean", inputs: [draw([3, 5], "i32")], attrs: { axes: [1] } },
  "Pow with an integer exponent": { op: "Pow", inputs: [draw([4])], consts: [scalar("i64", 3)] },
  "Pow of integers": { op: "Pow", inputs: [tensorOf(tensorType("i32", [3]), [2, 3, 4])], consts: [scalar("f32", 2.5)] },
  "Mod of floats": { op: "Mod", inputs: [draw([6])], consts: [scalar("f32", 0.7)], attrs: { fmod: 1 } },
  "Mean of three": { op: "Mean", inputs: [draw([2, 3]), draw([3]), draw([2, 1])] },
  "Max of three": { op: "Max", inputs: [draw([2, 3]), draw([3]), draw([1])] },
  "ArgMax of the last": { op: "ArgMax", inputs: [f32([1, 5, 5, 2])], attrs: { select_last_index: 1 } },
  "CumSum backward": { op: "CumSum", inputs: [draw([2, 3])], consts: [scalar("i64", -1)], attrs: { exclusive: 1, reverse: 1 } },
  "Cast of large floats": { op: "Cast", inputs: [f32([1.9, -1.9, 100.5])], attrs: { to: 6 } },
  "BatchNormalization-9": {
    op: "BatchNormalization",
    opset: 9,
    inputs: [draw([2, 3, 2, 2])],
    consts: [f32([1, 2, 3]), f32([0, 1, 2]), f32([0.5, 0, -0.5]), f32([1, 0.5, 2])],
  },
  InstanceNormalization: { op: "InstanceNormalization", inputs: [draw([2, 3, 4, 2])], consts: [f32([1, 2, 3]), f32([0, 1, 2])] },
  LayerNormalization: { op: "LayerNormalization", inputs: [draw([2, 3, 4])], consts: [draw([4]), draw([4])], outputs: 3 },
  LRN: { op: "LRN", inputs: [draw([1, 7, 2, 2])], attrs: { size: 5, alpha: 0.3, beta: 0.75, bias: 1.5 } },
  MeanVarianceNormalization: { op: "MeanVarianceNormalization", inputs: [draw([2, 3, 4, 2])] },
  LpNormalization: { op: "LpNormalization", inputs: [draw([3, 4])], attrs: { p: 1, axis: 0 } },
  "QuantizeLinear of ties": {
    op: "QuantizeLinear",
    inputs: [f32([0.5, 1.5, 2.5, -0.5, 300, -300])],
    consts: [f32([1], []), scalar("i8", 0)],
  },
  "QuantizeLinear with computed parameters": {
    op: "QuantizeLinear",
    inputs: [draw([3, 4]), f32([0.1, 0.2, 0.3]), draw([3], "u8")],
    attrs: { axis: 0 },
  },
  "QuantizeLinear along an axis": {
    op: "QuantizeLinear",
    inputs: [draw([3, 4])],
    consts: [f32([0.1, 0.2, 0.3, 0.4]), draw([4], "u8")],
  },
  "DequantizeLinear along an axis": {
    op: "DequantizeLinear",
    inputs: [draw([3, 4], "u8")],
    consts: [f32([0.1, 0.2, 0.3]), draw([3], "u8")],
    attrs: { axis: -2 },
  },
  "DequantizeLinear with computed parameters": {
    op: "DequantizeLinear",
    inputs: [draw([3, 4], "u8"), f32([0.1, 0.2, 0.3, 0.4]), draw([4], "u8")],
  },
  "DequantizeLinear of a bias": { op: "DequantizeLinear", inputs: [draw([4], "i32")], consts: [f32([0.01], [])] },
  DynamicQuantizeLinear: { op: "DynamicQuantizeLinear", inputs: [draw([5, 5])], outputs: 3 },
  QLinearAdd: {
    op: "com.microsoft::QLinearAdd",
    inputs: [BYTES],
    consts: [...quantizedPair(10), draw([4], "u8"), ...quantizedPair(20), f32([0.1], []), scalar("u8", 5)],
    within: 1,
  },
  QLinearMul: {
    op: "com.microsoft::QLinearMul",
    inputs: [BYTES],
    consts: [...quantizedPair(10), draw([4], "u8"), ...quantizedPair(20), f32([0.1], []), scalar("u8", 5)],
    within: 1,
  },
  QLinearSigmoid: {
    op: "com.microsoft::QLinearSigmoid",
    inputs: [BYTES],
    consts: [...quantizedPair(50), f32([1 / 256], []), scalar("u8", 0)],
    within: 1,
  },
  QLinearLeakyRelu: {
    op: "com.microsoft::QLinearLeakyRelu",
    inputs: [BYTES],
    consts: [...quantizedPair(50), ...quantizedPair(30)],
    attrs: { alpha: 0.125 },
    within: 1,
  },
  QLinearSoftmax: {
    op: "com.microsoft::QLinearSoftmax",
    inputs: [BYTES],
    consts: [...quantizedPair(50), f32([1 / 256], []), scalar("u8", 0)],
    attrs: { axis: 1, opset: 13 },
    within: 1,
  },
  Gelu: { op: "com.microsoft::Gelu", inputs: [draw([7])] },
  BiasGelu: { op: "com.microsoft::BiasGelu", inputs: [draw([2, 4])], consts: [draw([4])] },
  FastGelu: { op: "com.microsoft::FastGelu", inputs: [draw([2, 4])], consts: [draw([4])] },
  QuickGelu: { op: "com.microsoft::QuickGelu", inputs: [draw([2, 4])], attrs: { alpha: 1.5 } },
  SkipLayerNormalization: {
    op: "com.microsoft::SkipLayerNormalization",
    inputs: [draw([1, 2, 4]), draw([1, 2, 4])],
    consts: [draw([4]), draw([4]), draw([4])],
    attrs: { epsilon: 0.001 },
  },
  SkipSimplifiedLayerNormalization: {
    op: "com.microsoft::SkipSimplifiedLayerNormalization",
    inputs: [draw([1, 2, 4]), draw([1, 2, 4])],
    consts: [draw([4])],
    attrs: { epsilon: 0.001 },
  },
  PRelu: { op: "PRelu", inputs: [draw([2, 3, 2])], consts: [draw([3, 1])] },
  Shrink: { op: "Shrink", inputs: [draw([8])], attrs: { lambd: 1.5, bias: 0.5 } },
  HardSwish: { op: "HardSwish", inputs: [draw([8])] },
  Celu: { op: "Celu", inputs: [draw([8])], attrs: { alpha: 1.5 } },
};

describe("math rules agree with ONNX Runtime", () => {
  for (const [name, c] of Object.entries(CASES)) {
    it(name, async () => {
      const bytes = modelOf(c);
      const want = await byRuntime(bytes, c);
      const got = byCompiler(bytes, mathRules, c);
      const within = c.within ?? 2e-5;
      want.forEach(({ shape, values }, k) => {
        expect(got[k].shape).toEqual(shape);
        const off = values.findIndex((v, i) => !(Math.abs(v - got[k].values[i]) <= within * Math.max(1, Math.abs(v))));
        expect(off < 0 ? null : `output ${k}, element ${off}: ${got[k].values[off]}, ONNX Runtime ${values[off]}`).toBeNull();
      });
    });
  }
});

describe("math rules refuse", () => {
  it("axes that are computed, naming the option that fixes them", () => {
    const c: RuntimeCase = { op: "ReduceSum", inputs: [draw([2, 3]), i64(1)] };
    expect(() => byCompiler(modelOf(c), mathRules, c)).toThrow("QC-ONNX-018");
  });
  it("what only training needs", () => {
    const params = [f32([1]), f32([0]), f32([0]), f32([1])];
    const c: RuntimeCase = { op: "BatchNormalization", opset: 9, inputs: [draw([2, 1, 2])], consts: params, outputs: 5 };
    expect(() => byCompiler(modelOf(c), mathRules, c)).toThrow("QC-ONNX-017");
  });
});
