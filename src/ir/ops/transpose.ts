import { attr } from "../attr/attr.js";
import { defineOp } from "../op/define.js";
import { movesElements } from "../op/quantize.js";
import { emptyData, type Tensor } from "../op/tensor.js";
import type { Quant } from "../type/quant.js";
import { transposed } from "../type/strided-view.js";
import { numElements, stridesOf, type TensorType, tensorType } from "../type/tensor-type.js";
import { present } from "./shared/check.js";
import { drawMoved, gatherInto, movedQuant, offsetsBy } from "./shared/movement.js";

/** Block scales lie row-major over the blocks, so they are transposed like the elements. */
function transposeBlocks(q: Quant & { kind: "block" }, shape: readonly number[], perm: readonly number[]): Quant {
  const blocks = shape.map((d, i) => (i === q.axis ? Math.ceil(d / q.block) : d));
  const strides = stridesOf(blocks);
  const order = new Int32Array(numElements(blocks));
  gatherInto(
    order,
    order.map((_, i) => i),
    perm.map((a) => offsetsBy(blocks[a], (i) => i * strides[a])),
  );
  const moved = (v: readonly number[]) => Array.from(order, (i) => v[i]);
  return { ...q, axis: perm.indexOf(q.axis), scales: moved(q.scales), zeros: moved(q.zeros) };
}

/** Reordering of axes. ONNX Transpose-25. */
export const transpose = defineOp({
  name: "transpose",
  doc: "y[i0, i1, ..] = x at the index j with j[perm[d]] = i[d]; y.shape[d] = x.shape[perm[d]]. Quantization moves with its axis.",
  attrs: { perm: attr.ints("the operand's axis that becomes axis d") },
  operands: [{ name: "x" }],
  traits: ["movement", "same-scale"],
  quantize: movesElements,
  layout: { view: (v, { perm }) => transposed(v, perm) },
  infer(types, { perm }, fail) {
    const x: TensorType = present(types, 0);
    const rank = x.shape.length;
    if (perm.length !== rank || new Set(perm).size !== rank || perm.some((a) => a < 0 || a >= rank)) {
      fail("QC-TENSOR-010", `transpose: [${perm}] is no permutation of ${rank} axes`);
    }
    const quant =
      x.quant?.kind === "block"
        ? transposeBlocks(x.quant, x.shape, perm)
        : movedQuant("transpose", x, fail, (axis) => ({ axis: perm.indexOf(axis) }));
    return [
      tensorType(
        x.dtype,
        perm.map((a) => x.shape[a]),
        quant,
      ),
    ];
  },
  eval(inputs, { perm }, [type]) {
    const x: Tensor = present(inputs, 0);
    const strides = stridesOf(x.type.shape);
    const data = emptyData(type.dtype, x.data.length);
    if (data.length)
      gatherInto(
        data,
        x.data,
        perm.map((a) => offsetsBy(x.type.shape[a], (i) => i * strides[a])),
      );
    return [{ type, data }];
  },
  lower(b, { ins, outs: [y] }, { perm }) {
    const x = present(ins, 0);
    const source = perm.map((_, axis) => perm.indexOf(axis));
    b.elementwise(
      y,
      (i) =>
        b.load(
          x,
          source.map((d) => i[d]),
        ),
      "transpose",
    );
  },
  sample(g) {
    const x = drawMoved(g, g.shape(g.int(0, 4)));
    const left = x.type.shape.map((_, i) => i);
    const perm = x.type.shape.map(() => left.splice(g.int(0, left.length - 1), 1)[0]);
    return { inputs: [x], attrs: { perm } };
  },
});
