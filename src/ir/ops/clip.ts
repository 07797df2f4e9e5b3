import { type AttrSchema, type AttrsOf, attr } from "../attr/attr.js";
import * as make from "../loop/make.js";
import { type Bounds, defineOp, type OpDef } from "../op/define.js";
import type { Gen, OpCase } from "../op/sample.js";
import { dtypeInfo, isFloat } from "../type/dtype.js";
import { perTensor } from "../type/quant.js";
import type { TensorType } from "../type/tensor-type.js";
import { checkDType, checkNoQuant, present } from "./shared/check.js";
import { drawDType } from "./shared/elementwise.js";
import { constOf, loadWide } from "./shared/lowering.js";
import { mapBroadcast, roundHalfEven } from "./shared/values.js";

/**
 * The bounds on stored elements. Quantized operands keep their parameters: q' = clamp(q, Q(lo), Q(hi)) with Q(r) = rne(r / scale) + zero
 * saturated equals quantize(clip(dequantize(q))), because Q is monotone.
 */
function storedBounds(t: TensorType, { lo, hi }: Bounds): Bounds {
  if (isFloat(t.dtype)) return { lo: Math.fround(lo), hi: Math.fround(hi) };
  const { min, max } = dtypeInfo(t.dtype);
  const q = t.quant?.kind === "tensor" ? t.quant : { scale: 1, zero: 0 };
  const stored = (r: number) => Math.min(max, Math.max(min, roundHalfEven(Math.fround(r / q.scale)) + q.zero));
  const exact = (r: number, round: (v: number) => number) => Math.min(max, Math.max(min, round(r)));
  return t.quant ? { lo: stored(lo), hi: stored(hi) } : { lo: exact(lo, Math.ceil), hi: exact(hi, Math.floor) };
}

/** Is the bound one that a stored element can pass? 64-bit limits are doubles above the type's range. */
const binds = (t: TensorType, b: number, side: "min" | "max") => {
  const limit = isFloat(t.dtype) ? (side === "min" ? -Infinity : Infinity) : dtypeInfo(t.dtype)[side];
  return b !== limit;
};

/** An op that clamps stored elements between bounds that its attributes and the operand's type give. */
function clampOp<const S extends AttrSchema>(d: {
  name: string;
  doc: string;
  attrs: S;
  bounds: (attrs: AttrsOf<S>) => Bounds;
  drawAttrs: (g: Gen) => OpCase["attrs"];
}): OpDef<S> {
  return defineOp<S>({
    name: d.name,
    doc: d.doc,
    attrs: d.attrs,
    operands: [{ name: "x" }],
    traits: ["elementwise", "monotone", "same-scale"],
    bounds: d.bounds,
    infer(types, _attrs, fail) {
      const x = present(types, 0);
      checkDType(d.name, x, "numeric", fail);
      if (x.quant && x.quant.kind !== "tensor") checkNoQuant(d.name, x, fail);
      return [x];
    },
    eval(inputs, attrs, [type]) {
      const { lo, hi } = storedBounds(type, d.bounds(attrs));
      const [low, high] = isFloat(type.dtype) ? [0n, 0n] : [BigInt(lo), BigInt(hi)];
      return [
        mapBroadcast([present(inputs, 0)], type, {
          float: (v) => Math.min(hi, Math.max(lo, v)),
          int: (v) => {
            const raised = low > v ? low : v;
            return high < raised ? high : raised;
          },
        }),
      ];
    },
    lower(b, { ins, outs: [y] }, attrs) {
      const x = present(ins, 0);
      const { lo, hi } = storedBounds(x.type, d.bounds(attrs));
      b.elementwise(
        y,
        (i) => {
          const v = loadWide(b, x, i);
          const raised = binds(x.type, lo, "min") ? make.max(constOf(v.t, lo), v) : v;
          return make.cast(y.type.dtype, binds(x.type, hi, "max") ? make.min(constOf(v.t, hi), raised) : raised);
        },
        d.name,
      );
    },
    sample(g) {
      const quantized = g.bool();
      const dtype = quantized ? g.pick(["i8", "u8"] as const) : drawDType(g, "numeric");
      const quant = quantized ? perTensor(g.f32({ min: 0.01, max: 0.1 }), g.int(dtype === "u8" ? 0 : -20, 20)) : null;
      return { inputs: [g.tensor({ dtype, quant })], attrs: d.drawAttrs(g) };
    },
  });
}

export const clip = clampOp({
  name: "clip",
  doc:
    "y = min(max(x, lo), hi); NaN stays NaN; where lo > hi the result is hi. Quantized operands are clipped at the quantized " +
    "bounds. ONNX Clip-13.",
  attrs: { lo: attr.f32("lower bound", -Infinity), hi: attr.f32("upper bound", Infinity) },
  bounds: (attrs) => attrs,
  drawAttrs: (g) => {
    const lo = g.f32();
    return { lo, hi: g.bool() ? Infinity : lo + g.f32({ min: 0, max: 3 }) };
  },
});

export const relu = clampOp({
  name: "relu",
  doc: "y = max(x, 0); NaN stays NaN. On a quantized operand max(q, zero).",
  attrs: {},
  bounds: () => ({ lo: 0, hi: Infinity }),
  drawAttrs: () => ({}),
});
