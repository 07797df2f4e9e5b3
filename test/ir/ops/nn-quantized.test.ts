/** Hand-checked values of the integer forms, and the typing rules that keep them exact. */
import { describe, expect, it } from "vitest";
import type { AttrSchema, Attrs } from "../../../src/ir/attr/attr.js";
import type { OpDef } from "../../../src/ir/op/define.js";
import { inferOp } from "../../../src/ir/op/registry.js";
import { numbersOf, type Tensor, tensorOf } from "../../../src/ir/op/tensor.js";
import { avgPool } from "../../../src/ir/ops/avg-pool.js";
import { conv } from "../../../src/ir/ops/conv.js";
import { convTranspose } from "../../../src/ir/ops/conv-transpose.js";
import { dense } from "../../../src/ir/ops/dense.js";
import { matmul } from "../../../src/ir/ops/matmul.js";
import { maxPool } from "../../../src/ir/ops/max-pool.js";
import { resize } from "../../../src/ir/ops/resize.js";
import type { DType } from "../../../src/ir/type/dtype.js";
import { perAxis, perTensor, type Quant } from "../../../src/ir/type/quant.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";

const tensor = (dtype: DType, shape: readonly number[], values: readonly number[], quant: Quant | null = null): Tensor =>
  tensorOf(tensorType(dtype, shape, quant), values);

function infer(def: OpDef, inputs: readonly (Tensor | null)[], attrs: Attrs) {
  return inferOp(
    def,
    inputs.map((t) => t?.type ?? null),
    attrs,
    (code) => {
      throw new Error(code);
    },
  );
}

function apply<S extends AttrSchema>(op: OpDef<S>, inputs: readonly (Tensor | null)[], attrs: Attrs): Tensor {
  const def = op as unknown as OpDef;
  const { types, attrs: all } = infer(def, inputs, attrs);
  return def.eval(inputs, all as never, types)[0];
}

const line = { strides: [1], dilations: [1], layout: "channels_first" };

describe("integer contractions", () => {
  it("conv: padding is real zero, whatever the zero point", () => {
    const x = tensor("u8", [1, 1, 3], [10, 12, 14], perTensor(0.5, 10));
    const w = tensor("i8", [1, 1, 3], [1, 2, 3], perTensor(0.25, 1));
    // (x - 10) = 0 2 4, (w - 1) = 0 1 2; bias 100
    const y = apply(conv, [x, w, tensor("i32", [1], [100])], { ...line, pads: [1, 1] });
    expect([...numbersOf(y)]).toEqual([104, 110, 104]);
    expect(y.type).toBe(tensorType("i32", [1, 1, 3], perTensor(0.125)));
  });

  it("conv: per-channel weights give a per-channel result along the channel axis of the layout", () => {
    const x = tensor("i8", [1, 2, 1], [3, 5], perTensor(0.5, 1));
    const w = tensor("i8", [2, 1, 1], [2, 2], perAxis(0, [0.5, 0.25], [0, 1]));
    const y = apply(conv, [x, w], { ...line, pads: [0, 0], layout: "channels_last" });
    expect([...numbersOf(y)]).toEqual([4, 2, 8, 4]);
    expect(y.type.quant).toEqual(perAxis(2, [0.25, 0.125]));
  });

  it("conv: a 64-bit bias widens the sums", () => {
    const x = tensor("i16", [1, 2, 1], [32767, 32767]);
    const w = tensor("i8", [1, 2, 1], [127, 127]);
    const y = apply(conv, [x, w, tensor("i64", [1], [2 ** 40])], { ...line, pads: [0, 0] });
    expect([y.type.dtype, ...numbersOf(y)]).toEqual(["i64", 2 ** 40 + 2 * 32767 * 127]);
  });

  it("conv_transpose: zero points, stride, no scatter outside", () => {
    const x = tensor("u8", [1, 1, 2], [3, 4], perTensor(1, 2));
    const w = tensor("i8", [1, 1, 3], [1, 2, 3]);
    const y = apply(convTranspose, [x, w], { ...line, strides: [2], pads: [1, 0], output_padding: [1] });
    // (x - 2) = 1 2 at 0 and 2, kernel 1 2 3: 1 2 (3 + 2) 4 6 0, less the first
    expect([...numbersOf(y)]).toEqual([2, 5, 4, 6, 0]);
    expect(y.type.quant).toBeNull();
  });

  it("dense and matmul: zero points of rows and columns", () => {
    const x = tensor("u8", [1, 2], [5, 7], perTensor(0.5, 4));
    const w = tensor("i8", [2, 2], [1, 2, 3, 4], perAxis(0, [1, 2], [1, 0]));
    expect([...numbersOf(apply(dense, [x, w], {}))]).toEqual([3, 15]);
    const b = tensor("i8", [2, 2], [1, 2, 3, 4], perAxis(1, [1, 2], [1, 0]));
    const y = apply(matmul, [x, b], {});
    expect([...numbersOf(y)]).toEqual([6, 14]);
    expect(y.type.quant).toEqual(perAxis(1, [0.5, 1]));
  });

  it("matmul of 64-bit integers is exact", () => {
    const big = 2 ** 52 + 1;
    const y = apply(matmul, [tensor("i64", [1, 2], [big, 3]), tensor("i64", [2, 1], [3, 5])], {});
    expect(y.data).toEqual(BigInt64Array.of(BigInt(big) * 3n + 15n));
  });

  it("refuses what has no exact meaning", () => {
    const x = tensor("f32", [1, 2], [1, 2]);
    expect(() => apply(dense, [x, tensor("i8", [1, 2], [1, 2])], {})).toThrow("QC-NN-010");
    const perRow = tensor("i8", [2, 2], [1, 2, 3, 4], perAxis(0, [1, 2]));
    expect(() => apply(matmul, [perRow, perRow], {})).toThrow("QC-NN-032");
    const i8 = tensor("i8", [1, 2], [1, 2], perTensor(1));
    expect(() => apply(dense, [i8, perRow, tensor("f32", [2], [0, 0])], {})).toThrow("QC-NN-011");
    expect(() => apply(conv, [x, x], { ...line, pads: [0, 0] })).toThrow("QC-NN-006");
  });
});

describe("integer pools and resampling keep the grid", () => {
  const pool = { kernel: [2], strides: [2], pads: [0, 0], dilations: [1], layout: "channels_first" };

  it("avg_pool rounds half to even around the zero point and saturates", () => {
    const x = tensor("i8", [1, 1, 6], [11, 12, 13, 14, 127, 127], perTensor(0.1, 10));
    // sums less the zero point: 3, 7, 234; halves 1.5 and 3.5 go to 2 and 4
    const y = apply(avgPool, [x], pool);
    expect([...numbersOf(y)]).toEqual([12, 14, 127]);
    expect(y.type.quant).toEqual(perTensor(0.1, 10));
  });

  it("avg_pool counts the padding only where asked, and as real zero", () => {
    const x = tensor("u8", [1, 1, 2], [30, 50], perTensor(1, 10));
    const padded = { ...pool, pads: [1, 1], strides: [1] };
    expect([...numbersOf(apply(avgPool, [x], padded))]).toEqual([30, 40, 50]);
    expect([...numbersOf(apply(avgPool, [x], { ...padded, count_include_pad: true }))]).toEqual([20, 40, 30]);
  });

  it("max_pool ignores padding below the zero point", () => {
    const x = tensor("i8", [1, 1, 2], [-100, -90], perTensor(1, -50));
    const y = apply(maxPool, [x], { ...pool, pads: [1, 1], strides: [1] });
    expect([...numbersOf(y)]).toEqual([-100, -90, -90]);
  });

  it("resize: quantized elements round half to even, plain ones toward zero", () => {
    const attrs = { shape: [4], scales: [2], mode: "linear", coordinates: "align_corners" };
    const values = [0, 5];
    const quantized = apply(resize, [tensor("u8", [2], values, perTensor(1))], attrs);
    expect([...numbersOf(quantized)]).toEqual([0, 2, 3, 5]);
    expect([...numbersOf(apply(resize, [tensor("u8", [2], values)], attrs))]).toEqual([0, 1, 3, 5]);
  });
});
