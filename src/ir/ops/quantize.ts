import { attr } from "../attr/attr.js";
import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { emptyData, numbersOf } from "../op/tensor.js";
import { type DType, dtypeInfo, isInt } from "../type/dtype.js";
import { tensorType } from "../type/tensor-type.js";
import { checkDType, checkNoQuant, present } from "./shared/check.js";
import { clampToward, constantTable } from "./shared/lowering.js";
import {
  alongGridAxis,
  drawQuant,
  paramAt,
  paramOf,
  quantAttrs,
  quantFromAttrs,
  scalesOf,
  zerosOf,
} from "./shared/quant-params.js";
import { roundHalfEven } from "./shared/values.js";

const TARGETS: readonly DType[] = ["i4", "u4", "i8", "u8", "i16", "u16", "i32"];

/**
 * Clamping to [min - zero, max - zero] before rounding gives the same as after it: both bounds are integers. For i32 the bounds are no
 * f32 values and the conversion saturates instead.
 */
export const quantize = defineOp({
  name: "quantize",
  doc:
    "q = saturate(rne(x / scale) + zero), the division in f32. NaN gives the least value (0 for i32). Parameters per tensor (axis -1), per " +
    "index of an axis, or per block along it. ONNX QuantizeLinear-21.",
  attrs: {
    dtype: attr.dtype("stored element type"),
    scales: attr.floats("scale of each parameter group"),
    zeros: attr.ints("zero point of each group; none: all 0", []),
    axis: attr.int("quantized axis, -1 for the whole tensor", -1),
    block: attr.int("elements along the axis that share a scale; 0: one", 0),
  },
  operands: [{ name: "x" }],
  traits: ["elementwise"],
  layout: { transpose: alongGridAxis },
  infer(types, attrs, fail) {
    const x = present(types, 0);
    checkDType("quantize", x, "float", fail);
    checkNoQuant("quantize", x, fail);
    if (!TARGETS.includes(attrs.dtype))
      fail("QC-OP-008", `quantize: no quantization to ${attrs.dtype}, only to ${TARGETS.join(", ")}`);
    const quant = quantFromAttrs("quantize", attrs, attrs.dtype, x.shape, fail);
    return [tensorType(attrs.dtype, x.shape, quant ?? fail("QC-OP-007", "quantize: no scales are given"))];
  },
  eval(inputs, _attrs, [type]) {
    const q = type.quant!;
    const values = numbersOf(present(inputs, 0));
    const data = emptyData(type.dtype, values.length);
    const { min, max } = dtypeInfo(type.dtype);
    const [scales, zeros, group] = [scalesOf(q), zerosOf(q), paramOf(q, type.shape)];
    for (let i = 0; i < values.length; i++) {
      const p = group(i);
      const r = roundHalfEven(Math.fround(Math.fround(values[i]) / scales[p])) + zeros[p];
      data[i] = Number.isNaN(r) ? (type.dtype === "i32" ? zeros[p] : min) : Math.min(max, Math.max(min, r));
    }
    return [{ type, data }];
  },
  lower(b, { ins, outs: [y] }) {
    const x = present(ins, 0);
    const q = y.type.quant!;
    const { min, max } = dtypeInfo(y.type.dtype);
    const zeros = zerosOf(q);
    const scaleOf = constantTable(b, "f32", scalesOf(q), "scales");
    const zeroOf = constantTable(b, "i32", zeros, "zeros");
    const sameZero = zeros.every((z) => z === zeros[0]);
    b.elementwise(
      y,
      (i) => {
        const p = paramAt(q, y.type.shape, i);
        const t = make.div(make.cast("f32", b.load(x, i)), scaleOf(p));
        if (y.type.dtype === "i32") return saturatingAdd(make.cast("i32", make.call("round", [t])), zeroOf(p));
        const clamped = sameZero ? clampToward(t, min - zeros[0], max - zeros[0]) : clampToward(t, min - max, max - min);
        const stored = make.add(make.cast("i32", make.call("round", [clamped]), true), zeroOf(p));
        return make.cast(y.type.dtype, sameZero ? stored : clampToward(stored, min, max), true);
      },
      "quantize",
    );
  },
  sample(g) {
    const dtype = g.pick(["i8", "u8", "i16", "u16", "i4", "u4"] as const);
    const shape = g.shape(g.int(0, 4));
    return {
      inputs: [g.tensor({ dtype: g.pick(["f32", "f32", "f16"] as const), shape, min: -20, max: 20 })],
      attrs: { dtype, ...quantAttrs(drawQuant(g, dtype, shape, ["tensor", "axis", "block"])) },
    };
  },
});

/** a + b in i32, saturated; computed in i64. */
function saturatingAdd(a: ReturnType<typeof make.add>, b: ReturnType<typeof make.add>) {
  if (make.isConstValue(b, 0)) return a;
  const sum = make.add(make.cast("i64", a), make.cast("i64", b));
  return make.cast("i32", clampToward(sum, -2147483648, 2147483647), true);
}

export const isQuantTarget = (d: DType): boolean => isInt(d) && TARGETS.includes(d);
