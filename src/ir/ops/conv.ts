import { attr } from "../attr/attr.js";
import { add, cast, div, index, mul } from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { byLayoutAttribute, type OperandTypes, type PixelLoops } from "../op/layout.js";
import { axisIndex, numbersOf, tensorOf } from "../op/tensor.js";
import { numElements, type TensorType, tensorType } from "../type/tensor-type.js";
import {
  accumulatorOf,
  centredLoad,
  centredNumbers,
  contract,
  contractionCost,
  contractionDType,
  drawContraction,
  productQuant,
} from "./shared/contraction.js";
import {
  assemble,
  channelAxis,
  disassemble,
  eachIndex,
  eachTap,
  layoutAttr,
  offsetOf,
  spatialWeights,
  tapAt,
  type Window,
  windowAttrs,
  windowOutput,
} from "./shared/spatial.js";

interface ConvAttrs extends Omit<Window, "kernel"> {
  readonly groups: number;
}

/** A convolution in unit steps reads rows of pixels: a pointwise one of the whole plane, a depthwise one of a row. */
function alongPixels([x, w]: OperandTypes, y: TensorType, a: ConvAttrs): PixelLoops | null {
  const isAll = (list: readonly number[], value: number) => list.every((v) => v === value);
  if (!x || !w || !isAll(a.strides, 1) || !isAll(a.dilations, 1)) return null;
  const [inputs, channels, ...plane] = [x.shape[1], ...y.shape.slice(1)];
  const taps = numElements(w.shape.slice(1));
  const products = numElements(y.shape) * taps;
  if (taps === inputs && a.groups === 1 && isAll(a.pads, 0))
    return { products, pixels: numElements(plane), channels, isDepthwise: false };
  if (a.groups === inputs && inputs === channels && taps > 1)
    return { products, pixels: plane[plane.length - 1], channels, isDepthwise: true };
  return null;
}

/** Convolution, 1 to 3 spatial axes; depthwise is groups = channels. ONNX Conv-22, ConvInteger-10; TFLite CONV_2D, DEPTHWISE_CONV_2D. */
export const conv = defineOp({
  name: "conv",
  doc:
    "y[n, k, o] = bias[k] + sum over c, r of (x[n, g(k) C/G + c, o stride + r dilation - pad] - zx) (w[k, c, r] - zw[k]), g(k) = k / (K/G). " +
    "Padding is real 0. channels_first: x [N, C, *S], w [K, C/G, *R]; channels_last: x [N, *S, C], w [K, *R, C/G]. " +
    "Integer operands give i32 (i64 with an i64 bias) of scale sx sw, zero 0.",
  attrs: { ...windowAttrs, groups: attr.int("number of channel groups", 1), layout: layoutAttr },
  operands: [
    { name: "x" },
    { name: "w", finite: "whether padding meets an infinite weight as 0 or not at all is the schedule's" },
    { name: "bias", optional: true, doc: "[K], of the result's element type" },
  ],
  traits: ["contraction"],
  quantize: { form: "accumulate", reads: [0] },
  weights: spatialWeights,
  layout: { channels: { ...byLayoutAttribute(0, 1), alongPixels } },
  infer([x, w, bias = null], a, fail) {
    if (!x || !w) return fail("QC-NN-005", "conv: x and w are required");
    if (x.shape.length !== w.shape.length || x.shape.length < 3) {
      return fail("QC-NN-006", `conv: x has rank ${x.shape.length}, w ${w.shape.length}; both need 2 plus the spatial axes`);
    }
    const [xs, ws] = [disassemble(a.layout, x.shape), disassemble(a.layout, w.shape)];
    const k = ws.n;
    if (a.groups < 1 || xs.c !== ws.c * a.groups || k % a.groups !== 0) {
      return fail("QC-NN-007", `conv: ${xs.c} channels, weights for ${ws.c} x ${a.groups} groups, ${k} outputs do not agree`);
    }
    if (bias && (bias.shape.length !== 1 || bias.shape[0] !== k))
      return fail("QC-NN-008", `conv: bias [${bias.shape}], expected [${k}]`);
    const dtype = contractionDType("conv", x, w, bias, fail);
    const out = windowOutput("conv", xs.s, { ...a, kernel: ws.s }, fail);
    const quant = productQuant("conv", x, w, 0, channelAxis(a.layout, x.shape.length), fail);
    return [tensorType(dtype, assemble(a.layout, xs.n, k, out), quant)];
  },
  eval([x, w, bias], a, [type]) {
    if (!x || !w) throw new Error("conv: absent operand");
    const [xs, ws, ys] = [x, w, { type }].map((t) => disassemble(a.layout, t.type.shape));
    const perGroup = ws.n / a.groups;
    const [xv, wv] = [centredNumbers(x, () => 0), centredNumbers(w, axisIndex(w.type.shape, 0))];
    const bv = bias ? numbersOf(bias) : null;
    const y = new Float64Array(numElements(type.shape));
    const window = { ...a, kernel: ws.s };
    eachIndex([xs.n, ws.n, ...ys.s], ([n, k, ...o]) => {
      const first = Math.floor(k / perGroup) * ws.c;
      let sum = bv ? bv[k] : 0;
      eachTap(o, window, xs.s, (r, at) => {
        for (let c = 0; c < ws.c; c++) {
          sum +=
            xv[offsetOf(x.type.shape, assemble(a.layout, n, first + c, at))] *
            wv[offsetOf(w.type.shape, assemble(a.layout, k, c, r))];
        }
      });
      y[offsetOf(type.shape, assemble(a.layout, n, k, o))] = sum;
    });
    return [tensorOf(type, y)];
  },
  lower(b, { ins: [x, w, bias], outs: [y] }, a) {
    if (!x || !w) throw new Error("conv: absent operand");
    const [xs, ws, ys] = [x, w, y].map((t) => disassemble(a.layout, t.type.shape));
    const acc = accumulatorOf(y.type.dtype);
    const [readX, readW] = [centredLoad(b, x, acc), centredLoad(b, w, acc)];
    const window = { ...a, kernel: ws.s };
    const perGroup = ws.n / a.groups;
    const last = a.layout === "channels_last";
    contract(
      b,
      y,
      last ? [...ws.s, ws.c] : [ws.c, ...ws.s],
      (i, r) => {
        const { n, c: k, s: o } = disassemble(a.layout, i);
        const [c, taps] = last ? [r[r.length - 1], r.slice(0, -1)] : [r[0], r.slice(1)];
        const { at, inside } = tapAt(o, taps, window, xs.s, ys.s);
        const from = a.groups === 1 ? c : add(mul(div(k, index(perGroup)), index(ws.c)), c);
        return mul(readX(assemble(a.layout, n, from, at), inside, index(0)), readW(assemble(a.layout, k, c, taps), null, k));
      },
      bias ? (i) => cast(acc, b.load(bias, [disassemble(a.layout, i).c])) : null,
    );
  },
  sample(g) {
    const rank = g.int(1, 3);
    const layout = g.pick(["channels_first", "channels_last"] as const);
    const groups = g.pick([1, 1, 2, 3]);
    const [c, k] = [g.int(1, 3), groups * g.int(1, 2)];
    const kernel = g.shape(rank, 3);
    const dilations = g.shape(rank, 2);
    const size = kernel.map((r, d) => (r - 1) * dilations[d] + 1 + g.int(0, 3));
    const kind = drawContraction(g, k, 0);
    return {
      inputs: [
        g.tensor({ ...kind.x, shape: assemble(layout, g.int(1, 2), c * groups, size) }),
        g.tensor({ ...kind.w, shape: assemble(layout, k, c, kernel) }),
        g.bool() ? g.tensor({ dtype: kind.bias, shape: [k] }) : null,
      ],
      attrs: { strides: g.shape(rank, 2), pads: Array.from({ length: 2 * rank }, () => g.int(0, 2)), dilations, groups, layout },
    };
  },
  cost: ([x, w, bias], [y], a) =>
    contractionCost([x, w, bias], y, w ? numElements(w.shape) / disassemble(a.layout, w.shape).n : 0),
});
