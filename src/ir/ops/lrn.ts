import { attr } from "../attr/attr.js";
import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { aroundChannels } from "../op/layout.js";
import { numbersOf, tensorOf } from "../op/tensor.js";
import { typeText } from "../type/tensor-type.js";
import { checkDType, checkNoQuant, present } from "./shared/check.js";
import { computeDType, constOf, loadWide } from "./shared/lowering.js";
import { splitAt } from "./shared/values.js";

const channelAxis = (layout: string, rank: number) => (layout === "channels_first" ? 1 : rank - 1);

export const lrn = defineOp({
  name: "lrn",
  doc:
    "y = x / (bias + alpha / size * s)^beta, s the sum of squares over the channels from c - floor((size - 1) / 2) to " +
    "c + ceil((size - 1) / 2) that exist. ONNX LRN-13.",
  attrs: {
    size: attr.int("channels to sum over"),
    alpha: attr.f32("factor", 0.0001),
    beta: attr.f32("exponent", 0.75),
    bias: attr.f32("constant term", 1),
    layout: attr.oneOf("where the channels are", ["channels_first", "channels_last"], "channels_first"),
  },
  operands: [{ name: "x" }],
  traits: [],
  layout: { transpose: aroundChannels },
  infer(types, { size }, fail) {
    const x = present(types, 0);
    checkNoQuant("lrn", x, fail);
    checkDType("lrn", x, "float", fail);
    if (x.shape.length < 2) fail("QC-OP-006", `lrn: operand ${typeText(x)} has no channel axis`);
    if (size < 1) fail("QC-OP-011", `lrn: a window of ${size} channels`);
    return [x];
  },
  eval(inputs, { size, alpha, beta, bias, layout }, [type]) {
    const x = numbersOf(present(inputs, 0));
    const { length, inner } = splitAt(type.shape, channelAxis(layout, type.shape.length));
    const before = Math.floor((size - 1) / 2);
    const y = x.map((v, i) => {
      const c = Math.floor(i / inner) % length;
      let s = 0;
      for (let k = Math.max(0, c - before); k < Math.min(length, c - before + size); k++) s += x[i + (k - c) * inner] ** 2;
      return v / (Math.fround(bias) + (Math.fround(alpha) / size) * s) ** Math.fround(beta);
    });
    return [tensorOf(type, y)];
  },
  lower(b, { ins, outs: [y] }, { size, alpha, beta, bias, layout }) {
    const x = present(ins, 0);
    const { shape, dtype } = x.type;
    const axis = channelAxis(layout, shape.length);
    const acc = computeDType(dtype);
    // of the window around a channel, what some channel has: at most 2 C - 1
    const half = Math.floor((size - 1) / 2);
    const first = Math.max(0, half - (shape[axis] - 1));
    const last = Math.min(size - 1, half + shape[axis] - 1);
    const before = make.index(half - first);
    const squares = b.temp(acc, shape, "squares");
    b.reduction(
      squares,
      "add",
      [last - first + 1],
      (i, [r]) => {
        const c = make.sub(make.add(i[axis], r), before);
        const exists = make.and(make.bin("ge", c, make.index(0)), make.bin("lt", c, make.index(shape[axis])));
        const v = loadWide(
          b,
          x,
          i.map((e, k) => (k === axis ? c : e)),
          exists,
        );
        return make.mul(v, v);
      },
      { name: "squares" },
    );
    b.elementwise(
      y,
      (i) => {
        const base = make.add(constOf(acc, bias), make.mul(constOf(acc, alpha / size), b.load(squares, i)));
        return make.cast(y.type.dtype, make.div(loadWide(b, x, i), make.call("pow", [base, constOf(acc, beta)])));
      },
      "lrn",
    );
  },
  sample(g) {
    const x = g.tensor({ dtype: g.pick(["f32", "f32", "f16"] as const), shape: g.shape(g.int(2, 4), 6) });
    const attrs = {
      size: g.int(1, 5),
      alpha: g.f32({ min: 0.001, max: 0.5 }),
      beta: g.pick([0.5, 0.75, 1]),
      bias: g.pick([1, 2]),
    };
    return { inputs: [x], attrs: { ...attrs, layout: g.pick(["channels_first", "channels_last"]) } };
  },
});
