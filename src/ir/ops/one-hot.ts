import { attr } from "../attr/attr.js";
import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { emptyData, type Tensor } from "../op/tensor.js";
import { numElements, type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { checkShape, present } from "./shared/check.js";
import { checkIndices } from "./shared/movement.js";

/** One-hot coding of indices. ONNX OneHot-11 (its depth constant). */
export const oneHot = defineOp({
  name: "one_hot",
  doc:
    "y[a.., c, b..] = values[1] where c = indices[a.., b..] (+ depth where negative), else values[0]; c stands at `axis`. Indices outside of " +
    "[-depth, depth) give values[0] throughout.",
  attrs: { axis: attr.int("where the new dimension stands"), depth: attr.int("length of the new dimension") },
  operands: [{ name: "indices" }, { name: "values", doc: "[2]: off, on" }],
  traits: ["movement"],
  infer(types, { axis, depth }, fail) {
    const [indices, values] = [0, 1].map((k) => present<TensorType>(types, k));
    checkIndices("one_hot", indices, fail);
    checkShape("one_hot", "values", values, [2], fail);
    if (axis < 0 || axis > indices.shape.length || depth < 0 || (values.quant && values.quant.kind !== "tensor")) {
      fail("QC-TENSOR-028", `one_hot: axis ${axis}, depth ${depth} for indices ${typeText(indices)}, values ${typeText(values)}`);
    }
    return [tensorType(values.dtype, indices.shape.toSpliced(axis, 0, depth), values.quant)];
  },
  eval(inputs, { axis, depth }, [type]) {
    const [indices, values] = [0, 1].map((k) => present<Tensor>(inputs, k));
    const inner = numElements(indices.type.shape.slice(axis));
    const data = emptyData(type.dtype, numElements(type.shape)) as Float64Array;
    data.fill(values.data[0] as number);
    for (const [n, raw] of indices.data.entries()) {
      const v = Number(raw);
      if (v < -depth || v >= depth) continue;
      const [o, c] = [Math.floor(n / inner), n % inner];
      data[(o * depth + (v < 0 ? v + depth : v)) * inner + c] = values.data[1] as number;
    }
    return [{ type, data }];
  },
  lower(b, { ins, outs: [y] }, { axis, depth }) {
    const [indices, values] = [0, 1].map((k) => present(ins, k));
    b.elementwise(
      y,
      (i) => {
        const v = make.cast("i64", b.load(indices, i.toSpliced(axis, 1)));
        const c = make.cast("i64", i[axis]);
        const hit = make.or(make.bin("eq", v, c), make.bin("eq", make.add(v, make.constant("i64", depth)), c));
        return make.select(hit, b.load(values, [make.index(1)]), b.load(values, [make.index(0)]));
      },
      "one_hot",
    );
  },
  sample(g) {
    const shape = g.shape(g.int(0, 3), 4);
    const depth = g.int(0, 5);
    const dtype = g.pick(["f32", "i64", "bool", "u8"] as const);
    return {
      inputs: [
        g.tensor({ dtype: g.pick(["i32", "i64"] as const), shape, min: -7, max: 7 }),
        g.tensor({ dtype, shape: [2], min: 0, max: 1 }),
      ],
      attrs: { axis: g.int(0, shape.length), depth },
    };
  },
});
