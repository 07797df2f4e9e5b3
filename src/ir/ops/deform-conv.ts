import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import { add, cast, constant, div, index, mul } from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { numbersOf, tensorOf } from "../op/tensor.js";
import { isFloat } from "../type/dtype.js";
import { numElements, tensorType } from "../type/tensor-type.js";
import { accumulatorOf, contract, contractionCost } from "./shared/contraction.js";
import { interpolate, interpolateNumbers, linearTaps } from "./shared/interpolate.js";
import { eachIndex, offsetOf, windowAttrs, windowOutput } from "./shared/spatial.js";

/** Deformable convolution over two spatial axes. ONNX DeformConv-22; Dai et al. 2017, Zhu et al. 2018 (mask). */
export const deformConv = defineOp({
  name: "deform_conv",
  doc:
    "As conv, channels_first, 2 spatial axes, but tap r of output o reads x bilinearly (0 outside) at o stride + r dilation - pad + " +
    "offset[n, (q R + r) 2 + axis, o], times mask[n, q R + r, o]; q is the offset group of the channel, R the taps. Floats.",
  attrs: {
    ...windowAttrs,
    groups: attr.int("number of channel groups", 1),
    offset_groups: attr.int("groups of channels that share offsets", 1),
  },
  operands: [
    { name: "x" },
    { name: "w", finite: "whether padding meets an infinite weight as 0 or not at all is the schedule's" },
    { name: "offset", finite: "an offset that is no number leads nowhere" },
    { name: "bias", optional: true },
    { name: "mask", optional: true },
  ],
  traits: [],
  weights: { operand: 1, bias: 3, axes: (_, { groups }) => ({ out: 0, in: 1, result: 1, groups }) },
  infer([x, w, offset, bias, mask], a, fail) {
    if (!x || !w || !offset) return fail("QC-NN-005", "deform_conv: x, w and offset are required");
    if (x.shape.length !== 4 || w.shape.length !== 4) return fail("QC-NN-082", "deform_conv: two spatial axes are supported");
    if (!isFloat(x.dtype) || [w, offset, bias, mask].some((t) => t && t.dtype !== x.dtype))
      fail("QC-NN-010", "deform_conv: operands must be of one float type");
    const [n, c, ...s] = x.shape;
    const [k, perGroup, ...kernel] = w.shape;
    if (c !== perGroup * a.groups || k % a.groups !== 0 || c % a.offset_groups !== 0)
      fail("QC-NN-007", "deform_conv: channels and groups do not agree");
    if (bias && bias.shape.join() !== `${k}`) fail("QC-NN-008", `deform_conv: bias [${bias.shape}], expected [${k}]`);
    const out = windowOutput("deform_conv", s, { ...a, kernel }, fail);
    const taps = a.offset_groups * numElements(kernel);
    if (offset.shape.join() !== [n, 2 * taps, ...out].join())
      fail("QC-NN-083", `deform_conv: offset [${offset.shape}], expected [${[n, 2 * taps, ...out]}]`);
    if (mask && mask.shape.join() !== [n, taps, ...out].join())
      fail("QC-NN-084", `deform_conv: mask [${mask.shape}], expected [${[n, taps, ...out]}]`);
    return [tensorType(x.dtype, [n, k, ...out])];
  },
  eval([x, w, offset, bias, mask], a, [type]) {
    if (!x || !w || !offset) throw new Error("deform_conv: absent operand");
    const [, channels, ...s] = x.type.shape;
    const [k, perGroup, ...kernel] = w.type.shape;
    const [xv, wv, ov, mv, bv] = [x, w, offset, mask, bias].map((t) => (t ? numbersOf(t) : null));
    const [size, perOffset, perOut] = [numElements(kernel), channels / a.offset_groups, k / a.groups];
    const y = new Float64Array(numElements(type.shape));
    eachIndex(type.shape, ([n, out, ...o]) => {
      let sum = bv ? bv[out] : 0;
      eachIndex([perGroup, ...kernel], ([j, ...r]) => {
        const c = Math.floor(out / perOut) * perGroup + j;
        const tap = Math.floor(c / perOffset) * size + offsetOf(kernel, r);
        const at = r.map(
          (v, d) =>
            o[d] * a.strides[d] +
            v * a.dilations[d] -
            a.pads[d] +
            (ov?.[offsetOf(offset.type.shape, [n, 2 * tap + d, ...o])] ?? 0),
        );
        const value = interpolateNumbers(at, s, (p) => xv?.[offsetOf(x.type.shape, [n, c, ...p])] ?? 0);
        const scale = mask && mv ? mv[offsetOf(mask.type.shape, [n, tap, ...o])] : 1;
        sum += value * scale * (wv?.[offsetOf(w.type.shape, [out, j, ...r])] ?? 0);
      });
      y[offsetOf(type.shape, [n, out, ...o])] = sum;
    });
    return [tensorOf(type, y)];
  },
  lower(b, { ins: [x, w, offset, bias, mask], outs: [y] }, a) {
    if (!x || !w || !offset) throw new Error("deform_conv: absent operand");
    const [n, channels, ...s] = x.type.shape;
    const [k, perGroup, ...kernel] = w.type.shape;
    const out = y.type.shape.slice(2);
    const acc = accumulatorOf(y.type.dtype);
    const f64 = (v: Expr) => cast("f64", v);
    const columns = b.temp(acc, [n, channels, ...kernel, ...out], "columns");
    b.elementwise(
      columns,
      ([i, c, r0, r1, o0, o1]) => {
        const group = div(c, index(channels / a.offset_groups));
        const tap = add(mul(group, index(numElements(kernel))), add(mul(r0, index(kernel[1])), r1));
        const axes = [
          [o0, r0],
          [o1, r1],
        ].map(([o, r], d) => {
          const regular = add(f64(add(mul(o, index(a.strides[d])), mul(r, index(a.dilations[d])))), constant("f64", -a.pads[d]));
          return linearTaps(add(regular, f64(b.load(offset, [i, add(mul(tap, index(2)), index(d)), o0, o1]))), s[d]);
        });
        const value = interpolate(axes, (at, inside) => b.load(x, [i, c, ...at], inside));
        return cast(acc, mask ? mul(value, f64(b.load(mask, [i, tap, o0, o1]))) : value);
      },
      "samples",
    );
    contract(
      b,
      y,
      [perGroup, ...kernel],
      ([i, o, ...at], [c, ...r]) => {
        const from = a.groups === 1 ? c : add(mul(div(o, index(k / a.groups)), index(perGroup)), c);
        return mul(b.load(columns, [i, from, ...r, ...at]), cast(acc, b.load(w, [o, c, ...r])));
      },
      bias ? ([, o]) => b.load(bias, [o]) : null,
    );
  },
  sample(g) {
    const [groups, offsetGroups] = [g.int(1, 2), g.int(1, 2)];
    const [n, c, k] = [g.int(1, 2), 2 * g.int(1, 2), groups * g.int(1, 2)];
    const kernel = g.shape(2, 3);
    const size = kernel.map((r) => r + g.int(1, 3));
    const dtype = g.pick(["f32", "f32", "f16"] as const);
    const window = { strides: g.shape(2, 2), pads: [g.int(0, 1), 0, 0, g.int(0, 1)], dilations: [1, 1] };
    const out = windowOutput("deform_conv", size, { ...window, kernel }, (code, m) => {
      throw new Error(`${code}: ${m}`);
    });
    const taps = offsetGroups * numElements(kernel);
    return {
      inputs: [
        g.tensor({ dtype, shape: [n, c, ...size] }),
        g.tensor({ dtype, shape: [k, c / groups, ...kernel] }),
        g.tensor({ dtype, shape: [n, 2 * taps, ...out], min: -1, max: 1 }),
        g.bool() ? g.tensor({ dtype, shape: [k] }) : null,
        g.bool() ? g.tensor({ dtype, shape: [n, taps, ...out] }) : null,
      ],
      attrs: { ...window, groups, offset_groups: offsetGroups },
    };
  },
  cost: (ins, [y]) => contractionCost(ins, y, ins[1] ? numElements(ins[1].shape.slice(1)) : 0),
});
