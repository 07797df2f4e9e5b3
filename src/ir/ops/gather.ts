import { attr } from "../attr/attr.js";
import { defineOp } from "../op/define.js";
import { movesElements } from "../op/quantize.js";
import { emptyData, numbersOf, type Tensor } from "../op/tensor.js";
import { picked } from "../type/strided-view.js";
import { numElements, type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { checkAxis, present } from "./shared/check.js";
import { checkIndices, drawMoved, movedQuant, position, positionNumber } from "./shared/movement.js";

/** Whole slices picked by index: embedding tables. ONNX Gather-13. */
export const gather = defineOp({
  name: "gather",
  doc: "y[a.., j.., c..] = x[a.., indices[j..], c..], j standing at `axis`. Negative indices count from the end; ones outside are clamped.",
  attrs: { axis: attr.int("the axis of x that is indexed") },
  operands: [{ name: "x" }, { name: "indices" }],
  traits: ["movement", "same-scale"],
  quantize: movesElements,
  layout: {
    // one slice, named by a constant
    view(v, { axis }, { constant }) {
      const index = constant(1);
      if (index?.type.shape.length !== 0) return null;
      const { size } = v.dims[axis];
      const [at] = numbersOf(index);
      const i = at < 0 ? at + size : at;
      return i >= 0 && i < size ? picked(v, axis, i) : null;
    },
  },
  infer(types, { axis }, fail) {
    const [x, indices] = [0, 1].map((k) => present<TensorType>(types, k));
    checkAxis("gather", axis, x, fail);
    checkIndices("gather", indices, fail);
    if (x.shape[axis] === 0 && numElements(indices.shape) > 0) {
      fail("QC-TENSOR-016", `gather: dimension ${axis} of ${typeText(x)} is empty`);
    }
    const quant = movedQuant("gather", x, fail, (a) =>
      a === axis ? null : { axis: a < axis ? a : a + indices.shape.length - 1 },
    );
    return [tensorType(x.dtype, x.shape.toSpliced(axis, 1, ...indices.shape), quant)];
  },
  eval(inputs, { axis }, [type]) {
    const [x, indices] = [0, 1].map((k) => present<Tensor>(inputs, k));
    const length = x.type.shape[axis];
    const inner = numElements(x.type.shape.slice(axis + 1));
    const outer = numElements(x.type.shape.slice(0, axis));
    const data = emptyData(type.dtype, numElements(type.shape)) as Float64Array;
    let at = 0;
    for (let o = 0; o < outer; o++) {
      for (const v of indices.data) {
        const from = (o * length + positionNumber(v, length)) * inner;
        data.set((x.data as Float64Array).subarray(from, from + inner), at);
        at += inner;
      }
    }
    return [{ type, data }];
  },
  lower(b, { ins, outs: [y] }, { axis }) {
    const [x, indices] = [0, 1].map((k) => present(ins, k));
    const count = indices.type.shape.length;
    b.elementwise(
      y,
      (i) => {
        const picked = position(b.load(indices, i.slice(axis, axis + count)), x.type.shape[axis]);
        return b.load(x, [...i.slice(0, axis), picked, ...i.slice(axis + count)]);
      },
      "gather",
    );
  },
  sample(g) {
    const x = drawMoved(g, g.shape(g.int(1, 4)), { empty: false });
    const q = x.type.quant;
    const axes = x.type.shape.map((_, a) => a).filter((a) => q?.kind !== "axis" || q.axis !== a);
    const source = axes.length ? x : g.tensor({ shape: x.type.shape });
    const axis = axes.length ? g.pick(axes) : 0;
    const d = source.type.shape[axis];
    const shape = g.int(0, 9) === 0 ? [0] : g.shape(g.int(0, 3), 3);
    return {
      inputs: [source, g.tensor({ dtype: g.pick(["i32", "i64"] as const), shape, min: -d, max: d - 1 })],
      attrs: { axis },
    };
  },
});
