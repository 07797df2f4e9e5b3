import { attr } from "../attr/attr.js";
import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { movesElements } from "../op/quantize.js";
import { emptyData, type Tensor } from "../op/tensor.js";
import { numElements, stridesOf, type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { present } from "./shared/check.js";
import { checkIndices, drawMoved, movedQuant, position, positionNumber } from "./shared/movement.js";

/** Slices picked by index tuples. ONNX GatherND-13. */
export const gatherNd = defineOp({
  name: "gather_nd",
  doc:
    "y[b.., j.., c..] = x[b.., indices[b.., j.., 0], .., indices[b.., j.., m-1], c..] with `batch_dims` leading dimensions b shared by both " +
    "and m the last dimension of indices. Negative indices count from the end; ones outside are clamped.",
  attrs: { batch_dims: attr.int("leading dimensions that x and indices share", 0) },
  operands: [{ name: "x" }, { name: "indices" }],
  traits: ["movement", "same-scale"],
  quantize: movesElements,
  infer(types, { batch_dims: batch }, fail) {
    const [x, indices] = [0, 1].map((k) => present<TensorType>(types, k));
    checkIndices("gather_nd", indices, fail);
    const m = indices.shape.at(-1) ?? -1;
    const shared = x.shape.slice(0, batch).join() === indices.shape.slice(0, batch).join();
    if (m < 0 || batch < 0 || batch >= indices.shape.length || batch + m > x.shape.length || !shared) {
      fail("QC-TENSOR-019", `gather_nd: indices ${typeText(indices)} do not fit ${typeText(x)} with ${batch} batch dimensions`);
    }
    const shape = [...indices.shape.slice(0, -1), ...x.shape.slice(batch + m)];
    if (x.shape.slice(batch, batch + m).includes(0) && numElements(shape) > 0) {
      fail("QC-TENSOR-019", `gather_nd: an indexed dimension of ${typeText(x)} is empty`);
    }
    const behind = indices.shape.length - 1 - batch - m;
    const quant = movedQuant("gather_nd", x, fail, (a) =>
      a < batch ? { axis: a } : a >= batch + m ? { axis: a + behind } : null,
    );
    return [tensorType(x.dtype, shape, quant)];
  },
  eval(inputs, { batch_dims: batch }, [type]) {
    const [x, indices] = [0, 1].map((k) => present<Tensor>(inputs, k));
    const m = indices.type.shape[indices.type.shape.length - 1];
    const strides = stridesOf(x.type.shape);
    const inner = numElements(x.type.shape.slice(batch + m));
    const tuples = numElements(indices.type.shape.slice(0, -1));
    const batchStride = numElements(x.type.shape.slice(batch));
    const perBatch = numElements(indices.type.shape.slice(batch, -1));
    const data = emptyData(type.dtype, numElements(type.shape)) as Float64Array;
    for (let t = 0; t < tuples; t++) {
      let from = Math.floor(t / perBatch) * batchStride;
      for (let k = 0; k < m; k++) from += positionNumber(indices.data[t * m + k], x.type.shape[batch + k]) * strides[batch + k];
      data.set((x.data as Float64Array).subarray(from, from + inner), t * inner);
    }
    return [{ type, data }];
  },
  lower(b, { ins, outs: [y] }, { batch_dims: batch }) {
    const [x, indices] = [0, 1].map((k) => present(ins, k));
    const lead = indices.type.shape.length - 1;
    const m = indices.type.shape[lead];
    b.elementwise(
      y,
      (i) => {
        const tuple = Array.from({ length: m }, (_, k) =>
          position(b.load(indices, [...i.slice(0, lead), make.index(k)]), x.type.shape[batch + k]),
        );
        return b.load(x, [...i.slice(0, batch), ...tuple, ...i.slice(lead)]);
      },
      "gather_nd",
    );
  },
  sample(g) {
    const x = drawMoved(g, g.shape(g.int(1, 4), 4), { empty: false, perChannel: false });
    const { shape } = x.type;
    const batch = g.int(0, shape.length - 1);
    const m = g.int(batch === shape.length ? 0 : 1, shape.length - batch);
    const least = Math.min(...shape.slice(batch, batch + m));
    const dims = [...shape.slice(0, batch), ...g.shape(g.int(0, 2), 3), m];
    return { inputs: [x, g.tensor({ dtype: "i64", shape: dims, min: -least, max: least - 1 })], attrs: { batch_dims: batch } };
  },
});
