import { describe, expect, it } from "vitest";
import { runKernel } from "../../../src/backends/js/run-kernel.js";
import type { BinOp, Expr, UnaryFn } from "../../../src/ir/loop/expr.js";
import * as make from "../../../src/ir/loop/make.js";
import type { Buffer, Kernel, ReduceOp, Stmt } from "../../../src/ir/loop/stmt.js";
import { emptyData, numbersOf, type TypedArray } from "../../../src/ir/op/tensor.js";
import { DTYPES, type DType, dtypeInfo, isFloat } from "../../../src/ir/type/dtype.js";
import { numElements, tensorType } from "../../../src/ir/type/tensor-type.js";
import { f64ToBf16, f64ToF16 } from "../../../src/support/half.js";
import { buildNative, openNative } from "./native.js";

interface Case {
  readonly name: string;
  readonly kernel: Kernel;
  readonly data: Readonly<Record<string, TypedArray>>;
}

const LANES = 8;
const i = make.variable("i");
const buf = (name: string, dtype: DType, shape: readonly number[], role: Buffer["role"]): Buffer => ({
  name,
  dtype,
  shape,
  role,
});
const kernelOf = (buffers: readonly Buffer[], ...bodies: readonly Stmt[]): Kernel => ({
  name: "k",
  buffers,
  stages: bodies.map((body, n) => ({ name: `s${n}`, body })),
  prepare: [],
});
const unroll = (name: string, extent: number, body: Stmt): Stmt => ({ k: "for", name, extent, kind: "unroll", body });

/** Numbers of every kind that matters to a type: ends, neighbours of ends, ties, halves, specials. */
function values(t: DType): readonly (number | bigint)[] {
  const { min, max, bits } = dtypeInfo(t);
  if (t === "bool") return [0, 1];
  if (t === "i64") return [0n, 1n, -1n, 7n, -7n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, -(2n ** 40n) + 3n, 63n, 64n];
  if (t === "u64") return [0n, 1n, 7n, 2n ** 64n - 1n, 2n ** 63n, 2n ** 53n + 1n, 63n, 64n, 65n];
  if (!isFloat(t)) return [0, 1, 2, 3, 7, min, max, min + 1, max - 1, ...(min < 0 ? [-1, -2, -7] : []), bits - 1].map(Math.trunc);
  return [
    ...[
      0, -0, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 0.49999997, 1, -1, 3.7, -3.7, 127.5, 128, 200.4, 255.5, -128.6, -300, 32767.5,
      65535.9,
    ],
    ...[
      1e-8, -1e-8, 65520, 65519, 1e-40, 2147483520, 2147483648, -2147483904, 4294967296, 9.3e18, -9.3e18, 1.9e19, 8388609,
      4503599627370497,
    ],
    ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 7.5, 8.5, -8.5, 15.5],
  ];
}

/** `count` elements that cycle through the values of a type. */
function dataOf(t: DType, count: number, step = 1): TypedArray {
  const list = values(t);
  const out = emptyData(t, count);
  for (let k = 0; k < count; k++) {
    const v = list[(k * step + Math.floor((k * step) / list.length)) % list.length];
    out[k] = (t === "f16" ? f64ToF16(Number(v)) : t === "bf16" ? f64ToBf16(Number(v)) : v) as never;
  }
  return out;
}

/** y[i] = f(x[i], z[i]) lane by lane and in vectors. */
function mapCases(name: string, from: DType, to: DType, f: (x: Expr, z: Expr) => Expr, step = 3): Case[] {
  const count = values(from).length ** 2;
  const n = Math.ceil(count / LANES) * LANES;
  return [1, LANES].map((lanes) => {
    const at = lanes === 1 ? i : make.ramp(make.mul(i, make.index(lanes)), 1, lanes);
    const value = f(make.load("x", from, [at]), make.load("z", from, [at]));
    return {
      name: `${name}, ${from} to ${to}, ${lanes} lanes`,
      kernel: kernelOf(
        [buf("x", from, [n], "in"), buf("z", from, [n], "in"), buf("y", to, [n], "out")],
        make.loop("i", n / lanes, make.store("y", [at], value)),
      ),
      data: { x: dataOf(from, n), z: dataOf(from, n, step) },
    };
  });
}

const BINARY: readonly BinOp[] = ["add", "sub", "mul", "div", "mod", "min", "max", "eq", "ne", "lt", "le", "gt", "ge"];
const BITWISE: readonly BinOp[] = ["and", "or", "xor", "shl", "shr"];
const ROUNDING: readonly UnaryFn[] = ["neg", "abs", "floor", "ceil", "trunc", "round", "sqrt", "isnan", "isinf"];

const resultType = (op: string, t: DType): DType =>
  ["eq", "ne", "lt", "le", "gt", "ge", "isnan", "isinf"].includes(op) ? "bool" : t;
/** Shifts by amounts within the type: JavaScript's big integers know no others. */
const amount = (op: BinOp, z: Expr, t: DType): Expr =>
  op === "shl" || op === "shr" ? make.and(z, make.constant(t, dtypeInfo(t).bits - 1)) : z;

const arithmetic: Case[] = DTYPES.flatMap((t) => {
  if (t === "bool")
    return (["and", "or", "xor", "eq", "min", "max"] as const).flatMap((op) => mapCases(op, t, t, (x, z) => make.bin(op, x, z)));
  const binary = BINARY.flatMap((op) => mapCases(op, t, resultType(op, t), (x, z) => make.bin(op, x, z)));
  if (isFloat(t)) return [...binary, ...ROUNDING.flatMap((fn) => mapCases(fn, t, resultType(fn, t), (x) => make.call(fn, [x])))];
  const bitwise = BITWISE.flatMap((op) => mapCases(op, t, t, (x, z) => make.bin(op, x, amount(op, z, t))));
  return [
    ...binary,
    ...bitwise,
    ...(["neg", "abs", "not"] as const).flatMap((fn) => mapCases(fn, t, t, (x) => make.call(fn, [x]))),
  ];
});

const casts: Case[] = DTYPES.flatMap((from) => DTYPES.flatMap((to) => mapCases("cast", from, to, (x) => make.cast(to, x))));

const special: Case[] = [
  ...mapCases("mulhi31", "i32", "i32", (x, z) => make.call("mulhi31", [x, z])),
  ...mapCases("bitcast", "f32", "i32", (x) => make.bitcast("i32", x)),
  ...mapCases("select", "f32", "f32", (x, z) => make.select(make.bin("lt", x, z), x, make.constant("f32", 2))),
  ...mapCases("division by constants", "i32", "i32", (x) =>
    make.add(make.div(x, make.constant("i32", -7)), make.bin("mod", x, make.constant("i32", 12))),
  ),
];

const c = make.index;
const ramp = (base: Expr, stride = 1): Expr => make.ramp(base, stride, LANES);

/** Every way of reaching memory: (name, buffers' sizes, body). */
function accessCases(t: DType): Case[] {
  const [n, m] = [24, 40];
  const x = (at: Expr, pred: Expr | null = null): Expr => make.load("x", t, [at], pred);
  const lanes = (base: number): Expr => ramp(make.add(make.mul(i, c(LANES)), c(base)));
  const off = (base: Expr, by: number): Expr => make.sub(base, c(by));
  const inside = (at: Expr): Expr =>
    make.and(make.bin("ge", at, make.splat(c(0), at.lanes)), make.bin("lt", at, make.splat(c(m), at.lanes)));
  const write = (value: Expr, at: Expr = lanes(0), pred: Expr | null = null): Stmt =>
    make.loop("i", n / LANES, make.store("y", [at], value, pred));
  const byTable = make.cast("index", make.load("p", "u8", [lanes(0)]));
  const bodies: readonly (readonly [string, Stmt])[] = [
    ["run", write(x(lanes(5)))],
    ["reversed", write(x(ramp(make.sub(c(m - 1), make.mul(i, c(LANES))), -1)))],
    ["reversed store", write(x(lanes(0)), ramp(make.sub(c(n - 1), make.mul(i, c(LANES))), -1))],
    ["stride 0", write(x(ramp(i, 0)))],
    ["stride 3", write(x(ramp(i, 3)))],
    ["gather", write(x(byTable))],
    [
      "scatter",
      make.loop(
        "i",
        n / LANES,
        make.store("y", [make.bin("mod", make.mul(lanes(0), make.splat(c(5), LANES)), make.splat(c(n), LANES))], x(lanes(1))),
      ),
    ],
    ["masked run", write(x(off(lanes(0), 3), inside(off(lanes(0), 3))))],
    [
      "masked reversed",
      write(x(ramp(make.sub(c(20), make.mul(i, c(LANES))), -1), inside(ramp(make.sub(c(20), make.mul(i, c(LANES))), -1)))),
    ],
    ["masked same", write(x(ramp(off(i, 1), 0), make.bin("gt", lanes(0), make.splat(c(10), LANES))))],
    ["masked gather", write(x(off(byTable, 4), inside(off(byTable, 4))))],
    ["scalar predicate on a run", write(x(lanes(4), make.splat(make.bin("gt", i, c(0)), LANES)))],
    ["scalar predicate", make.loop("i", n, make.store("y", [i], x(off(i, 4), inside(off(i, 4)))))],
    ["masked store", write(x(lanes(0)), lanes(0), make.bin("lt", lanes(0), make.splat(c(13), LANES)))],
    [
      "masked strided store",
      make.loop("i", 2, make.store("y", [ramp(i, 2)], x(lanes(0)), make.bin("lt", ramp(i, 1), make.splat(c(6), LANES)))),
    ],
    ["guarded store", make.loop("i", n, make.store("y", [i], x(i), make.bin("lt", make.bin("mod", i, c(5)), c(2))))],
    [
      "if",
      make.loop(
        "i",
        n,
        make.ifThen(
          make.bin("lt", i, c(9)),
          make.store("y", [i], x(make.add(i, c(3)))),
          make.store("y", [i], x(make.div(i, c(2)))),
        ),
      ),
    ],
    [
      "let",
      make.loop(
        "i",
        n / LANES,
        make.letIn(
          "v",
          x(lanes(2)),
          make.letIn("at", make.mul(i, c(LANES)), make.store("y", [ramp(make.variable("at"))], make.variable("v", t, LANES))),
        ),
      ),
    ],
    [
      "local",
      make.loop("i", n / LANES, {
        k: "alloc",
        buffer: buf("l", t, [2, LANES], "local"),
        body: make.seq(
          unroll(
            "u",
            2,
            make.store("l", [make.variable("u"), ramp(c(0))], x(ramp(make.add(make.mul(i, c(LANES)), make.variable("u"))))),
          ),
          make.loop(
            "j",
            LANES,
            make.store(
              "y",
              [make.add(make.mul(i, c(LANES)), make.variable("j"))],
              make.load("l", t, [make.bin("mod", make.variable("j"), c(2)), make.variable("j")]),
            ),
          ),
        ),
      }),
    ],
    [
      "several dimensions",
      make.loop(
        "i",
        n,
        make.store(
          "y",
          [i],
          make.load("w", t, [make.div(i, c(8)), make.bin("mod", make.div(i, c(4)), c(2)), make.bin("mod", i, c(4))]),
        ),
      ),
    ],
  ];
  return bodies.map(([name, body]) => ({
    name: `${name}, ${t}`,
    kernel: kernelOf(
      [buf("x", t, [m], "in"), buf("w", t, [5, 2, 4], "in"), buf("p", "u8", [n], "in"), buf("y", t, [n], "inout")],
      body,
    ),
    data: { x: dataOf(t, m), w: dataOf(t, m, 2), p: Uint8Array.from({ length: n }, (_, k) => (k * 7) % m), y: dataOf(t, n, 3) },
  }));
}

/** Whole numbers small enough that every order of summation is exact. */
const small = (t: DType, count: number): TypedArray => {
  const out = emptyData(t, count);
  for (let k = 0; k < count; k++) {
    const v = t === "bool" ? k % 2 : (k % 5) - (dtypeInfo(t).signed ? 2 : 0);
    out[k] = (t === "f16" ? f64ToF16(v) : t === "bf16" ? f64ToBf16(v) : t.endsWith("64") && !isFloat(t) ? BigInt(v) : v) as never;
  }
  return out;
};

function reduceCases(t: DType): Case[] {
  const ops: readonly ReduceOp[] = isFloat(t)
    ? ["add", "mul", "min", "max"]
    : t === "bool"
      ? ["and", "or", "min", "max"]
      : ["add", "mul", "min", "max", "and", "or"];
  const n = 32;
  const at = ramp(make.mul(i, c(LANES)));
  const x = make.load("x", t, [at]);
  const byTable = make.cast("index", make.load("p", "u8", [at]));
  const product = t === "bool" ? x : make.mul(x, make.load("z", t, [at]));
  return ops.flatMap((op) => {
    const bodies: readonly (readonly [string, Stmt])[] = [
      ["lanes into lanes", make.loop("i", n / LANES, make.reduce(op, "y", [ramp(c(0))], x))],
      ["lanes into one", make.loop("i", n / LANES, make.reduce(op, "y", [c(1)], x))],
      ["products", make.loop("i", n / LANES, make.reduce(op, "y", [ramp(c(0))], product))],
      ["scalars", make.loop("i", n, make.reduce(op, "y", [c(3)], make.load("x", t, [i])))],
      ["histogram", make.loop("i", n / LANES, make.reduce(op, "y", [byTable], x))],
    ];
    return bodies.map(([name, body]) => ({
      name: `${op} ${name}, ${t}`,
      kernel: kernelOf(
        [buf("x", t, [n], "in"), buf("z", t, [n], "in"), buf("p", "u8", [n], "in"), buf("y", t, [LANES], "inout")],
        body,
      ),
      data: { x: small(t, n), z: small(t, n), p: Uint8Array.from({ length: n }, (_, k) => (k * k) % LANES), y: small(t, LANES) },
    }));
  });
}

/** i32 += pairs of i16 products, with the pair of one operand repeated by bit casts; the product of four least values wraps. */
function maddCases(): Case[] {
  return [4, 8, 16, 32].map((lanes) => {
    const pairs = make.bitcast(
      "i16",
      make.splat(make.bitcast("i32", make.load("x", "i16", [make.ramp(make.mul(i, c(2)), 1, 2)])), lanes),
    );
    const w = make.load("w", "i16", [i, make.ramp(c(0), 1, 2 * lanes)]);
    return {
      name: `madd ${lanes}`,
      kernel: kernelOf(
        [buf("x", "i16", [12], "in"), buf("w", "i16", [6, 2 * lanes], "in"), buf("y", "i32", [lanes], "inout")],
        make.loop("i", 6, make.reduce("add", "y", [make.ramp(c(0), 1, lanes)], make.madd(pairs, w))),
      ),
      data: { x: dataOf("i16", 12), w: dataOf("i16", 12 * lanes), y: dataOf("i32", lanes) },
    };
  });
}

const TYPES: readonly DType[] = ["f32", "f16", "bf16", "f64", "i4", "i8", "u16", "i32", "i64", "bool"];
const cases: readonly Case[] = [
  ...arithmetic,
  ...casts,
  ...special,
  ...TYPES.flatMap(accessCases),
  ...TYPES.flatMap(reduceCases),
  ...maddCases(),
];

/** Bit by bit, but that every NaN is one. */
function firstDifference(b: Buffer, want: TypedArray, got: TypedArray): string | null {
  const [a, z] = [want, got].map((data) => numbersOf({ type: tensorType(b.dtype, b.shape), data }));
  const at = Array.from({ length: numElements(b.shape) }, (_, k) => k).find((k) => !Object.is(a[k], z[k]));
  return at === undefined ? null : `${b.name}[${at}] should be ${a[at]}, is ${z[at]}`;
}

const native = openNative();
for (const name of ["llvm", "llvm -mcpu=haswell", "llvm -mcpu=x86-64"]) {
  const target = native.target(name);
  describe.skipIf(!native.runsHere(target))(`loop IR in machine code, exactly, ${name}`, () => {
    const groups = new Map<string, Case[]>();
    for (const x of cases)
      groups.set(x.name.split(",")[0].split(" ")[0], [...(groups.get(x.name.split(",")[0].split(" ")[0]) ?? []), x]);
    it.each([...groups.keys()])("%s", (group) => {
      const list = groups.get(group) ?? [];
      const built = buildNative(native, list.map((x) => x.kernel), target); // biome-ignore format: one call
      const failures = list.flatMap(({ name: caseName, kernel, data }, k) => {
        const want = runKernel(kernel, data, { checked: true });
        const got = built.run(k, data);
        return kernel.buffers.flatMap((b) => {
          if (b.role !== "out" && b.role !== "inout") return [];
          const differs = firstDifference(b, want[b.name], got[b.name]);
          return differs === null ? [] : [`${caseName}: ${differs}`];
        });
      });
      expect(failures).toEqual([]);
    });
  });
}
