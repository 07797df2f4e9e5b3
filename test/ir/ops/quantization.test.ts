import { describe, expect, it } from "vitest";
import { runKernel } from "../../../src/backends/js/run-kernel.js";
import { difference, drawCase, lowerCase, operandData } from "../../../src/check/draw/op-case.js";
import type { Attrs } from "../../../src/ir/attr/attr.js";
import { createOpRegistry, inferOp } from "../../../src/ir/op/registry.js";
import { numbersOf, type Tensor, tensorOf } from "../../../src/ir/op/tensor.js";
import { mathOps } from "../../../src/ir/ops/groups/math.js";
import { multiplyRoundingOnce, multiplyRoundingTwice, toFixedPoint } from "../../../src/ir/ops/shared/fixed-point.js";
import { perAxis, perTensor } from "../../../src/ir/type/quant.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";

const registry = createOpRegistry();
for (const def of mathOps) registry.add(def, "math");

/** Evaluates one op; typing failures are thrown as their code. */
function run(op: string, inputs: readonly Tensor[], attrs: Attrs = {}): Tensor {
  const def = registry.get(op)!;
  const done = inferOp(
    def,
    inputs.map((t) => t.type),
    attrs,
    (code, message) => {
      throw new Error(`${code} ${message}`);
    },
  );
  return def.eval(inputs, done.attrs as never, done.types)[0];
}
const f32 = (values: readonly number[], shape: readonly number[] = [values.length]) => tensorOf(tensorType("f32", shape), values);
const values = (t: Tensor) => Array.from(numbersOf(t));

describe("quantize and dequantize", () => {
  it("rounds ties to even and saturates (ONNX QuantizeLinear example)", () => {
    const q = run("quantize", [f32([0, 2, 3, 1000, -254, -1000])], { dtype: "u8", scales: [2], zeros: [128] });
    expect(values(q)).toEqual([128, 129, 130, 255, 1, 0]);
    expect(values(run("quantize", [f32([0.5, 1.5, 2.5, -0.5, -1.5])], { dtype: "i8", scales: [1] }))).toEqual([0, 2, 2, 0, -2]);
  });

  it("divides in f32: a quotient just below a tie in double is one in f32", () => {
    const [x, s] = [Math.fround(0.35), Math.fround(0.1)];
    expect(x / s).toBeLessThan(3.5);
    expect(Math.fround(x / s)).toBe(3.5);
    expect(values(run("quantize", [f32([x])], { dtype: "i8", scales: [s] }))).toEqual([4]);
  });

  it("takes a NaN to the least value", () => {
    expect(values(run("quantize", [f32([Number.NaN])], { dtype: "i8", scales: [1] }))).toEqual([-128]);
  });

  it("has parameters per axis and per block (ONNX DequantizeLinear blocked)", () => {
    const q = tensorOf(tensorType("i8", [2, 3], perAxis(0, [0.5, 2], [1, -1])), [1, 3, 5, -1, 0, 1]);
    expect(values(run("dequantize", [q]))).toEqual([0, 1, 2, 0, 2, 4]);
    const blocked = { kind: "block", axis: 1, block: 2, scales: [1, 10, 100, 1000], zeros: [0, 0, 1, 1] } as const;
    const b = tensorOf(tensorType("u8", [2, 3], blocked), [1, 2, 3, 1, 2, 3]);
    expect(values(run("dequantize", [b]))).toEqual([1, 2, 30, 0, 100, 2000]);
  });

  it("refuses wrong parameter counts and operands without parameters", () => {
    expect(() => run("quantize", [f32([1, 2, 3])], { dtype: "i8", scales: [1, 2], axis: 0 })).toThrow("QC-OP-007");
    expect(() => run("quantize", [f32([1])], { dtype: "u8", scales: [1], zeros: [256] })).toThrow("QC-OP-007");
    expect(() => run("dequantize", [tensorOf(tensorType("i8", [1]), [1])])).toThrow("QC-OP-009");
  });
});

describe("requantize", () => {
  const acc = (list: readonly number[], scale: number) => tensorOf(tensorType("i32", [list.length], perTensor(scale)), list);

  it("keeps the three roundings apart where they differ", () => {
    const at = (mode: string) =>
      values(run("requantize", [acc([-6, -2, 2, 6, 10], 0.25)], { dtype: "i8", scale: 1, zero: 0, mode }));
    expect(at("onnx-float")).toEqual([-2, 0, 0, 2, 2]);
    expect(at("tflite-double")).toEqual([-2, -1, 1, 2, 3]);
    expect(at("tflite-single")).toEqual([-1, 0, 1, 2, 3]);
  });

  it("saturates to the type, or to the bounds given", () => {
    const x = acc([-100000, 100000], 0.1);
    expect(values(run("requantize", [x], { dtype: "i8", scale: 1, zero: 3 }))).toEqual([-128, 127]);
    expect(values(run("requantize", [x], { dtype: "i8", scale: 1, lo: -127 }))).toEqual([-127, 127]);
  });

  it("prefers multipliers in double over the scales", () => {
    const m = 0.0003921568789;
    expect(toFixedPoint(m)).not.toEqual(toFixedPoint(Math.fround(m)));
    const x = acc([2 ** 30], 1);
    const attrs = { dtype: "i16", scale: 1, mode: "tflite-double" };
    const [direct] = values(run("requantize", [x], { ...attrs, multipliers: [m / 32] }));
    expect(direct).toBe(multiplyRoundingTwice(2 ** 30, toFixedPoint(m / 32)));
  });

  it("splits a factor as tflite-micro does", () => {
    expect(toFixedPoint(0.5)).toEqual({ multiplier: 2 ** 30, shift: 0 });
    expect(toFixedPoint(1)).toEqual({ multiplier: 2 ** 30, shift: 1 });
    expect(toFixedPoint(0)).toEqual({ multiplier: 0, shift: 0 });
    expect(toFixedPoint(2 ** -40)).toEqual({ multiplier: 0, shift: 0 });
    expect(toFixedPoint(1 - 2 ** -40)).toEqual({ multiplier: 2 ** 30, shift: 1 });
  });

  it("is within one unit of the real product in every mode", () => {
    for (const factor of [0.9, 0.3, 0.0117, 3.7e-4]) {
      const fixed = toFixedPoint(factor);
      for (const x of [-131071, -77, -1, 0, 1, 500, 131071]) {
        expect(Math.abs(multiplyRoundingTwice(x, fixed) - x * factor)).toBeLessThan(1);
        expect(Math.abs(multiplyRoundingOnce(x, fixed) - x * factor)).toBeLessThanOrEqual(0.5001);
      }
    }
  });
});

describe("elementwise ops on quantized operands", () => {
  it("clip and relu act on the grid", () => {
    const q = tensorOf(tensorType("i8", [5], perTensor(0.5, -10)), [-20, -10, -9, 0, 100]);
    const y = run("relu", [q]);
    expect(values(y)).toEqual([-10, -10, -9, 0, 100]);
    expect(y.type.quant).toEqual(perTensor(0.5, -10));
    expect(values(run("clip", [q], { lo: 0, hi: 6 }))).toEqual([-10, -10, -9, 0, 2]);
  });

  it("others ask for a dequantize", () => {
    const q = tensorOf(tensorType("i8", [1], perTensor(0.5)), [1]);
    expect(() => run("add", [q, q])).toThrow(/QC-OP-002.*dequantize/);
    expect(() => run("sigmoid", [q])).toThrow(/QC-OP-002.*dequantize/);
  });

  it("max of one grid is exact, of two grids refused", () => {
    const a = tensorOf(tensorType("u8", [2], perTensor(0.5, 3)), [1, 9]);
    const b = tensorOf(tensorType("u8", [2], perTensor(0.25, 3)), [5, 5]);
    expect(values(run("max", [a, { ...b, type: a.type }]))).toEqual([5, 9]);
    expect(() => run("max", [a, b])).toThrow("QC-OP-002");
  });
});

describe("quantized_softmax", () => {
  it("is within one step of the real softmax", () => {
    const list = Array.from({ length: 1000 }, (_, i) => ((i * 7919) % 256) - 128);
    const q = tensorOf(tensorType("i8", [10, 100], perTensor(0.03, 4)), list);
    const real = values(run("softmax", [run("dequantize", [q])], { axis: 1 }));
    const y = values(run("quantized_softmax", [q], { axis: 1 }));
    const errors = y.map((v, i) => Math.abs(v - Math.min(127, real[i] * 256 - 128)));
    expect(Math.max(...errors)).toBeLessThanOrEqual(0.52);
  });

  it("gives a row of one element the greatest value", () => {
    const q = tensorOf(tensorType("u8", [1], perTensor(0.1)), [7]);
    expect(values(run("quantized_softmax", [q], { axis: 0 }))).toEqual([127]);
  });

  it("is one number on every executor", () => {
    const def = registry.get("quantized_softmax")!;
    const c = drawCase(def, 3);
    const group = lowerCase(def, c, () => false);
    const got = runKernel(group.kernel, operandData(group, c));
    expect(difference(def.eval(c.inputs, c.attrs as never, c.types)[0], got.y0)).toBeNull();
  });
});
