import { attr } from "../attr/attr.js";
import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { alongAxis } from "../op/layout.js";
import { movesElements } from "../op/quantize.js";
import { emptyData, type Tensor } from "../op/tensor.js";
import { numElements, type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { checkAxis, present } from "./shared/check.js";
import { drawMoved, movedQuant } from "./shared/movement.js";

/** Where each part begins, and behind them where the last one ends. */
function beginsOf(sizes: readonly number[]): readonly number[] {
  let at = 0;
  return [0, ...sizes.map((s) => (at += s))];
}

/** One operand cut into several results. ONNX Split-18. */
export const split = defineOp({
  name: "split",
  doc: "y_k = the next sizes[k] indices of x along `axis`; concat undoes it.",
  attrs: { axis: attr.int("the axis that is cut"), sizes: attr.ints("length of each part along the axis") },
  operands: [{ name: "x" }],
  traits: ["movement", "same-scale"],
  quantize: movesElements,
  layout: { transpose: alongAxis },
  infer(types, { axis, sizes }, fail) {
    const x: TensorType = present(types, 0);
    checkAxis("split", axis, x, fail);
    const begins = beginsOf(sizes);
    if (sizes.some((s) => s < 0) || begins[sizes.length] !== x.shape[axis]) {
      fail("QC-TENSOR-015", `split: sizes [${sizes}] do not add up to dimension ${axis} of ${typeText(x)}`);
    }
    return sizes.map((size, k) => {
      const begin = begins[k];
      const quant = movedQuant("split", x, fail, (a) => ({
        axis: a,
        from: a === axis ? Array.from({ length: size }, (_, i) => begin + i) : undefined,
      }));
      return tensorType(x.dtype, x.shape.with(axis, size), quant);
    });
  },
  eval(inputs, { axis, sizes }, types) {
    const x: Tensor = present(inputs, 0);
    const inner = numElements(x.type.shape.slice(axis + 1));
    const outer = numElements(x.type.shape.slice(0, axis));
    const begins = beginsOf(sizes);
    return types.map((type, k) => {
      const data = emptyData(type.dtype, numElements(type.shape)) as Float64Array;
      const [run, begin] = [sizes[k] * inner, begins[k] * inner];
      for (let o = 0; o < outer; o++) {
        const from = o * x.type.shape[axis] * inner + begin;
        data.set((x.data as Float64Array).subarray(from, from + run), o * run);
      }
      return { type, data };
    });
  },
  lower(b, { ins, outs }, { axis, sizes }) {
    const x = present(ins, 0);
    const begins = beginsOf(sizes);
    for (const [k, y] of outs.entries()) {
      const begin = make.index(begins[k]);
      b.elementwise(
        y,
        (i) =>
          b.load(
            x,
            i.map((v, d) => (d === axis ? make.add(v, begin) : v)),
          ),
        "split",
      );
    }
  },
  sample(g) {
    const drawn = drawMoved(g, g.shape(g.int(1, 4), 6));
    const axis = g.int(0, drawn.type.shape.length - 1);
    const sizes: number[] = [];
    for (let left = drawn.type.shape[axis]; left > 0 || sizes.length === 0; left -= sizes[sizes.length - 1])
      sizes.push(g.int(0, left));
    return { inputs: [drawn], attrs: { axis, sizes } };
  },
});
