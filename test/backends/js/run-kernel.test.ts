import { describe, expect, it } from "vitest";
import { compileKernel, runKernel } from "../../../src/backends/js/run-kernel.js";
import type { Expr } from "../../../src/ir/loop/expr.js";
import * as make from "../../../src/ir/loop/make.js";
import type { Buffer, Kernel, Stmt } from "../../../src/ir/loop/stmt.js";
import type { DType } from "../../../src/ir/type/dtype.js";

const kernel = (buffers: readonly Buffer[], ...bodies: readonly Stmt[]): Kernel => ({
  name: "k",
  buffers,
  stages: bodies.map((body, i) => ({ name: `s${i}`, body })),
  prepare: [],
});
const buf = (name: string, dtype: DType, shape: readonly number[], role: Buffer["role"]): Buffer => ({
  name,
  dtype,
  shape,
  role,
});
const i = make.variable("i");

/** y[i] = f(x[i]) over the values. */
function map(from: DType, to: DType, values: readonly (number | bigint)[], f: (x: Expr) => Expr): (number | bigint)[] {
  const n = values.length;
  const k = kernel(
    [buf("x", from, [n], "in"), buf("y", to, [n], "out")],
    make.loop("i", n, make.store("y", [i], f(make.load("x", from, [i])))),
  );
  const x =
    from === "i64"
      ? BigInt64Array.from(values as bigint[])
      : from === "f32"
        ? Float32Array.from(values as number[])
        : Int32Array.from(values as number[]);
  return [...(runKernel(k, { x }, { checked: true }).y as Float32Array)];
}

describe("js kernels", () => {
  it("converts floats to integers by truncation with saturation", () => {
    expect(map("f32", "i8", [1.9, -1.9, 300, -300, Number.NaN, Number.POSITIVE_INFINITY], (x) => make.cast("i8", x))).toEqual([
      1, -1, 127, -128, 0, 127,
    ]);
    expect(map("f32", "u32", [-1, 4294967296, 3.5], (x) => make.cast("u32", x))).toEqual([0, 4294967295, 3]);
    expect(map("f32", "i64", [2 ** 63, -(2 ** 63), 1.5], (x) => make.cast("i64", x))).toEqual([
      9223372036854775807n,
      -9223372036854775808n,
      1n,
    ]);
  });

  it("rounds 64-bit integers to float32 once", () => {
    expect(map("i64", "f32", [9007199791611905n, -9007199791611905n], (x) => make.cast("f32", x))).toEqual([
      9007200328482816, -9007200328482816,
    ]);
  });

  it("wraps integer arithmetic", () => {
    expect(map("i32", "i32", [2147483647, 65536], (x) => make.mul(x, x))).toEqual([1, 0]);
    expect(map("i32", "i8", [200, -129], (x) => make.cast("i8", x))).toEqual([-56, 127]);
    expect(map("i64", "i64", [9223372036854775807n], (x) => make.add(x, make.constant("i64", 1)))).toEqual([
      -9223372036854775808n,
    ]);
  });

  it("rounds every float operation to its type", () => {
    const [y] = map("f32", "f32", [0.1], (x) => make.add(make.mul(x, x), make.constant("f32", 0.2)));
    const x = Math.fround(0.1);
    expect(y).toBe(Math.fround(Math.fround(x * x) + Math.fround(0.2)));
  });

  it("picks the second operand of min and max for NaN in the first", () => {
    expect(map("f32", "f32", [Number.NaN], (x) => make.max(x, make.constant("f32", 3)))).toEqual([3]);
    expect(map("f32", "f32", [Number.NaN], (x) => make.max(make.constant("f32", 3), x))).toEqual([Number.NaN]);
  });

  it("rounds half to even, and gemmlowp's high multiplication half away from zero", () => {
    expect(map("f32", "f32", [0.5, 1.5, 2.5, -0.5, -2.5], (x) => make.call("round", [x]))).toEqual([0, 2, 2, -0, -2]);
    expect(
      map("i32", "i32", [-2147483648, 1 << 30, -3], (x) => make.call("mulhi31", [x, make.constant("i32", -2147483648)])),
    ).toEqual([2147483647, -(1 << 30), 3]);
  });

  it("rounds a multiply-add once or twice, as it is told", () => {
    const k = kernel(
      [buf("y", "f32", [1], "out")],
      make.store(
        "y",
        [make.index(0)],
        make.fma(make.constant("f32", 1 + 2 ** -12), make.constant("f32", 1 + 2 ** -12), make.constant("f32", -1 - 2 ** -11)),
      ),
    );
    expect(runKernel(k, {}, { fma: "once" }).y[0]).toBe(2 ** -24);
    expect(runKernel(k, {}, { fma: "twice" }).y[0]).toBe(0);
  });

  it("takes real functions of integers through double, 64 bits included", () => {
    expect(map("i32", "i32", [9, 100], (x) => make.call("sqrt", [x]))).toEqual([3, 10]);
    expect(map("i64", "i64", [9n, 2n ** 60n], (x) => make.call("sqrt", [x]))).toEqual([3n, 2n ** 30n]);
    expect(map("i32", "i32", [0, 25], (x) => make.call("exp", [x]))).toEqual([1, 2147483647]);
    expect(map("i32", "i32", [3, -1], (x) => make.call("pow", [x, make.constant("i32", 35)]))).toEqual([
      Number(BigInt.asIntN(32, 3n ** 35n)),
      -1,
    ]);
  });

  it("runs vectors lane by lane: ramps, splats, pair products, lane-changing bit casts, horizontal reductions", () => {
    const x2 = make.load("x", "i16", [make.ramp(make.index(0), 1, 2)]);
    const pair: Expr = { k: "call", t: "i32", lanes: 1, fn: "bitcast", args: [x2] };
    const pairs: Expr = { k: "call", t: "i16", lanes: 8, fn: "bitcast", args: [make.splat(pair, 4)] };
    const w = make.load("w", "i16", [make.ramp(make.index(0), 1, 8)]);
    const dot: Expr = { k: "call", t: "i32", lanes: 4, fn: "madd", args: [pairs, w] };
    const buffers = [
      buf("x", "i16", [2], "in"),
      buf("w", "i16", [8], "in"),
      buf("y", "i32", [4], "inout"),
      buf("s", "i32", [1], "inout"),
    ];
    const k = kernel(
      buffers,
      make.seq(make.reduce("add", "y", [make.ramp(make.index(0), 1, 4)], dot), make.reduce("add", "s", [make.index(0)], dot)),
    );
    const out = runKernel(
      k,
      { x: Int16Array.of(3, -2), w: Int16Array.of(1, 2, 3, 4, 5, 6, 7, 8), y: Int32Array.of(1, 1, 1, 1), s: Int32Array.of(0) },
      { checked: true },
    );
    expect([...out.y]).toEqual([0, 2, 4, 6]);
    expect([...out.s]).toEqual([-1 + 1 + 3 + 5]);
  });

  it("reads a vector whole before storing over it", () => {
    const at = (o: number) => make.ramp(make.index(o), 1, 3);
    const k = kernel([buf("x", "f32", [4], "inout")], make.store("x", [at(1)], make.load("x", "f32", [at(0)])));
    expect([...runKernel(k, { x: Float32Array.of(1, 2, 3, 4) }).x]).toEqual([1, 1, 2, 3]);
  });

  it("predicates loads and stores", () => {
    const inside = make.bin("lt", i, make.index(2));
    const k = kernel(
      [buf("x", "f32", [2], "in"), buf("y", "f32", [4], "out"), buf("z", "f32", [2], "out")],
      make.loop(
        "i",
        4,
        make.seq(make.store("y", [i], make.load("x", "f32", [i], inside)), make.store("z", [i], make.constant("f32", 5), inside)),
      ),
    );
    const out = runKernel(k, { x: Float32Array.of(7, 8) }, { checked: true });
    expect([...out.y]).toEqual([7, 8, 0, 0]);
    expect([...out.z]).toEqual([5, 5]);
  });

  it("names the buffer of an access out of range, and missing or mistyped buffers", () => {
    const k = kernel(
      [buf("x", "f32", [2], "in"), buf("y", "f32", [4], "out")],
      make.loop("i", 4, make.store("y", [i], make.load("x", "f32", [i]))),
    );
    expect(() => runKernel(k, { x: new Float32Array(2) }, { checked: true })).toThrow(/x\[2\] is outside \[2\]/);
    expect(() => compileKernel(k)({})).toThrow(/QC-JS-001.*'x'/);
    expect(() => runKernel(k, { x: new Int32Array(2) })).toThrow(/QC-JS-003.*Int32Array/);
  });

  it("packs a MobileNet-size weight in well under a second", () => {
    const [K, C] = [1280, 2560];
    const at = (n: string) => make.variable(n);
    const k = kernel(
      [buf("w", "f32", [K, C], "in"), buf("p", "f32", [K / 16, C, 16], "out")],
      make.loop(
        "a",
        K / 16,
        make.loop(
          "c",
          C,
          make.loop(
            "b",
            16,
            make.store(
              "p",
              [at("a"), at("c"), at("b")],
              make.load("w", "f32", [make.add(make.mul(at("a"), make.index(16)), at("b")), at("c")]),
            ),
          ),
        ),
      ),
    );
    const w = new Float32Array(K * C).map((_, n) => n);
    const before = process.cpuUsage();
    const { p } = runKernel(k, { w });
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6, "seconds of processor time").toBeLessThan(2);
    expect(p[(3 * C + 7) * 16 + 5]).toBe((3 * 16 + 5) * C + 7);
  });
});
