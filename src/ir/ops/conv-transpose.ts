import { attr } from "../attr/attr.js";
import { add, cast, div, index, mul } from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { byLayoutAttribute } from "../op/layout.js";
import { axisIndex, numbersOf, tensorOf } from "../op/tensor.js";
import { numElements, tensorType } from "../type/tensor-type.js";
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
  checkWindow,
  disassemble,
  eachIndex,
  layoutAttr,
  offsetOf,
  reach,
  sourceOf,
  spatialWeights,
  windowAttrs,
} from "./shared/spatial.js";

/** Transposed convolution, 1 to 3 spatial axes. ONNX ConvTranspose-22; TFLite TRANSPOSE_CONV. */
export const convTranspose = defineOp({
  name: "conv_transpose",
  doc:
    "y[n, k, i stride + r dilation - pad] += (x[n, g(k) C/G + c, i] - zx) (w[k, c, r] - zw[k]) over c, r, i, plus bias[k]; g(k) = k / (K/G). " +
    "Output size (S - 1) stride + output_padding + reach - pads. Layouts and weights as in conv: [K, C/G, *R] or [K, *R, C/G]. " +
    "Integer operands give i32 (i64 with an i64 bias) of scale sx sw, zero 0.",
  attrs: {
    ...windowAttrs,
    output_padding: attr.ints("rows added at the end of the output per spatial axis"),
    groups: attr.int("number of channel groups", 1),
    layout: layoutAttr,
  },
  operands: [
    { name: "x" },
    { name: "w", finite: "whether padding meets an infinite weight as 0 or not at all is the schedule's" },
    { name: "bias", optional: true, doc: "[K], of the result's element type" },
  ],
  traits: ["contraction"],
  quantize: { form: "accumulate", reads: [0] },
  weights: spatialWeights,
  layout: { channels: byLayoutAttribute(0, 1) },
  infer([x, w, bias = null], a, fail) {
    if (!x || !w) return fail("QC-NN-005", "conv_transpose: x and w are required");
    if (x.shape.length !== w.shape.length || x.shape.length < 3) {
      return fail(
        "QC-NN-006",
        `conv_transpose: x has rank ${x.shape.length}, w ${w.shape.length}; both need 2 plus the spatial axes`,
      );
    }
    const [xs, ws] = [disassemble(a.layout, x.shape), disassemble(a.layout, w.shape)];
    const k = ws.n;
    if (a.groups < 1 || xs.c !== ws.c * a.groups || k % a.groups !== 0) {
      return fail(
        "QC-NN-007",
        `conv_transpose: ${xs.c} channels, weights for ${ws.c} x ${a.groups} groups, ${k} outputs do not agree`,
      );
    }
    if (bias && (bias.shape.length !== 1 || bias.shape[0] !== k)) {
      return fail("QC-NN-008", `conv_transpose: bias [${bias.shape}], expected [${k}]`);
    }
    const rank = xs.s.length;
    const window = { ...a, kernel: ws.s };
    checkWindow("conv_transpose", window, rank, fail);
    if (a.output_padding.length !== rank) fail("QC-NN-040", `conv_transpose: output_padding needs ${rank} entries`);
    if (a.pads.some((p) => p < 0) || a.output_padding.some((p) => p < 0)) fail("QC-NN-041", "conv_transpose: negative padding");
    const out = xs.s.map(
      (s, d) => (s - 1) * a.strides[d] + a.output_padding[d] + reach(window, d) - a.pads[d] - a.pads[rank + d],
    );
    if (out.some((s) => s < 1)) fail("QC-NN-042", `conv_transpose: the padding leaves an output of ${out.join(" x ")}`);
    const dtype = contractionDType("conv_transpose", x, w, bias, fail);
    const quant = productQuant("conv_transpose", x, w, 0, channelAxis(a.layout, x.shape.length), fail);
    return [tensorType(dtype, assemble(a.layout, xs.n, k, out), quant)];
  },
  eval([x, w, bias], a, [type]) {
    if (!x || !w) throw new Error("conv_transpose: absent operand");
    const [xs, ws, ys] = [x, w, { type }].map((t) => disassemble(a.layout, t.type.shape));
    const perGroup = ws.n / a.groups;
    const [xv, wv] = [centredNumbers(x, () => 0), centredNumbers(w, axisIndex(w.type.shape, 0))];
    const y = new Float64Array(numElements(type.shape));
    const bv = bias ? numbersOf(bias) : null;
    if (bv) eachIndex(type.shape, (i) => (y[offsetOf(type.shape, i)] = bv[disassemble(a.layout, i).c]));
    eachIndex([xs.n, ws.n, ...xs.s], ([n, k, ...i]) =>
      eachIndex(ws.s, (r) => {
        const o = i.map((v, d) => v * a.strides[d] + r[d] * a.dilations[d] - a.pads[d]);
        if (o.some((v, d) => v < 0 || v >= ys.s[d])) return;
        const first = Math.floor(k / perGroup) * ws.c;
        for (let c = 0; c < ws.c; c++) {
          y[offsetOf(type.shape, assemble(a.layout, n, k, o))] +=
            xv[offsetOf(x.type.shape, assemble(a.layout, n, first + c, i))] *
            wv[offsetOf(w.type.shape, assemble(a.layout, k, c, r))];
        }
      }),
    );
    return [tensorOf(type, y)];
  },
  lower(b, { ins: [x, w, bias], outs: [y] }, a) {
    if (!x || !w) throw new Error("conv_transpose: absent operand");
    const [xs, ws] = [x, w].map((t) => disassemble(a.layout, t.type.shape));
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
        const { at, inside } = sourceOf(o, taps, window, xs.s);
        const from = a.groups === 1 ? c : add(mul(div(k, index(perGroup)), index(ws.c)), c);
        return mul(readX(assemble(a.layout, n, from, at), inside, index(0)), readW(assemble(a.layout, k, c, taps), null, k));
      },
      bias ? (i) => cast(acc, b.load(bias, [disassemble(a.layout, i).c])) : null,
    );
  },
  sample(g) {
    const rank = g.int(1, 3);
    const layout = g.pick(["channels_first", "channels_last"] as const);
    const groups = g.pick([1, 1, 2]);
    const [c, k] = [g.int(1, 3), groups * g.int(1, 2)];
    const kernel = g.shape(rank, 3).map((r) => r + 1);
    const kind = drawContraction(g, k, 0);
    return {
      inputs: [
        g.tensor({ ...kind.x, shape: assemble(layout, g.int(1, 2), c * groups, g.shape(rank, 3)) }),
        g.tensor({ ...kind.w, shape: assemble(layout, k, c, kernel) }),
        g.bool() ? g.tensor({ dtype: kind.bias, shape: [k] }) : null,
      ],
      attrs: {
        strides: g.shape(rank, 3),
        pads: [...kernel.map(() => g.int(0, 1)), ...kernel.map(() => 0)],
        output_padding: kernel.map(() => g.int(0, 1)),
        dilations: g.shape(rank, 2),
        groups,
        layout,
      },
    };
  },
  cost: ([x, w, bias], [y], a) => {
    const products =
      x && w ? (numElements(x.shape) * numElements(w.shape)) / disassemble(a.layout, x.shape).c / numElements(y.shape) : 0;
    return contractionCost([x, w, bias], y, products);
  },
});
