import { attr } from "../attr/attr.js";
import { add, cast, constant, index, mul, select } from "../loop/make.js";
import { defineOp, type InferFail } from "../op/define.js";
import { numbersOf, tensorOf } from "../op/tensor.js";
import { isFloat } from "../type/dtype.js";
import { numElements, tensorType } from "../type/tensor-type.js";
import { accumulatorOf } from "./shared/contraction.js";
import { eachIndex, offsetOf, sourceOf, type Window, windowAttrs, windowOutput } from "./shared/spatial.js";

interface Geometry extends Window {
  readonly image: readonly number[];
}

/** Positions of the block per spatial axis. */
const positions = (a: Geometry, fail: InferFail): number[] => windowOutput("col2im", a.image, a, fail);
const never: InferFail = (code, message) => {
  throw new Error(`${code}: ${message}`);
};

/** Sums overlapping blocks into an image. ONNX Col2Im-18. */
export const col2im = defineOp({
  name: "col2im",
  doc:
    "y[n, c, l stride + r dilation - pad] += x[n, c, r, l] over r and l: x [N, C prod(kernel), prod(L)], L the positions of the block in the " +
    "image; y [N, C, *image]. Floats.",
  attrs: { image: attr.ints("spatial shape of the result"), kernel: attr.ints("block size per spatial axis"), ...windowAttrs },
  operands: [{ name: "x" }],
  traits: ["window"],
  infer([x], a, fail) {
    if (x?.shape.length !== 3 || !isFloat(x.dtype)) return fail("QC-NN-080", "col2im: x must be float of rank 3");
    const size = numElements(a.kernel);
    const blocks = numElements(positions(a, fail));
    if (x.shape[1] % size !== 0 || x.shape[2] !== blocks) {
      fail("QC-NN-081", `col2im: x [${x.shape}], expected [N, C x ${size}, ${blocks}]`);
    }
    return [tensorType(x.dtype, [x.shape[0], x.shape[1] / size, ...a.image])];
  },
  eval([x], a, [type]) {
    if (!x) throw new Error("col2im: absent operand");
    const values = numbersOf(x);
    const blocks = positions(a, never);
    const y = new Float64Array(numElements(type.shape));
    const [batch, channels] = type.shape;
    eachIndex([batch, channels, ...a.kernel, ...blocks], ([n, c, ...rest]) => {
      const [r, l] = [rest.slice(0, a.kernel.length), rest.slice(a.kernel.length)];
      const at = l.map((v, d) => v * a.strides[d] + r[d] * a.dilations[d] - a.pads[d]);
      if (at.some((v, d) => v < 0 || v >= a.image[d])) return;
      const from = [n, c * numElements(a.kernel) + offsetOf(a.kernel, r), offsetOf(blocks, l)];
      y[offsetOf(type.shape, [n, c, ...at])] += values[offsetOf(x.type.shape, from)];
    });
    return [tensorOf(type, y)];
  },
  lower(b, { ins: [x], outs: [y] }, a) {
    if (!x) throw new Error("col2im: absent operand");
    const blocks = positions(a, never);
    const accType = accumulatorOf(y.type.dtype);
    const acc = accType === y.type.dtype ? y : b.temp(accType, y.type.shape, "acc");
    b.reduction(
      acc,
      "add",
      a.kernel,
      ([n, c, ...p], r) => {
        const { at, inside } = sourceOf(p, r, a, blocks);
        const tap = r.reduce((sum, v, d) => add(mul(sum, index(a.kernel[d])), v), index(0));
        const place = at.reduce((sum, v, d) => add(mul(sum, index(blocks[d])), v), index(0));
        const value = cast(accType, b.load(x, [n, add(mul(c, index(numElements(a.kernel))), tap), place], inside));
        return inside ? select(inside, value, constant(accType, 0)) : value;
      },
      { name: "blocks" },
    );
    if (acc !== y) b.elementwise(y, (i) => cast(y.type.dtype, b.load(acc, i)), "round");
  },
  sample(g) {
    const rank = g.int(1, 2);
    const kernel = g.shape(rank, 3);
    const [strides, dilations] = [g.shape(rank, 2), g.shape(rank, 2)];
    const image = kernel.map((k, d) => (k - 1) * dilations[d] + 1 + g.int(0, 3));
    const attrs = { image, kernel, strides, pads: Array.from({ length: 2 * rank }, () => g.int(0, 1)), dilations };
    const shape = [g.int(1, 2), g.int(1, 2) * numElements(kernel), numElements(positions(attrs, never))];
    return { inputs: [g.tensor({ dtype: g.pick(["f32", "f16"] as const), shape })], attrs };
  },
});
