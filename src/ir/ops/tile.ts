import { attr } from "../attr/attr.js";
import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { perDimension } from "../op/layout.js";
import { movesElements } from "../op/quantize.js";
import { emptyData, type Tensor } from "../op/tensor.js";
import { numElements, stridesOf, type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { present } from "./shared/check.js";
import { drawMoved, gatherInto, movedQuant, offsetsBy } from "./shared/movement.js";

/** Repetition of a whole tensor. ONNX Tile-13. */
export const tile = defineOp({
  name: "tile",
  doc: "y[i] = x[i mod dim], y.shape[d] = x.shape[d] repeats[d].",
  attrs: { repeats: attr.ints("repetitions of each dimension") },
  operands: [{ name: "x" }],
  traits: ["movement", "same-scale"],
  layout: { transpose: perDimension({ repeats: 1 }) },
  quantize: movesElements,
  infer(types, { repeats }, fail) {
    const x: TensorType = present(types, 0);
    if (repeats.length !== x.shape.length || repeats.some((r) => r < 0)) {
      fail("QC-TENSOR-024", `tile: repeats [${repeats}] for ${typeText(x)}`);
    }
    const shape = x.shape.map((d, k) => d * repeats[k]);
    const quant = movedQuant("tile", x, fail, (axis) => ({
      axis,
      from: Array.from({ length: shape[axis] }, (_, i) => i % x.shape[axis]),
    }));
    return [tensorType(x.dtype, shape, quant)];
  },
  eval(inputs, _attrs, [type]) {
    const x: Tensor = present(inputs, 0);
    const strides = stridesOf(x.type.shape);
    const data = emptyData(type.dtype, numElements(type.shape));
    if (data.length) {
      gatherInto(
        data,
        x.data,
        type.shape.map((n, d) => offsetsBy(n, (i) => (i % x.type.shape[d]) * strides[d])),
      );
    }
    return [{ type, data }];
  },
  lower(b, { ins, outs: [y] }, { repeats }) {
    const x = present(ins, 0);
    b.elementwise(
      y,
      (i) =>
        b.load(
          x,
          i.map((v, d) => {
            if (repeats[d] === 1) return v;
            return x.type.shape[d] <= 1 ? make.index(0) : make.mod(v, make.index(x.type.shape[d]));
          }),
        ),
      "tile",
    );
  },
  sample(g) {
    const x = drawMoved(g, g.shape(g.int(0, 4), 4));
    return { inputs: [x], attrs: { repeats: x.type.shape.map(() => g.pick([1, 1, 2, 3, 0])) } };
  },
});
