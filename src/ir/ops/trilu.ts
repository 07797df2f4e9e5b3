import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { movesElements } from "../op/quantize.js";
import { axisIndex, type Tensor } from "../op/tensor.js";
import { type TensorType, typeText } from "../type/tensor-type.js";
import { present } from "./shared/check.js";

import { constantTable } from "./shared/lowering.js";
import { drawMoved } from "./shared/movement.js";

/** Stored elements that are real zeros: one, or one per channel. */
const zerosOf = ({ quant }: TensorType): readonly number[] =>
  !quant ? [0] : quant.kind === "tensor" ? [quant.zero] : quant.zeros;

/** Upper or lower triangle of the last two dimensions. ONNX Trilu-14. */
export const trilu = defineOp({
  name: "trilu",
  doc: "y[.., i, j] = x where j >= i + k (upper) or j <= i + k (lower), real 0 elsewhere.",
  attrs: { upper: attr.bool("keep the upper triangle", true), k: attr.int("the diagonal that bounds the triangle", 0) },
  operands: [{ name: "x" }],
  traits: ["movement", "same-scale"],
  quantize: movesElements,
  infer(types, _attrs, fail) {
    const x: TensorType = present(types, 0);
    if (x.shape.length < 2 || x.quant?.kind === "block") fail("QC-TENSOR-025", `trilu of ${typeText(x)}, expected matrices`);
    return [x];
  },
  eval(inputs, { upper, k }, [type]) {
    const x: Tensor = present(inputs, 0);
    const [rows, cols] = type.shape.slice(-2);
    const zeros = zerosOf(type);
    const channel = type.quant?.kind === "axis" ? axisIndex(type.shape, type.quant.axis) : () => 0;
    const data = x.data.slice() as Float64Array;
    for (let n = 0; n < data.length; n++) {
      const [i, j] = [Math.floor(n / cols) % rows, n % cols];
      if (upper ? j < i + k : j > i + k)
        data[n] = (typeof x.data[n] === "bigint" ? BigInt(zeros[channel(n)]) : zeros[channel(n)]) as number;
    }
    return [{ type, data }];
  },
  lower(b, { ins, outs: [y] }, { upper, k }) {
    const x = present(ins, 0);
    const { dtype, shape, quant } = y.type;
    const zeros = zerosOf(y.type);
    const zero = constantTable(b, dtype, zeros.length ? zeros : [0], "zeros");
    const [row, column] = [shape.length - 2, shape.length - 1];
    b.elementwise(
      y,
      (at) => {
        const shifted = (v: Expr, by: number) => (by > 0 ? make.add(v, make.index(by)) : v);
        // j >= i + k with both sides kept from going below zero: j + max(-k, 0) >= i + max(k, 0)
        const kept = make.bin(upper ? "ge" : "le", shifted(at[column], -k), shifted(at[row], k));
        const loaded = b.load(x, at, kept);
        return zeros.every((z) => z === 0)
          ? loaded
          : make.select(kept, loaded, zero(quant?.kind === "axis" ? at[quant.axis] : make.index(0)));
      },
      "trilu",
    );
  },
  sample: (g) => ({ inputs: [drawMoved(g, g.shape(g.int(2, 4)))], attrs: { upper: g.bool(), k: g.int(-5, 5) } }),
});
