import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import type { Tensor } from "../op/tensor.js";
import { numElements, stridesOf, type TensorType, typeText } from "../type/tensor-type.js";
import { present } from "./shared/check.js";
import { checkIndices, position, positionNumber } from "./shared/movement.js";
import { checkScatter, drawScattered, lowerScatter, REDUCTIONS, reductionAttr, scatterInto } from "./shared/scatter.js";

/** Slices written at index tuples. ONNX ScatterND-18. */
export const scatterNd = defineOp({
  name: "scatter_nd",
  doc:
    "y = x; then y[indices[u.., 0], .., indices[u.., m-1], c..] (+)= updates[u.., c..], u in row-major order; without a reduction the last " +
    "update wins. Negative indices count from the end; ones outside are clamped.",
  attrs: { reduction: reductionAttr },
  operands: [{ name: "x" }, { name: "indices" }, { name: "updates" }],
  traits: ["same-scale"],
  infer(types, { reduction }, fail) {
    const [x, indices, updates] = [0, 1, 2].map((k) => present<TensorType>(types, k));
    checkIndices("scatter_nd", indices, fail);
    checkScatter("scatter_nd", x, updates, reduction, fail);
    const m = indices.shape.at(-1) ?? x.shape.length + 1;
    const wanted = [...indices.shape.slice(0, -1), ...x.shape.slice(m)];
    const empty = x.shape.slice(0, m).includes(0) && numElements(wanted) > 0;
    if (m > x.shape.length || updates.shape.join() !== wanted.join() || empty) {
      fail(
        "QC-TENSOR-022",
        `scatter_nd: indices ${typeText(indices)} and updates ${typeText(updates)} do not fit ${typeText(x)}`,
      );
    }
    return [x];
  },
  eval(inputs, { reduction }) {
    const [x, indices, updates] = [0, 1, 2].map((k) => present<Tensor>(inputs, k));
    const m = indices.type.shape[indices.type.shape.length - 1];
    const strides = stridesOf(x.type.shape);
    const inner = numElements(x.type.shape.slice(m));
    const targets = Int32Array.from({ length: updates.data.length }, (_, n) => {
      const tuple = Math.floor(n / inner) * m;
      let at = n % inner;
      for (let k = 0; k < m; k++) at += positionNumber(indices.data[tuple + k], x.type.shape[k]) * strides[k];
      return at;
    });
    return [scatterInto(x, updates, targets, reduction)];
  },
  lower(b, { ins, outs: [y] }, { reduction }) {
    const [x, indices, updates] = [0, 1, 2].map((k) => present(ins, k));
    const lead = indices.type.shape.length - 1;
    lowerScatter(b, x, updates, y, reduction, (u) => [
      ...Array.from({ length: indices.type.shape[lead] }, (_, k) =>
        position(b.load(indices, [...u.slice(0, lead), make.index(k)]), x.type.shape[k]),
      ),
      ...u.slice(lead),
    ]);
  },
  sample(g) {
    const reduction = g.pick(REDUCTIONS);
    const kind = drawScattered(g, reduction);
    const shape = g.shape(g.int(1, 3), 4);
    const m = g.int(1, shape.length);
    const lead = g.shape(g.int(0, 2), 3);
    const least = Math.min(...shape.slice(0, m));
    return {
      inputs: [
        g.tensor({ ...kind, shape }),
        g.tensor({ dtype: "i64", shape: [...lead, m], min: -least, max: least - 1 }),
        g.tensor({ ...kind, shape: [...lead, ...shape.slice(m)] }),
      ],
      attrs: { reduction },
    };
  },
});
