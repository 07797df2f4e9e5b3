import { attr } from "../attr/attr.js";
import { defineOp } from "../op/define.js";
import { alongAxis } from "../op/layout.js";
import { movesElements } from "../op/quantize.js";
import { emptyData, type Tensor } from "../op/tensor.js";
import { numElements, stridesOf, type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { checkAxis, present } from "./shared/check.js";
import { checkIndices, drawMoved, movedQuant, position, positionNumber } from "./shared/movement.js";
import { eachIndex } from "./shared/spatial.js";

/** Elements picked by index along one axis. ONNX GatherElements-13. */
export const gatherElements = defineOp({
  name: "gather_elements",
  doc: "y[i] = x[i with i[axis] replaced by indices[i]]. Negative indices count from the end; ones outside are clamped.",
  attrs: { axis: attr.int("the axis of x that is indexed") },
  operands: [{ name: "x" }, { name: "indices" }],
  traits: ["movement", "same-scale"],
  layout: { transpose: alongAxis },
  quantize: movesElements,
  infer(types, { axis }, fail) {
    const [x, indices] = [0, 1].map((k) => present<TensorType>(types, k));
    checkAxis("gather_elements", axis, x, fail);
    checkIndices("gather_elements", indices, fail);
    const fits = indices.shape.length === x.shape.length && indices.shape.every((d, k) => k === axis || d <= x.shape[k]);
    if (!fits || (x.shape[axis] === 0 && numElements(indices.shape) > 0)) {
      fail("QC-TENSOR-018", `gather_elements: indices ${typeText(indices)} do not fit ${typeText(x)} along axis ${axis}`);
    }
    const quant = movedQuant("gather_elements", x, fail, (a) =>
      a === axis ? null : { axis: a, from: Array.from({ length: indices.shape[a] }, (_, i) => i) },
    );
    return [tensorType(x.dtype, indices.shape, quant)];
  },
  eval(inputs, { axis }, [type]) {
    const [x, indices] = [0, 1].map((k) => present<Tensor>(inputs, k));
    const strides = stridesOf(x.type.shape);
    const data = emptyData(type.dtype, indices.data.length) as Float64Array;
    let n = 0;
    eachIndex(type.shape, (at) => {
      const picked = at.with(axis, positionNumber(indices.data[n], x.type.shape[axis]));
      data[n++] = x.data[picked.reduce((sum, v, d) => sum + v * strides[d], 0)] as number;
    });
    return [{ type, data }];
  },
  lower(b, { ins, outs: [y] }, { axis }) {
    const [x, indices] = [0, 1].map((k) => present(ins, k));
    b.elementwise(y, (i) => b.load(x, [...i].with(axis, position(b.load(indices, i), x.type.shape[axis]))), "gather_elements");
  },
  sample(g) {
    const shape = g.shape(g.int(1, 4), 4);
    const axis = g.int(0, shape.length - 1);
    const x = drawMoved(g, shape, { empty: false, perChannel: false });
    const own = shape.map((d, k) => (k === axis ? g.int(0, 5) : g.int(1, d)));
    const d = shape[axis];
    return {
      inputs: [x, g.tensor({ dtype: g.pick(["i32", "i64"] as const), shape: own, min: -d, max: d - 1 })],
      attrs: { axis },
    };
  },
});
