import { attr } from "../attr/attr.js";
import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { movesElements } from "../op/quantize.js";
import { emptyData, type Tensor } from "../op/tensor.js";
import { stridesOf, type TensorType, typeText } from "../type/tensor-type.js";
import { checkAxis, present } from "./shared/check.js";
import { checkIndices, drawMoved } from "./shared/movement.js";
import { eachIndex } from "./shared/spatial.js";

/** Reversal of the leading part of each sequence. ONNX ReverseSequence-10. */
export const reverseSequence = defineOp({
  name: "reverse_sequence",
  doc: "y[.., t, ..] = x[.., lens[b] - 1 - t, ..] where t < lens[b], else x[.., t, ..]; b indexes batch_axis, t time_axis; 0 <= lens[b] <= T.",
  attrs: { batch_axis: attr.int("axis of the sequences", 1), time_axis: attr.int("axis of their elements", 0) },
  operands: [{ name: "x" }, { name: "lens" }],
  traits: ["movement", "same-scale"],
  quantize: movesElements,
  infer(types, { batch_axis: batch, time_axis: time }, fail) {
    const [x, lens] = [0, 1].map((k) => present<TensorType>(types, k));
    checkAxis("reverse_sequence", batch, x, fail);
    checkAxis("reverse_sequence", time, x, fail);
    checkIndices("reverse_sequence", lens, fail);
    const reversedChannels = x.quant && x.quant.kind !== "tensor" && x.quant.axis === time;
    if (batch === time || lens.shape.join() !== `${x.shape[batch]}` || reversedChannels) {
      fail(
        "QC-TENSOR-026",
        `reverse_sequence: lens ${typeText(lens)} do not fit ${typeText(x)}, batch axis ${batch}, time axis ${time}`,
      );
    }
    return [x];
  },
  eval(inputs, { batch_axis: batch, time_axis: time }, [type]) {
    const [x, lens] = [0, 1].map((k) => present<Tensor>(inputs, k));
    const strides = stridesOf(type.shape);
    const data = emptyData(type.dtype, x.data.length) as Float64Array;
    let n = 0;
    eachIndex(type.shape, (at) => {
      const length = Math.min(Number(lens.data[at[batch]]), type.shape[time]);
      const source = at[time] < length ? at.with(time, length - 1 - at[time]) : at;
      data[n++] = x.data[source.reduce((sum, v, d) => sum + v * strides[d], 0)] as number;
    });
    return [{ type, data }];
  },
  lower(b, { ins, outs: [y] }, { batch_axis: batch, time_axis: time }) {
    const [x, lens] = [0, 1].map((k) => present(ins, k));
    b.elementwise(
      y,
      (i) => {
        const t = make.cast("i64", i[time]);
        const length = make.min(make.cast("i64", b.load(lens, [i[batch]])), make.constant("i64", y.type.shape[time]));
        const mirrored = make.sub(make.sub(length, make.constant("i64", 1)), t);
        return b.load(x, [...i].with(time, make.cast("index", make.select(make.bin("lt", t, length), mirrored, t))));
      },
      "reverse_sequence",
    );
  },
  sample(g) {
    const x = drawMoved(g, g.shape(g.int(2, 4), 4), { perChannel: false });
    const { shape } = x.type;
    const batch = g.int(0, shape.length - 1);
    const time = (batch + g.int(1, shape.length - 1)) % shape.length;
    return {
      inputs: [x, g.tensor({ dtype: "i64", shape: [shape[batch]], min: 0, max: shape[time] })],
      attrs: { batch_axis: batch, time_axis: time },
    };
  },
});
