import { cast, index, mul } from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { axisIndex, numbersOf, tensorOf } from "../op/tensor.js";
import { numElements, tensorType } from "../type/tensor-type.js";
import {
  accumulatorOf,
  centredLoad,
  centredNumbers,
  contract,
  contractionCost,
  contractionDType,
  drawContraction,
  productQuant,
} from "./shared/contraction.js";

/** Fully connected layer. What ONNX Gemm with constant weights becomes; TFLite FULLY_CONNECTED. */
export const dense = defineOp({
  name: "dense",
  doc:
    "y[.., k] = bias[k] + sum over c of (x[.., c] - zx) (w[k, c] - zw[k]): x [.., C], w [K, C], bias [K]. " +
    "Integer operands give i32 (i64 with an i64 bias) of scale sx sw, zero 0.",
  attrs: {},
  operands: [{ name: "x" }, { name: "w" }, { name: "bias", optional: true, doc: "[K], of the result's element type" }],
  traits: ["contraction"],
  quantize: { form: "accumulate", reads: [0] },
  weights: { operand: 1, bias: 2, axes: ([x]) => x && { out: 0, in: 1, result: x.shape.length - 1, groups: 1 } },
  infer([x, w, bias = null], _, fail) {
    if (!x || !w) return fail("QC-NN-005", "dense: x and w are required");
    if (x.shape.length < 1 || w.shape.length !== 2 || w.shape[1] !== x.shape[x.shape.length - 1]) {
      return fail("QC-NN-020", `dense: x [${x.shape}] and w [${w.shape}] do not agree; w is [K, C] for x [.., C]`);
    }
    const k = w.shape[0];
    if (bias && (bias.shape.length !== 1 || bias.shape[0] !== k))
      return fail("QC-NN-008", `dense: bias [${bias.shape}], expected [${k}]`);
    const dtype = contractionDType("dense", x, w, bias, fail);
    const quant = productQuant("dense", x, w, 0, x.shape.length - 1, fail);
    return [tensorType(dtype, [...x.shape.slice(0, -1), k], quant)];
  },
  eval([x, w, bias], _, [type]) {
    if (!x || !w) throw new Error("dense: absent operand");
    const [k, c] = w.type.shape;
    const [xv, wv] = [centredNumbers(x, () => 0), centredNumbers(w, axisIndex(w.type.shape, 0))];
    const bv = bias ? numbersOf(bias) : null;
    const y = Float64Array.from({ length: numElements(type.shape) }, (_, at) => {
      const [row, out] = [Math.floor(at / k), at % k];
      let sum = bv ? bv[out] : 0;
      for (let j = 0; j < c; j++) sum += xv[row * c + j] * wv[out * c + j];
      return sum;
    });
    return [tensorOf(type, y)];
  },
  lower(b, { ins: [x, w, bias], outs: [y] }) {
    if (!x || !w) throw new Error("dense: absent operand");
    const acc = accumulatorOf(y.type.dtype);
    const [readX, readW] = [centredLoad(b, x, acc), centredLoad(b, w, acc)];
    const last = y.type.shape.length - 1;
    contract(
      b,
      y,
      [w.type.shape[1]],
      (i, [c]) => mul(readX([...i.slice(0, last), c], null, index(0)), readW([i[last], c], null, i[last])),
      bias ? (i) => cast(acc, b.load(bias, [i[last]])) : null,
    );
  },
  sample(g) {
    const [k, c] = [g.int(1, 6), g.int(1, 8)];
    const kind = drawContraction(g, k, 0);
    return {
      inputs: [
        g.tensor({ ...kind.x, shape: [...g.shape(g.int(0, 2), 3), c] }),
        g.tensor({ ...kind.w, shape: [k, c] }),
        g.bool() ? g.tensor({ dtype: kind.bias, shape: [k] }) : null,
      ],
      attrs: {},
    };
  },
  cost: ([x, w, bias], [y]) => contractionCost([x, w, bias], y, w?.shape[1] ?? 0),
});
