import { describe, expect, it } from "vitest";
import type { Attrs } from "../../../src/ir/attr/attr.js";
import { createOpRegistry, inferOp } from "../../../src/ir/op/registry.js";
import { numbersOf, type Tensor, tensorOf } from "../../../src/ir/op/tensor.js";
import { mathOps } from "../../../src/ir/ops/groups/math.js";
import { erf } from "../../../src/ir/ops/shared/erf.js";
import { roundHalfEven } from "../../../src/ir/ops/shared/values.js";
import type { DType } from "../../../src/ir/type/dtype.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";

const registry = createOpRegistry();
for (const def of mathOps) registry.add(def, "math");

function run(op: string, inputs: readonly Tensor[], attrs: Attrs = {}): Tensor {
  const def = registry.get(op)!;
  const types = inputs.map((t) => t.type);
  const done = inferOp(def, types, attrs, (code, message) => {
    throw new Error(`${code} ${message}`);
  });
  return def.eval(inputs, done.attrs as never, done.types)[0];
}
const t = (dtype: DType, values: readonly number[], shape: readonly number[] = [values.length]) =>
  tensorOf(tensorType(dtype, shape), values);
const values = (x: Tensor) => Array.from(numbersOf(x));

describe("NaN", () => {
  const nan = t("f32", [Number.NaN]);
  const one = t("f32", [1]);
  it.each(["relu", "clip", "leaky_relu", "elu", "hard_sigmoid", "hard_swish", "sign", "softplus"])("passes through %s", (op) => {
    expect(values(run(op, [nan], op === "clip" ? { lo: 0, hi: 6 } : {}))).toEqual([Number.NaN]);
  });
  it("wins min and max from either side", () => {
    for (const op of ["min", "max"]) {
      expect(values(run(op, [nan, one]))).toEqual([Number.NaN]);
      expect(values(run(op, [one, nan]))).toEqual([Number.NaN]);
    }
  });
  it("equals nothing", () => expect(values(run("eq", [nan, nan]))).toEqual([0]));
});

describe("integers", () => {
  it("wrap, and are exact in 64 bits", () => {
    expect(values(run("add", [t("i8", [127]), t("i8", [1])]))).toEqual([-128]);
    expect(values(run("mul", [t("i32", [65537]), t("i32", [65537])]))).toEqual([131073]);
    const big = { type: tensorType("i64", [1]), data: BigInt64Array.of(2n ** 62n + 1n) };
    expect(run("sub", [big, t("i64", [1])]).data).toEqual(BigInt64Array.of(2n ** 62n));
  });
  it("divide toward zero; mod takes the sign of the divisor, fmod of the dividend", () => {
    const [a, b] = [t("i32", [-7, 7, -7]), t("i32", [2, -2, -2])];
    expect(values(run("div", [a, b]))).toEqual([-3, -3, 3]);
    expect(values(run("mod", [a, b]))).toEqual([1, -1, -1]);
    expect(values(run("mod", [a, b], { fmod: true }))).toEqual([-1, 1, -1]);
  });
  it("shift every bit out beyond their width", () => {
    expect(values(run("shl", [t("u8", [255, 255]), t("u8", [4, 8])]))).toEqual([240, 0]);
    expect(values(run("shr", [t("i8", [-128, 64]), t("i8", [7, 100])]))).toEqual([-1, 0]);
  });
});

describe("cast", () => {
  const cast = (from: DType, v: number, to: DType) => values(run("cast", [t(from, [v])], { to }))[0];
  it("truncates and saturates floats, wraps integers", () => {
    expect(cast("f32", -1.9, "i32")).toBe(-1);
    expect(cast("f32", 300, "u8")).toBe(255);
    expect(cast("f32", Number.NaN, "i16")).toBe(0);
    expect(cast("f32", 1e30, "i64")).toBe(2 ** 63);
    expect(cast("i32", 300, "u8")).toBe(44);
    expect(cast("f32", -9, "i4")).toBe(7);
    expect(cast("f32", 0.25, "bool")).toBe(1);
  });
  it("rounds a 64-bit integer to f32 once", () => {
    const x = { type: tensorType("i64", [1]), data: BigInt64Array.of(2n ** 60n + 2n ** 36n + 1n) };
    expect(values(run("cast", [x], { to: "f32" }))).toEqual([2 ** 60 + 2 ** 37]);
  });
});

describe("broadcasting", () => {
  it("follows NumPy, and prelu's slope its operand alone", () => {
    expect(values(run("add", [t("f32", [1, 2], [2, 1]), t("f32", [10, 20, 30])]))).toEqual([11, 21, 31, 12, 22, 32]);
    expect(() => run("add", [t("f32", [1, 2]), t("f32", [1, 2, 3])])).toThrow("QC-OP-004");
    expect(() => run("prelu", [t("f32", [1]), t("f32", [1, 2])])).toThrow("QC-OP-004");
  });
  it("refuses mixed element types", () => expect(() => run("add", [t("f32", [1]), t("i32", [1])])).toThrow("QC-OP-003"));
});

describe("number helpers", () => {
  it("rounds half to even and keeps the sign of zero", () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 3.2].map(roundHalfEven)).toEqual([0, 2, 2, -0, -2, -2, 3]);
  });
  it("erf agrees with tabulated values (Abramowitz and Stegun, table 7.1)", () => {
    const table = [
      [0.5, 0.5204998778],
      [1, 0.8427007929],
      [2, 0.995322265],
      [3, 0.999977909503],
    ] as const;
    for (const [x, y] of table) {
      expect(erf(x)).toBeCloseTo(y, 9);
      expect(erf(-x)).toBe(-erf(x));
    }
  });
});

describe("reductions", () => {
  it("without axes work on every element alone", () => {
    expect(values(run("reduce_l1", [t("f32", [-1, 2])], { axes: [] }))).toEqual([1, 2]);
  });
  it("log_sum_exp of -infinity is -infinity, of large values finite", () => {
    expect(values(run("reduce_log_sum_exp", [t("f32", [-Infinity, -Infinity])], { axes: [0] }))).toEqual([-Infinity]);
    expect(values(run("reduce_log_sum_exp", [t("f32", [1000, 1000])], { axes: [0] }))[0]).toBeCloseTo(1000.6931, 3);
  });
  it("of bool are any and all", () => {
    expect(values(run("reduce_max", [t("bool", [0, 1])], { axes: [0] }))).toEqual([1]);
    expect(values(run("reduce_min", [t("bool", [0, 1])], { axes: [0] }))).toEqual([0]);
  });
  it("argmax finds the first or the last of equals", () => {
    const x = t("f32", [1, 3, 3, 2]);
    expect(values(run("argmax", [x], { axis: 0 }))).toEqual([1]);
    expect(values(run("argmax", [x], { axis: 0, select_last: true }))).toEqual([2]);
  });
});
