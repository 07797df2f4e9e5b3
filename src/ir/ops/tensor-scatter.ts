import { attr } from "../attr/attr.js";
import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { emptyData, type Tensor } from "../op/tensor.js";
import { numElements, type TensorType, typeText } from "../type/tensor-type.js";
import { checkAxis, present } from "./shared/check.js";
import { checkAlike, checkIndices, drawMoved, position, positionNumber } from "./shared/movement.js";

/** A block written into each sequence of a cache. ONNX TensorScatter-24. */
export const tensorScatter = defineOp({
  name: "tensor_scatter",
  doc:
    "y = cache, but y[b, .., starts[b] + s, ..] = update[b, .., s, ..] along `axis`; circular takes the position modulo the cache's length, " +
    "else what would lie behind the end is dropped. starts is [B], absent for zeros.",
  attrs: { axis: attr.int("the axis of positions, not 0"), circular: attr.bool("positions wrap around", false) },
  operands: [{ name: "cache" }, { name: "update" }, { name: "starts", optional: true }],
  traits: ["movement", "same-scale"],
  quantize: { form: "same-grid", grid: [0, 1], moves: true },
  infer(types, { axis }, fail) {
    const [cache, update] = [0, 1].map((k) => present<TensorType>(types, k));
    const starts = types[2] ?? null;
    checkAxis("tensor_scatter", axis, cache, fail);
    checkAlike("tensor_scatter", [cache, update], fail);
    if (starts) checkIndices("tensor_scatter", starts, fail);
    const fits =
      axis > 0 &&
      update.shape.length === cache.shape.length &&
      update.shape.every((d, k) => (k === axis ? d <= cache.shape[k] : d === cache.shape[k])) &&
      (!starts || starts.shape.join() === `${cache.shape[0]}`) &&
      (!cache.quant || cache.quant.kind === "tensor");
    if (!fits)
      fail("QC-TENSOR-031", `tensor_scatter: update ${typeText(update)} does not fit ${typeText(cache)} along axis ${axis}`);
    return [cache];
  },
  eval(inputs, { axis, circular }, [type]) {
    const [cache, update] = [0, 1].map((k) => present<Tensor>(inputs, k));
    const starts = inputs[2] ?? null;
    const [length, count] = [type.shape[axis], update.type.shape[axis]];
    const inner = numElements(type.shape.slice(axis + 1));
    const outer = numElements(type.shape.slice(0, axis));
    const perBatch = numElements(type.shape.slice(1, axis));
    const data = emptyData(type.dtype, cache.data.length) as Float64Array;
    data.set(cache.data as Float64Array);
    for (let o = 0; o < outer; o++) {
      const start = starts ? positionNumber(starts.data[Math.floor(o / perBatch)], length) : 0;
      for (let s = 0; s < count; s++) {
        const to = circular ? (start + s) % length : start + s;
        if (to >= length) break;
        const from = (o * count + s) * inner;
        data.set((update.data as Float64Array).subarray(from, from + inner), (o * length + to) * inner);
      }
    }
    return [{ type, data }];
  },
  lower(b, { ins, outs: [y] }, { axis, circular }) {
    const [cache, update] = [0, 1].map((k) => present(ins, k));
    const starts = ins[2] ?? null;
    const length = make.index(y.type.shape[axis]);
    b.elementwise(
      y,
      (i) => {
        const start = starts ? position(b.load(starts, [i[0]]), y.type.shape[axis]) : make.index(0);
        const p = i[axis];
        const offset = circular ? make.mod(make.sub(make.add(p, length), start), length) : make.sub(p, start);
        const near = make.bin("lt", offset, make.index(update.type.shape[axis]));
        const inside = circular ? near : make.and(make.bin("ge", p, start), near);
        return make.select(inside, b.load(update, [...i].with(axis, offset), inside), b.load(cache, i));
      },
      "tensor_scatter",
    );
  },
  sample(g) {
    const shape = g.shape(g.int(2, 4), 4);
    const axis = g.int(1, shape.length - 1);
    const cache = drawMoved(g, shape, { perChannel: false, empty: false });
    const { dtype, quant } = cache.type;
    const update = g.tensor({ dtype, quant, shape: shape.with(axis, g.int(0, shape[axis])) });
    const starts = g.bool() ? g.tensor({ dtype: "i64", shape: [shape[0]], min: 0, max: shape[axis] - 1 }) : null;
    return { inputs: [cache, update, starts], attrs: { axis, circular: g.bool() } };
  },
});
