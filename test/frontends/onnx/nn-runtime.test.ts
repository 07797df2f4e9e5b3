/** Neural-network rules against ONNX Runtime: com.microsoft operators and what the conformance cases leave out. */
import { describe, expect, it } from "vitest";
import { nnRules } from "../../../src/frontends/onnx/rules/nn.js";
import { createGen } from "../../../src/ir/op/sample.js";
import { type Tensor, tensorOf } from "../../../src/ir/op/tensor.js";
import type { DType } from "../../../src/ir/type/dtype.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { byCompiler, byRuntime, modelOf, type RuntimeCase } from "./runtime-case.js";

const g = createGen(11);
const draw = (...shape: number[]): Tensor => g.tensor({ shape, min: -1, max: 1 });
const bytes = (dtype: DType, ...shape: number[]): Tensor => g.tensor({ dtype, shape, min: dtype === "u8" ? 0 : -127, max: 127 });
const of = (dtype: DType, ...values: number[]): Tensor => tensorOf(tensorType(dtype, [values.length]), values);
const scalar = (dtype: DType, v: number): Tensor => tensorOf(tensorType(dtype, []), [v]);
const f = (v: number): Tensor => scalar("f32", v);

const CASES: Readonly<Record<string, RuntimeCase>> = {
  "Conv 1-D, SAME_LOWER": {
    op: "Conv",
    inputs: [draw(2, 3, 7), draw(4, 3, 4), draw(4)],
    attrs: { auto_pad: "SAME_LOWER", strides: [2] },
  },
  "Conv 2-D, groups, dilations": {
    op: "Conv",
    inputs: [draw(1, 4, 9, 8), draw(6, 2, 3, 2)],
    attrs: { group: 2, dilations: [2, 3], pads: [1, 0, 2, 3], strides: [2, 1] },
  },
  "Conv 3-D, depthwise": {
    op: "Conv",
    inputs: [draw(1, 3, 4, 5, 4), draw(3, 1, 2, 3, 2)],
    attrs: { group: 3, pads: [1, 1, 0, 0, 1, 1] },
  },
  "ConvTranspose, groups": {
    op: "ConvTranspose",
    inputs: [draw(1, 4, 3, 4), draw(4, 3, 3, 2), draw(6)],
    attrs: { group: 2, strides: [2, 3], pads: [1, 0, 0, 1], output_padding: [1, 0], dilations: [2, 1] },
  },
  "ConvTranspose, SAME_UPPER": {
    op: "ConvTranspose",
    inputs: [draw(1, 2, 3, 3), draw(2, 1, 4, 4)],
    attrs: { auto_pad: "SAME_UPPER", strides: [2, 2] },
  },
  "ConvTranspose, output_shape": {
    op: "ConvTranspose",
    inputs: [draw(1, 2, 3, 3), draw(2, 1, 4, 4)],
    attrs: { output_shape: [7, 6], strides: [2, 2] },
  },
  "MaxPool, Indices": {
    op: "MaxPool",
    inputs: [draw(2, 2, 6, 7)],
    outputs: 2,
    attrs: { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1] },
  },
  "MaxPool, column-major Indices": {
    op: "MaxPool",
    inputs: [draw(2, 2, 6, 7)],
    outputs: 2,
    attrs: { kernel_shape: [3, 2], strides: [2, 1], storage_order: 1 },
  },
  "MaxPool of u8, ceil, dilations": {
    op: "MaxPool",
    inputs: [bytes("u8", 1, 2, 8, 8)],
    attrs: { kernel_shape: [2, 3], strides: [3, 2], dilations: [2, 1], ceil_mode: 1 },
  },
  "AveragePool with padding counted": {
    op: "AveragePool",
    opset: 19,
    inputs: [draw(1, 2, 7, 6)],
    attrs: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1, count_include_pad: 1 },
  },
  "LpPool, p 3": { op: "LpPool", opset: 18, inputs: [draw(1, 2, 6)], attrs: { kernel_shape: [3], strides: [2], p: 3 } },
  GlobalLpPool: { op: "GlobalLpPool", inputs: [draw(1, 2, 3, 4)], attrs: { p: 1 } },
  "Gemm, alpha, beta, column addend": {
    op: "Gemm",
    inputs: [draw(4, 3)],
    consts: [draw(4, 5), draw(3, 1)],
    attrs: { transA: 1, alpha: 0.5, beta: 1.5 },
  },
  "Gemm, scalar addend": { op: "Gemm", inputs: [draw(3, 4)], consts: [draw(5, 4), f(0.3)], attrs: { transB: 1, beta: 0.5 } },
  "MatMulInteger, zeros per column at run time": {
    op: "MatMulInteger",
    inputs: [bytes("u8", 3, 4), bytes("i8", 4, 5), scalar("u8", 7), of("i8", 1, -2, 3, -4, 5)],
  },
  "MatMulInteger, zeros per column": {
    op: "MatMulInteger",
    inputs: [bytes("u8", 2, 3, 4)],
    consts: [bytes("i8", 4, 5), scalar("u8", 7), of("i8", 1, -2, 3, -4, 5)],
  },
  "ConvInteger, zero at run time": {
    op: "ConvInteger",
    inputs: [bytes("u8", 1, 2, 5, 5), bytes("u8", 3, 2, 3, 3), scalar("u8", 9)],
    attrs: { pads: [1, 1, 1, 1] },
  },
  "QLinearConv per channel": {
    op: "QLinearConv",
    inputs: [bytes("u8", 1, 2, 5, 5)],
    consts: [
      f(0.03),
      scalar("u8", 120),
      bytes("i8", 3, 2, 3, 3),
      of("f32", 0.01, 0.02, 0.015),
      of("i8", 0, 0, 0),
      f(0.05),
      scalar("u8", 128),
      g.tensor({ dtype: "i32", shape: [3], min: -900, max: 900 }),
    ],
    attrs: { pads: [1, 1, 1, 1], strides: [2, 2] },
  },
  "QLinearMatMul per column": {
    op: "QLinearMatMul",
    inputs: [bytes("u8", 3, 4)],
    consts: [
      f(0.03),
      scalar("u8", 120),
      bytes("i8", 4, 3),
      of("f32", 0.01, 0.02, 0.015),
      of("i8", 0, 0, 0),
      f(0.02),
      scalar("u8", 128),
    ],
  },
  QGemm: {
    op: "com.microsoft::QGemm",
    inputs: [bytes("u8", 3, 4)],
    consts: [
      f(0.03),
      scalar("u8", 120),
      bytes("i8", 5, 4),
      f(0.02),
      scalar("i8", 0),
      g.tensor({ dtype: "i32", shape: [5], min: -900, max: 900 }),
      f(0.04),
      scalar("u8", 100),
    ],
    attrs: { transB: 1, alpha: { float: 1 } },
  },
  "QGemm to float": {
    op: "com.microsoft::QGemm",
    inputs: [bytes("u8", 3, 4)],
    consts: [
      f(0.03),
      scalar("u8", 120),
      bytes("i8", 4, 5),
      f(0.02),
      scalar("i8", 0),
      g.tensor({ dtype: "i32", shape: [5], min: -900, max: 900 }),
    ],
    attrs: { alpha: { float: 1 } },
  },
  "QLinearAveragePool, equal grids": {
    op: "com.microsoft::QLinearAveragePool",
    inputs: [bytes("u8", 1, 2, 6, 6)],
    consts: [f(0.03), scalar("u8", 7), f(0.03), scalar("u8", 7)],
    attrs: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  },
  "QLinearAveragePool, channels last": {
    op: "com.microsoft::QLinearAveragePool",
    inputs: [bytes("u8", 1, 6, 6, 2)],
    consts: [f(0.03), scalar("u8", 7), f(0.05), scalar("u8", 17)],
    attrs: { kernel_shape: [2, 2], strides: [2, 2], channels_last: 1 },
  },
  QLinearGlobalAveragePool: {
    op: "com.microsoft::QLinearGlobalAveragePool",
    inputs: [bytes("u8", 2, 3, 5, 5)],
    consts: [f(0.03), scalar("u8", 7), f(0.011), scalar("u8", 17)],
    attrs: { channels_last: 0 },
  },
  "QLinearGlobalAveragePool, channels last": {
    op: "com.microsoft::QLinearGlobalAveragePool",
    inputs: [bytes("i8", 2, 5, 5, 3)],
    consts: [f(0.03), scalar("i8", 7), f(0.011), scalar("i8", 1)],
    attrs: { channels_last: 1 },
  },
  FusedConv: {
    op: "com.microsoft::FusedConv",
    inputs: [draw(1, 2, 5, 5)],
    consts: [draw(3, 2, 3, 3), draw(3)],
    attrs: { activation: "Relu" },
  },
  FusedMatMul: {
    op: "com.microsoft::FusedMatMul",
    inputs: [draw(2, 4, 3), draw(2, 5, 4)],
    attrs: { transA: 1, transB: 1, alpha: 0.25 },
  },
  "Upsample-9, linear": {
    op: "Upsample",
    opset: 9,
    inputs: [draw(1, 2, 3, 4)],
    consts: [of("f32", 1, 1, 2, 3)],
    attrs: { mode: "linear" },
  },
  "Resize-10": {
    op: "Resize",
    opset: 10,
    inputs: [draw(1, 2, 5, 4)],
    consts: [of("f32", 1, 1, 0.6, 2.5)],
    attrs: { mode: "nearest" },
  },
  "Resize, linear, align_corners, 3-D": {
    op: "Resize",
    inputs: [draw(1, 1, 3, 4, 3)],
    consts: [null, null, of("i64", 1, 1, 5, 7, 4)],
    attrs: { mode: "linear", coordinate_transformation_mode: "align_corners" },
  },
  "LSTM, both directions, lengths, peepholes, clip": {
    op: "LSTM",
    inputs: [draw(5, 3, 4)],
    consts: [draw(2, 12, 4), draw(2, 12, 3), draw(2, 24), of("i32", 5, 2, 3), draw(2, 3, 3), draw(2, 3, 3), draw(2, 9)],
    outputs: 3,
    attrs: { hidden_size: 3, direction: "bidirectional", clip: 0.9 },
  },
  "LSTM, other activations": {
    op: "LSTM",
    inputs: [draw(4, 2, 4)],
    consts: [draw(1, 12, 4), draw(1, 12, 3)],
    outputs: 3,
    attrs: { hidden_size: 3, direction: "reverse", activations: ["HardSigmoid", "Relu", "Softsign"] },
  },
  "GRU, both directions, linear before reset": {
    op: "GRU",
    inputs: [draw(4, 2, 4)],
    consts: [draw(2, 9, 4), draw(2, 9, 3), draw(2, 18), of("i32", 4, 3), draw(2, 2, 3)],
    outputs: 2,
    attrs: { hidden_size: 3, direction: "bidirectional", linear_before_reset: 1 },
  },
  "RNN, reverse": {
    op: "RNN",
    inputs: [draw(4, 2, 4)],
    consts: [draw(1, 3, 4), draw(1, 3, 3), draw(1, 6), of("i32", 2, 4)],
    outputs: 2,
    attrs: { hidden_size: 3, direction: "reverse", activations: ["Relu"] },
  },
  "GridSample, reflection, cubic": {
    op: "GridSample",
    opset: 20,
    inputs: [draw(1, 2, 4, 5), g.tensor({ shape: [1, 3, 3, 2], min: -1.5, max: 1.5 })],
    attrs: { mode: "cubic", padding_mode: "reflection", align_corners: 1 },
  },
};

describe("neural-network rules agree with ONNX Runtime", () => {
  for (const [name, c] of Object.entries(CASES)) {
    it(name, async () => {
      const model = modelOf(c);
      const want = await byRuntime(model, c);
      const got = byCompiler(model, nnRules, c);
      expect(got.map((r) => r.shape)).toEqual(want.map((r) => r.shape));
      want.forEach(({ values }, k) => {
        const within = c.within ?? 2e-6;
        const far = values.findIndex((v, i) => !(Math.abs(v - got[k].values[i]) <= within * Math.max(1, Math.abs(v))));
        expect(far < 0 ? null : { result: k, at: far, want: values[far], got: got[k].values[far] }).toBeNull();
      });
    });
  }
});
