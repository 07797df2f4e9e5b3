import { attr } from "../attr/attr.js";
import { defineOp } from "../op/define.js";
import type { Tensor } from "../op/tensor.js";
import { numElements, stridesOf, type TensorType, typeText } from "../type/tensor-type.js";
import { checkAxis, present } from "./shared/check.js";
import { checkIndices, position, positionNumber } from "./shared/movement.js";
import { checkScatter, drawScattered, lowerScatter, REDUCTIONS, reductionAttr, scatterInto } from "./shared/scatter.js";
import { eachIndex } from "./shared/spatial.js";

/** Elements written at indices along one axis. ONNX ScatterElements-18. */
export const scatterElements = defineOp({
  name: "scatter_elements",
  doc:
    "y = x; then y[u with u[axis] replaced by indices[u]] (+)= updates[u], u in row-major order; without a reduction the last update wins. " +
    "Negative indices count from the end; ones outside are clamped.",
  attrs: { axis: attr.int("the axis of x that is indexed"), reduction: reductionAttr },
  operands: [{ name: "x" }, { name: "indices" }, { name: "updates" }],
  traits: ["same-scale"],
  infer(types, { axis, reduction }, fail) {
    const [x, indices, updates] = [0, 1, 2].map((k) => present<TensorType>(types, k));
    checkAxis("scatter_elements", axis, x, fail);
    checkIndices("scatter_elements", indices, fail);
    checkScatter("scatter_elements", x, updates, reduction, fail);
    const fits =
      indices.shape.join() === updates.shape.join() &&
      indices.shape.length === x.shape.length &&
      indices.shape.every((d, k) => k === axis || d <= x.shape[k]);
    if (!fits || (x.shape[axis] === 0 && numElements(indices.shape) > 0)) {
      fail(
        "QC-TENSOR-021",
        `scatter_elements: indices ${typeText(indices)} and updates ${typeText(updates)} do not fit ${typeText(x)}`,
      );
    }
    return [x];
  },
  eval(inputs, { axis, reduction }) {
    const [x, indices, updates] = [0, 1, 2].map((k) => present<Tensor>(inputs, k));
    const strides = stridesOf(x.type.shape);
    const targets = new Int32Array(indices.data.length);
    let n = 0;
    eachIndex(indices.type.shape, (at) => {
      const own = at.with(axis, positionNumber(indices.data[n], x.type.shape[axis]));
      targets[n++] = own.reduce((sum, v, d) => sum + v * strides[d], 0);
    });
    return [scatterInto(x, updates, targets, reduction)];
  },
  lower(b, { ins, outs: [y] }, { axis, reduction }) {
    const [x, indices, updates] = [0, 1, 2].map((k) => present(ins, k));
    lowerScatter(b, x, updates, y, reduction, (u) => [...u].with(axis, position(b.load(indices, u), x.type.shape[axis])));
  },
  sample(g) {
    const reduction = g.pick(REDUCTIONS);
    const kind = drawScattered(g, reduction);
    const shape = g.shape(g.int(1, 3), 4);
    const axis = g.int(0, shape.length - 1);
    const own = shape.map((d, k) => (k === axis ? g.int(0, 5) : g.int(1, d)));
    const d = shape[axis];
    return {
      inputs: [
        g.tensor({ ...kind, shape }),
        g.tensor({ dtype: g.pick(["i32", "i64"] as const), shape: own, min: -d, max: d - 1 }),
        g.tensor({ ...kind, shape: own }),
      ],
      attrs: { axis, reduction },
    };
  },
});
