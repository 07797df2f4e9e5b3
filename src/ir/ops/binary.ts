/** Elementwise functions of two operands, one row each. Meanings as in ONNX. */
import { type AttrSchema, attr } from "../attr/attr.js";
import type { BinOp, Expr } from "../loop/expr.js";
import * as make from "../loop/make.js";
import type { OpDef } from "../op/define.js";
import { dtypeInfo, isFloat } from "../type/dtype.js";
import { type BinarySpec, binaryOp } from "./shared/elementwise.js";
import { constOf, nanExtreme } from "./shared/lowering.js";

const row = <const S extends AttrSchema = Readonly<Record<never, never>>>(s: BinarySpec<S>): OpDef => binaryOp(s) as OpDef;
const direct = (op: BinOp) => (a: Expr, b: Expr) => make.bin(op, a, b);
const floating = (e: Expr) => e.t !== "index" && isFloat(e.t);
const bitsOf = (e: Expr) => (e.t === "index" ? 32 : dtypeInfo(e.t).bits);

/** Two operands to bool. `float` and `int` are one comparison. */
const compare = (
  name: string,
  op: BinOp,
  doc: string,
  on: "any" | "numeric",
  f: (a: number | bigint, b: number | bigint) => boolean,
) =>
  row({
    name,
    doc,
    on,
    result: "bool",
    orderOnly: true,
    traits: name === "eq" || name === "ne" ? ["commutative"] : [],
    float: (a, b) => (f(a, b) ? 1 : 0),
    int: (a, b) => (f(a, b) ? 1n : 0n),
    lower: direct(op),
    rangeA: { min: 0, max: 3 },
    rangeB: { min: 0, max: 3 },
  });

const logical = (name: string, op: BinOp, f: (a: bigint, b: bigint) => bigint) =>
  row({ name, doc: `y = a ${name} b.`, on: "bool", traits: ["commutative"], int: f, lower: direct(op) });
const bitwise = (name: string, op: BinOp, f: (a: bigint, b: bigint) => bigint) =>
  row({ name, doc: `y = a ${op} b, bit by bit.`, on: "int", traits: ["commutative"], int: f, lower: direct(op) });

/** The lesser or greater; a NaN on either side gives NaN. */
const extreme = (name: "min" | "max", f: <T extends number | bigint>(a: T, b: T) => boolean) =>
  row({
    name,
    doc: `y = ${name}(a, b); NaN where either is.`,
    on: "numeric",
    traits: ["commutative", "same-scale"],
    orderOnly: true,
    float: (a, b) => (Number.isNaN(a) || f(a, b) ? a : b),
    int: (a, b) => (f(a, b) ? a : b),
    lower: (a, b) => nanExtreme(name, a, b),
  });

/** Shifts by less than the width; any other amount gives 0, or the sign for a signed shift to the right. */
const shift = (name: "shl" | "shr", f: (a: bigint, b: bigint) => bigint) =>
  row({
    name,
    doc: `y = a ${name === "shl" ? "<<" : ">>"} b. An amount outside of [0, bits) shifts every bit out.`,
    on: "int",
    int: (a, b, _attrs, dtype) => {
      const inside = b >= 0n && b < BigInt(dtypeInfo(dtype).bits);
      if (inside) return f(a, b);
      return name === "shr" && a < 0n ? -1n : 0n;
    },
    lower(a, b) {
      const signed = a.t !== "index" && dtypeInfo(a.t).signed;
      const last = constOf(b.t, bitsOf(a) - 1);
      const tooFar = make.bin("gt", b, last);
      const outside = signed ? make.or(tooFar, make.bin("lt", b, constOf(b.t, 0))) : tooFar;
      const shifted = make.bin(name, a, make.select(outside, last, b));
      return signed && name === "shr" ? shifted : make.select(outside, constOf(a.t, 0), shifted);
    },
    rangeB: { min: 0, max: 7 },
  });

/** The integer power, computed in double: exact while the result is below 2^53, saturated to the type. */
const powInt = (a: bigint, b: bigint, bits: number, signed: boolean): bigint => {
  const v = Math.trunc(Number(a) ** Number(b));
  const [lo, hi] = signed ? [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n] : [0n, 2n ** BigInt(bits) - 1n];
  if (Number.isNaN(v)) return 0n;
  if (v >= Number(hi)) return hi;
  return v <= Number(lo) ? lo : BigInt(v);
};

export const binaryOps: readonly OpDef[] = [
  row({
    name: "add",
    doc: "y = a + b; integers wrap.",
    on: "numeric",
    traits: ["commutative"],
    affine: { operands: [0, 1], coefficients: ([c]) => ({ factor: null, shift: c }) },
    float: (a, b) => a + b,
    int: (a, b) => a + b,
    lower: make.add,
  }),
  row({
    name: "sub",
    doc: "y = a - b; integers wrap.",
    on: "numeric",
    affine: { operands: [0], coefficients: ([c]) => ({ factor: null, shift: c.map((x) => -x) }) },
    float: (a, b) => a - b,
    int: (a, b) => a - b,
    lower: make.sub,
  }),
  row({
    name: "mul",
    doc: "y = a b; integers wrap.",
    on: "numeric",
    traits: ["commutative"],
    affine: { operands: [0, 1], coefficients: ([c]) => ({ factor: c, shift: null }) },
    float: (a, b) => a * b,
    int: (a, b) => a * b,
    lower: make.mul,
  }),
  row({
    name: "div",
    doc: "y = a / b; integers toward zero, the divisor not zero.",
    on: "numeric",
    float: (a, b) => a / b,
    int: (a, b) => (b === 0n ? 0n : a / b),
    lower: make.div,
    rangeB: { min: 1, max: 7 },
  }),
  row({
    name: "pow",
    doc: "y = a^b. Integers are computed in double, truncated and saturated.",
    on: "numeric",
    float: (a, b) => a ** b,
    int: (a, b, _attrs, dtype) => powInt(a, b, dtypeInfo(dtype).bits, dtypeInfo(dtype).signed),
    lower: (a, b) =>
      floating(a) ? make.call("pow", [a, b]) : make.cast(a.t, make.call("pow", [make.cast("f64", a), make.cast("f64", b)])),
    rangeA: { min: 0.5, max: 3 },
    rangeB: { min: 0, max: 3 },
  }),
  row({
    name: "mod",
    doc: "y = the remainder of a / b, with the sign of a where `fmod`, else of b. Integer divisors are not zero. ONNX Mod-13.",
    on: "numeric",
    attrs: { fmod: attr.bool("sign of the dividend, as C fmod", false) },
    float: (a, b, { fmod }) => {
      const r = a % b;
      return !fmod && r !== 0 && r < 0 !== b < 0 ? r + b : r;
    },
    int: (a, b, { fmod }) => {
      if (b === 0n) return 0n;
      const r = a % b;
      return !fmod && r !== 0n && r < 0n !== b < 0n ? r + b : r;
    },
    lower(a, b, { fmod }) {
      const r = make.mod(a, b);
      if (fmod || (a.t !== "index" && !dtypeInfo(a.t).signed)) return r;
      const zero = constOf(r.t, 0);
      const signsDiffer = make.bin("xor", make.bin("lt", r, zero), make.bin("lt", b, zero));
      return make.select(make.and(make.bin("ne", r, zero), signsDiffer), make.add(r, b), r);
    },
    rangeB: { min: 1, max: 7 },
    drawAttrs: (g) => ({ fmod: g.bool() }),
  }),
  extreme("min", (a, b) => a < b),
  extreme("max", (a, b) => a > b),
  logical("and", "and", (a, b) => a & b),
  logical("or", "or", (a, b) => a | b),
  logical("xor", "xor", (a, b) => a ^ b),
  bitwise("bitwise_and", "and", (a, b) => a & b),
  bitwise("bitwise_or", "or", (a, b) => a | b),
  bitwise("bitwise_xor", "xor", (a, b) => a ^ b),
  shift("shl", (a, b) => a << b),
  shift("shr", (a, b) => a >> b),
  compare("eq", "eq", "y = a equals b.", "any", (a, b) => a === b),
  compare("ne", "ne", "y = a differs from b.", "any", (a, b) => a !== b),
  compare("lt", "lt", "y = a < b.", "numeric", (a, b) => a < b),
  compare("le", "le", "y = a <= b.", "numeric", (a, b) => a <= b),
  compare("gt", "gt", "y = a > b.", "numeric", (a, b) => a > b),
  compare("ge", "ge", "y = a >= b.", "numeric", (a, b) => a >= b),
  row({
    name: "prelu",
    doc: "y = a where a >= 0, b a elsewhere: the slope b broadcasts to the shape of a.",
    on: "numeric",
    broadcastsOnlySecond: true,
    float: (a, b) => (a < 0 ? b * a : a),
    int: (a, b) => (a < 0n ? b * a : a),
    lower: (a, b) => make.select(make.bin("lt", a, constOf(a.t, 0)), make.mul(b, a), a),
  }),
];
