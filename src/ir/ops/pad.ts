import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { perDimension } from "../op/layout.js";
import { movesElements } from "../op/quantize.js";
import { axisIndex, emptyData, type Tensor, tensorOf } from "../op/tensor.js";
import { dtypeInfo, isFloat } from "../type/dtype.js";
import { numElements, stridesOf, type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { present } from "./shared/check.js";

import { constantTable } from "./shared/lowering.js";
import { drawMoved, gatherInto, movedQuant, offsetsBy } from "./shared/movement.js";
import { roundHalfEven } from "./shared/values.js";

const MODES = ["constant", "reflect", "edge", "wrap"] as const;
type Mode = (typeof MODES)[number];

/** One dimension: `crop` elements are dropped in front, `size` are kept, `begin` are added in front. */
interface Axis {
  readonly crop: number;
  readonly size: number;
  readonly begin: number;
  readonly out: number;
}

const axisOf = (dim: number, before: number, after: number): Axis => {
  const crop = Math.max(0, -before);
  const size = dim - crop - Math.max(0, -after);
  return { crop, size, begin: Math.max(0, before), out: dim + before + after };
};
const axesOf = (shape: readonly number[], pads: readonly number[]): Axis[] =>
  shape.map((d, k) => axisOf(d, pads[k], pads[shape.length + k]));

/** The kept element that position i of the result shows, -1 for the constant. */
function sourceOf(mode: Mode, { size, begin }: Axis, i: number): number {
  const j = i - begin;
  if (j >= 0 && j < size) return j;
  const modulo = (n: number) => ((j % n) + n) % n;
  switch (mode) {
    case "constant":
      return -1;
    case "edge":
      return j < 0 ? 0 : size - 1;
    case "wrap":
      return modulo(size);
    case "reflect": {
      const phase = size === 1 ? 0 : modulo(2 * (size - 1));
      return Math.min(phase, 2 * (size - 1) - phase);
    }
  }
}

/** The same as an expression; for "constant" only the positions inside are meaningful. */
function sourceExpr(mode: Mode, { size, begin, out }: Axis, i: Expr): Expr {
  const j = make.sub(i, make.index(begin));
  if (out === size) return i;
  const period = mode === "wrap" ? size : 2 * (size - 1);
  switch (mode) {
    case "constant":
      return j;
    case "edge": {
      const low = begin ? make.sub(make.max(i, make.index(begin)), make.index(begin)) : i;
      return make.min(low, make.index(size - 1));
    }
    case "wrap":
    case "reflect": {
      if (period === 0) return make.index(0);
      const shift = (period - (begin % period)) % period;
      const phase = make.mod(make.add(i, make.index(shift)), make.index(period));
      return mode === "wrap" ? phase : make.min(phase, make.sub(make.index(period), phase));
    }
  }
}

/** The stored padding elements by channel of a per-channel result, or one for all. */
function fillElements(type: TensorType, value: number): readonly number[] {
  const { quant, dtype } = type;
  const { min, max } = dtypeInfo(dtype);
  const stored = (scale: number, zero: number) => Math.min(Math.max(roundHalfEven(value / scale) + zero, min), max);
  if (!quant) return [value];
  return quant.kind === "tensor" ? [stored(quant.scale, quant.zero)] : quant.scales.map((s, i) => stored(s, quant.zeros[i]));
}

/** A tensor of padding elements: one throughout, or one for each channel. */
function filled(type: TensorType, fill: readonly number[]): Tensor {
  const stored = tensorOf(tensorType(type.dtype, [fill.length]), fill).data as Float64Array;
  const data = emptyData(type.dtype, numElements(type.shape)) as Float64Array;
  if (fill.length === 1) return { type, data: data.fill(stored[0]) };
  const channel = type.quant?.kind === "axis" ? axisIndex(type.shape, type.quant.axis) : () => 0;
  for (let i = 0; i < data.length; i++) data[i] = stored[channel(i)];
  return { type, data };
}

/** Adds elements around a tensor. ONNX Pad-25. */
export const pad = defineOp({
  name: "pad",
  doc:
    "y = x with pads[d] elements before and pads[rank + d] after it in dimension d. constant: the real `value`, quantized where x is; " +
    "reflect: mirrored at the border elements, again and again; edge: the border elements; wrap: from the other side. Negative pads crop, " +
    "before anything is added.",
  attrs: {
    pads: attr.ints("elements added before each dimension, then after each"),
    mode: attr.oneOf("what is added", MODES, "constant"),
    value: attr.f32("what `constant` adds", 0),
  },
  operands: [{ name: "x" }],
  traits: ["movement", "same-scale"],
  quantize: {
    ...movesElements,
    // the zero point stands for 0; another value is the model's own float
    refuses: ({ mode, value }) => (mode === "constant" && value !== 0 ? `it pads with ${value}` : null),
  },
  layout: { transpose: perDimension({ pads: 2 }) },
  infer(types, { pads, mode }, fail) {
    const x: TensorType = present(types, 0);
    if (pads.length !== 2 * x.shape.length) fail("QC-TENSOR-017", `pad: ${pads.length} pads for ${typeText(x)}`);
    const axes = axesOf(x.shape, pads);
    const bad = axes.findIndex((a) => a.size < 0 || a.out < 0 || (mode !== "constant" && a.size === 0 && a.out > 0));
    if (bad >= 0) fail("QC-TENSOR-017", `pad: dimension ${bad} of ${typeText(x)} has too few elements for mode ${mode}`);
    const quant = movedQuant("pad", x, fail, (axis) => {
      const a = axes[axis];
      const from = Array.from({ length: a.out }, (_, i) => a.crop + sourceOf(mode, a, i));
      return mode === "constant" && a.out > a.size ? null : { axis, from };
    });
    return [
      tensorType(
        x.dtype,
        axes.map((a) => a.out),
        quant,
      ),
    ];
  },
  eval(inputs, { pads, mode, value }, [type]) {
    const x: Tensor = present(inputs, 0);
    const y = filled(type, fillElements(type, value));
    const strides = stridesOf(x.type.shape);
    const offsets = axesOf(x.type.shape, pads).map((a, d) =>
      offsetsBy(a.out, (i) => {
        const source = sourceOf(mode, a, i);
        return source < 0 ? -1 : (a.crop + source) * strides[d];
      }),
    );
    if (y.data.length) gatherInto(y.data, x.data, offsets);
    return [y];
  },
  lower(b, { ins, outs: [y] }, { pads, mode, value }) {
    const x = present(ins, 0);
    const { dtype, quant } = y.type;
    const axes = axesOf(x.type.shape, pads);
    const fill = constantTable(b, dtype, fillElements(y.type, value), "fill");
    const plainZero = fillElements(y.type, value).every((v) => Object.is(v, 0));
    b.elementwise(
      y,
      (i) => {
        const at = axes.map((a, d) => make.add(sourceExpr(mode, a, i[d]), make.index(a.crop)));
        if (mode !== "constant") return b.load(x, at);
        const tests = axes.flatMap((a, d) => [
          ...(a.begin > 0 ? [make.bin("ge", i[d], make.index(a.begin))] : []),
          ...(a.begin + a.size < a.out ? [make.bin("lt", i[d], make.index(a.begin + a.size))] : []),
        ]);
        if (!tests.length) return b.load(x, at);
        const inside = tests.reduce(make.and);
        const loaded = b.load(x, at, inside);
        return plainZero
          ? loaded
          : make.select(inside, loaded, fill(quant && quant.kind !== "tensor" ? i[quant.axis] : make.index(0)));
      },
      "pad",
    );
  },
  sample(g) {
    const x = drawMoved(g, g.shape(g.int(0, 4), 5), { empty: false });
    const { shape, quant, dtype } = x.type;
    const mode = g.pick(["constant", "constant", "reflect", "edge", "wrap"] as const);
    const fixed = quant?.kind === "axis" && mode === "constant" ? quant.axis : -1;
    const amount = (d: number, k: number) => (k === fixed ? 0 : g.int(-Math.floor((d - 1) / 2), 4));
    const pads = [...shape.map(amount), ...shape.map(amount)];
    const value = isFloat(dtype) || quant ? g.pick([0, 0.5, -1.25]) : g.pick([0, 1]);
    return { inputs: [x], attrs: { pads, mode, value } };
  },
});
