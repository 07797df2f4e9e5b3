import { attr } from "../attr/attr.js";
import * as make from "../loop/make.js";
import { defineOp, type InferFail } from "../op/define.js";
import { alongAxis } from "../op/layout.js";
import { emptyData, type Tensor } from "../op/tensor.js";
import { perAxis, type Quant } from "../type/quant.js";
import { numElements, type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { checkAxis, checkSameDType, present } from "./shared/check.js";
import { checkAlike, drawMoved } from "./shared/movement.js";

/** One quantization for all, or per-channel parameters along the joined axis, which are joined too. */
function joinedQuant(types: readonly TensorType[], axis: number, fail: InferFail): Quant | null {
  const quants = types.map((t) => t.quant);
  const along = quants.filter((q): q is Quant & { kind: "axis" } => q?.kind === "axis" && q.axis === axis);
  if (along.length === types.length) {
    return perAxis(
      axis,
      along.flatMap((q) => q.scales),
      along.flatMap((q) => q.zeros),
    );
  }
  checkAlike("concat", types, fail);
  if (quants[0]?.kind === "block") fail("QC-TENSOR-001", `concat of ${typeText(types[0])}; insert a dequantize before it`);
  return quants[0];
}

/**
 * Concatenation. Lowered as one copy per operand: each element is read once by plain loads, where one stage of selects would read
 * every operand under a mask. ONNX Concat-13.
 */
export const concat = defineOp({
  name: "concat",
  doc: "y = the operands one after the other along `axis`; their other dimensions, element type and quantization agree.",
  attrs: { axis: attr.int("the axis along which they are joined") },
  operands: [{ name: "x", variadic: true }],
  traits: ["movement", "same-scale"],
  quantize: { form: "same-grid", grid: "all", moves: true },
  layout: { transpose: alongAxis, joins: ({ axis }) => axis },
  infer(given, { axis }, fail) {
    if (!given.length) fail("QC-TENSOR-013", "concat: no operands");
    const types = given.map((_, k) => present<TensorType>(given, k));
    checkAxis("concat", axis, types[0], fail);
    const dtype = checkSameDType("concat", types, fail);
    const other = (t: TensorType) => t.shape.toSpliced(axis, 1).join();
    const odd = types.find((t) => t.shape.length !== types[0].shape.length || other(t) !== other(types[0]));
    if (odd) fail("QC-TENSOR-013", `concat: ${typeText(odd)} and ${typeText(types[0])} do not fit along axis ${axis}`);
    const length = types.reduce((sum, t) => sum + t.shape[axis], 0);
    return [tensorType(dtype, types[0].shape.with(axis, length), joinedQuant(types, axis, fail))];
  },
  eval(inputs, { axis }, [type]) {
    const inner = numElements(type.shape.slice(axis + 1));
    const outer = numElements(type.shape.slice(0, axis));
    const data = emptyData(type.dtype, numElements(type.shape)) as Float64Array;
    let at = 0;
    for (const x of inputs as readonly Tensor[]) {
      const run = x.type.shape[axis] * inner;
      for (let o = 0; o < outer; o++) {
        data.set((x.data as Float64Array).subarray(o * run, (o + 1) * run), o * type.shape[axis] * inner + at);
      }
      at += run;
    }
    return [{ type, data }];
  },
  lower(b, { ins, outs: [y] }, { axis }) {
    let begin = 0;
    for (const [k] of ins.entries()) {
      const x = present(ins, k);
      const offset = begin;
      b.forEach("concat", x.type.shape, (i) =>
        make.store(
          y.name,
          i.map((v, d) => (d === axis ? make.add(v, make.index(offset)) : v)),
          b.load(x, i),
        ),
      );
      begin += x.type.shape[axis];
    }
  },
  sample(g) {
    const first = drawMoved(g, g.shape(g.int(1, 4)));
    const { shape, dtype, quant } = first.type;
    const axis = quant?.kind === "axis" ? g.int(0, 9) % shape.length : g.int(0, shape.length - 1);
    const more = Array.from({ length: g.int(0, 3) }, () => {
      const length = g.int(0, 4);
      const resized = quant?.kind === "axis" && quant.axis === axis ? perAxis(axis, new Array<number>(length).fill(2)) : quant;
      return g.tensor({ dtype, shape: shape.with(axis, length), quant: resized });
    });
    return { inputs: [first, ...more], attrs: { axis } };
  },
});
