import { type Attrs, attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import type { LowerBuilder } from "../loop/lower-builder.js";
import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { alongAxisOrNone } from "../op/layout.js";
import { emptyData, numbersOf } from "../op/tensor.js";
import { type DType, dtypeInfo } from "../type/dtype.js";
import { perAxis, perTensor, type Quant } from "../type/quant.js";
import { type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { present } from "./shared/check.js";
import { type FixedPoint, multiplyRoundingOnce, multiplyRoundingTwice, toFixedPoint } from "./shared/fixed-point.js";
import { clampToward, constantTable } from "./shared/lowering.js";
import { scalesOf, zerosOf } from "./shared/quant-params.js";
import { roundHalfEven } from "./shared/values.js";

interface RequantizeAttrs {
  readonly dtype: DType;
  readonly scale: number;
  readonly zero: number;
  readonly mode: "onnx-float" | "tflite-double" | "tflite-single";
  readonly lo: number;
  readonly hi: number;
  readonly multipliers: readonly number[];
  readonly axis: number;
}

interface Plan {
  /** Real factor from accumulator to output units, per parameter group. */
  readonly factors: readonly number[];
  /** -1: one factor. */
  readonly axis: number;
  readonly lo: number;
  readonly hi: number;
}

function planOf(x: TensorType, a: RequantizeAttrs): Plan {
  const { min, max } = dtypeInfo(a.dtype);
  const factors = a.multipliers.length ? a.multipliers : scalesOf(x.quant as Quant).map((s) => s / Math.fround(a.scale));
  const axis =
    factors.length === 1 && x.quant?.kind !== "axis" ? -1 : a.axis >= 0 ? a.axis : x.quant?.kind === "axis" ? x.quant.axis : -1;
  return { factors, axis, lo: Math.max(min, a.lo), hi: Math.min(max, a.hi) };
}

/**
 * The rounding is a named mode, for each of them is the meaning of some model format, bit by bit:
 *   onnx-float     y = clamp(rne(f32(acc) * f32(M)) + zero)
 *   tflite-double  gemmlowp: doubling high multiply, then rounding shift, each with ties away from zero
 *   tflite-single  (acc * m + 2^(s-1)) >> s
 * with M = acc_scale / scale. `multipliers` gives M in double where the f32 product in the operand's type is not exact enough
 * (TensorFlow Lite multiplies input and weight scales in double).
 */
export const requantize = defineOp({
  name: "requantize",
  doc: "y = clamp(round(acc * M) + zero, lo, hi), M = scale of the operand / scale. Rounding by `mode`.",
  attrs: {
    dtype: attr.dtype("stored element type of the result"),
    scale: attr.f32("scale of the result"),
    zero: attr.int("zero point of the result", 0),
    mode: attr.oneOf("rounding", ["onnx-float", "tflite-double", "tflite-single"], "onnx-float"),
    lo: attr.f32("least stored value; the type's by default", -Infinity),
    hi: attr.f32("greatest stored value; the type's by default", Infinity),
    multipliers: attr.floats("M in double, per tensor or per index of the axis; none: from the scales", []),
    axis: attr.int("axis of `multipliers` where the operand's type names none", -1),
  },
  operands: [{ name: "acc" }],
  traits: ["elementwise", "monotone"],
  layout: { transpose: alongAxisOrNone },
  infer(types, attrs, fail) {
    const x = present(types, 0);
    if (x.dtype !== "i32") fail("QC-OP-001", `requantize: operand of type ${typeText(x)}, expected i32`);
    if (!["i8", "u8", "i16", "u16"].includes(attrs.dtype)) fail("QC-OP-008", `requantize: no result of type ${attrs.dtype}`);
    if (x.quant?.kind === "block" || (!x.quant && attrs.multipliers.length === 0)) {
      fail("QC-OP-009", `requantize: operand ${typeText(x)} needs a scale per tensor or per axis, or \`multipliers\``);
    }
    if (x.quant && zerosOf(x.quant).some((z) => z !== 0))
      fail("QC-OP-007", `requantize: accumulator ${typeText(x)} has a zero point`);
    const { factors, axis } = planOf(x, attrs);
    const expected = axis < 0 ? 1 : x.shape[axis];
    if (factors.length !== expected) fail("QC-OP-007", `requantize: ${factors.length} multipliers, expected ${expected}`);
    return [tensorType(attrs.dtype, x.shape, perTensor(attrs.scale, attrs.zero))];
  },
  eval(inputs, attrs, [type]) {
    const x = present(inputs, 0);
    const { factors, axis, lo, hi } = planOf(x.type, attrs);
    const values = numbersOf(x);
    const data = emptyData(type.dtype, values.length);
    const inner = axis < 0 ? 1 : x.type.shape.slice(axis + 1).reduce((p, d) => p * d, 1);
    const scaled = factors.map((m) => scaler(m, attrs.mode));
    for (let i = 0; i < data.length; i++) {
      const c = axis < 0 ? 0 : Math.floor(i / inner) % factors.length;
      data[i] = Math.min(hi, Math.max(lo, scaled[c](values[i]) + attrs.zero));
    }
    return [{ type, data }];
  },
  lower(b, { ins, outs: [y] }, attrs) {
    const x = present(ins, 0);
    const plan = planOf(x.type, attrs);
    const at = (i: readonly Expr[]) => (plan.axis < 0 ? make.index(0) : i[plan.axis]);
    const rounded = LOWER[attrs.mode](b, plan, attrs.zero);
    b.elementwise(y, (i) => make.cast(y.type.dtype, rounded(b.load(x, i), at(i)), true), "requantize");
  },
  sample(g) {
    const shape = g.shape(g.int(0, 4));
    const axis = shape.length && g.bool() ? g.int(0, shape.length - 1) : -1;
    const accScale = () => g.f32({ min: 0.0001, max: 0.01 });
    const scales = Array.from({ length: axis < 0 ? 1 : shape[axis] }, accScale);
    const isInType = axis < 0 || g.bool();
    const quant = isInType ? (axis < 0 ? perTensor(scales[0]) : perAxis(axis, scales)) : null;
    const dtype = g.pick(["i8", "u8", "i16"] as const);
    const acc = g.tensor({ dtype: "i32", shape, min: -(2 ** g.int(4, 20)), max: 2 ** g.int(4, 20), quant });
    const mode = g.pick(["onnx-float", "tflite-double", "tflite-single"] as const);
    const attrs: Attrs = {
      dtype,
      scale: g.f32({ min: 0.005, max: 0.1 }),
      zero: g.int(0, 5),
      mode,
      multipliers: !isInType || g.bool() ? scales.map((s) => (Math.fround(s) * 1.0000001) / 0.05) : [],
      axis: isInType ? -1 : axis,
    };
    return { inputs: [acc], attrs: dtype === "i8" && g.bool() ? { ...attrs, lo: -127, hi: 127 } : attrs };
  },
});

function scaler(factor: number, mode: RequantizeAttrs["mode"]): (acc: number) => number {
  const fixed: FixedPoint = toFixedPoint(factor);
  switch (mode) {
    case "onnx-float": {
      const m = Math.fround(factor);
      return (acc) => roundHalfEven(Math.fround(Math.fround(acc) * m));
    }
    case "tflite-double":
      return (acc) => multiplyRoundingTwice(acc, fixed);
    case "tflite-single":
      return (acc) => multiplyRoundingOnce(acc, fixed);
  }
}

type Rounding = (b: LowerBuilder, plan: Plan, zero: number) => (acc: Expr, at: Expr) => Expr;

const i32 = (v: number) => make.constant("i32", v);

/**
 * Factors below a half keep the rounded value within i32: it is clamped there, which packing instructions do on the way to bytes. Others are
 * clamped while still floats, so that the conversion needs no saturation; integer bounds commute with the rounding.
 */
const onnxFloat: Rounding = (b, { factors, lo, hi }, zero) => {
  const m = constantTable(b, "f32", factors.map(Math.fround), "multipliers");
  const shrinks = factors.every((f) => Math.abs(Math.fround(f)) < 0.5);
  return (acc, at) => {
    const scaled = make.mul(make.cast("f32", acc), m(at));
    if (shrinks) {
      const whole = make.cast("i32", make.call("round", [scaled]), true);
      return clampToward(zero === 0 ? whole : make.add(whole, i32(zero)), lo, hi);
    }
    const near = make.cast("i32", make.call("round", [clampToward(scaled, lo - zero, hi - zero)]), true);
    return zero === 0 ? near : make.add(near, i32(zero));
  };
};

const tfliteDouble: Rounding = (b, { factors, lo, hi }, zero) => {
  const fixed = factors.map(toFixedPoint);
  const multiplier = constantTable(
    b,
    "i32",
    fixed.map((f) => f.multiplier),
    "multipliers",
  );
  const left = constantTable(
    b,
    "i32",
    fixed.map((f) => Math.max(f.shift, 0)),
    "left",
  );
  const right = constantTable(
    b,
    "i32",
    fixed.map((f) => Math.max(-f.shift, 0)),
    "right",
  );
  return (acc, at) => {
    const l = left(at);
    const r = right(at);
    const high = make.call("mulhi31", [make.isConstValue(l, 0) ? acc : make.bin("shl", acc, l), multiplier(at)]);
    const divided = make.isConstValue(r, 0) ? high : roundingShift(high, r);
    return clampToward(zero === 0 ? divided : make.add(divided, i32(zero)), lo, hi);
  };
};

/** RoundingDivideByPOT: y / 2^e, ties away from zero. */
function roundingShift(y: Expr, e: Expr): Expr {
  const mask = make.sub(make.bin("shl", i32(1), e), i32(1));
  const below = make.select(make.bin("lt", y, i32(0)), i32(1), i32(0));
  const threshold = make.add(make.bin("shr", mask, i32(1)), below);
  const up = make.select(make.bin("gt", make.and(y, mask), threshold), i32(1), i32(0));
  return make.add(make.bin("shr", y, e), up);
}

const tfliteSingle: Rounding = (b, { factors, lo, hi }, zero) => {
  const fixed = factors.map(toFixedPoint);
  const multiplier = constantTable(
    b,
    "i32",
    fixed.map((f) => f.multiplier),
    "multipliers",
  );
  const bits = constantTable(
    b,
    "i32",
    fixed.map((f) => 31 - f.shift),
    "bits",
  );
  const i64 = (e: Expr) => make.cast("i64", e);
  const one = make.constant("i64", 1);
  return (acc, at) => {
    const s = i64(bits(at));
    const product = make.mul(i64(acc), i64(multiplier(at)));
    const rounded = make.bin("shr", make.add(product, make.bin("shl", one, make.sub(s, one))), s);
    return clampToward(zero === 0 ? rounded : make.add(rounded, make.constant("i64", zero)), lo, hi);
  };
};

const LOWER: Readonly<Record<RequantizeAttrs["mode"], Rounding>> = {
  "onnx-float": onnxFloat,
  "tflite-double": tfliteDouble,
  "tflite-single": tfliteSingle,
};
