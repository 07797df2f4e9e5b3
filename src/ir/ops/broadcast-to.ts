import { attr } from "../attr/attr.js";
import { defineOp } from "../op/define.js";
import { movesElements } from "../op/quantize.js";
import { emptyData, type Tensor } from "../op/tensor.js";
import { broadcastShapes, numElements, type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { present } from "./shared/check.js";
import { broadcastAt } from "./shared/lowering.js";
import { drawMoved, movedQuant } from "./shared/movement.js";
import { broadcastOffsets } from "./shared/values.js";

/** NumPy broadcasting to a given shape. ONNX Expand-13 (its shape already broadcast with that of x). */
export const broadcastTo = defineOp({
  name: "broadcast_to",
  doc: "y[i] = x[i], x seen in `shape` by NumPy broadcasting.",
  attrs: { shape: attr.ints("shape of the result, to which x broadcasts") },
  operands: [{ name: "x" }],
  traits: ["movement", "same-scale"],
  quantize: movesElements,
  infer(types, { shape }, fail) {
    const x: TensorType = present(types, 0);
    if (broadcastShapes(x.shape, shape)?.join() !== shape.join()) {
      fail("QC-TENSOR-023", `broadcast_to: ${typeText(x)} does not broadcast to [${shape}]`);
    }
    const lead = shape.length - x.shape.length;
    const quant = movedQuant("broadcast_to", x, fail, (a) => ({
      axis: a + lead,
      from: Array.from({ length: shape[a + lead] }, (_, i) => i % x.shape[a]),
    }));
    return [tensorType(x.dtype, shape, quant)];
  },
  eval(inputs, _attrs, [type]) {
    const x: Tensor = present(inputs, 0);
    const data = emptyData(type.dtype, numElements(type.shape)) as Float64Array;
    if (x.data.length === 1) return [{ type, data: data.fill(x.data[0] as number) }];
    broadcastOffsets(x.type.shape, type.shape).forEach((o, n) => {
      data[n] = x.data[o] as number;
    });
    return [{ type, data }];
  },
  lower(b, { ins, outs: [y] }) {
    const x = present(ins, 0);
    b.elementwise(y, (i) => b.load(x, broadcastAt(x.type.shape, i)), "broadcast");
  },
  sample(g) {
    const shape = g.shape(g.int(0, 4), 4);
    return { inputs: [drawMoved(g, g.broadcastable(shape), { empty: false })], attrs: { shape } };
  },
});
