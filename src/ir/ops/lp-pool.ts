import { attr } from "../attr/attr.js";
import { call, cast, constant, mul } from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { byLayoutAttribute } from "../op/layout.js";
import { numbersOf, tensorOf } from "../op/tensor.js";
import { isFloat } from "../type/dtype.js";
import { byteSize, numElements, tensorType } from "../type/tensor-type.js";
import { accumulatorOf } from "./shared/contraction.js";
import { drawPool, poolAttrs, poolShape } from "./shared/pool.js";
import { assemble, disassemble, eachIndex, eachTap, existingTaps, offsetOf, tapAt } from "./shared/spatial.js";

/** Lp pooling. ONNX LpPool-22. */
export const lpPool = defineOp({
  name: "lp_pool",
  doc: "y = (sum over the window of |x|^p)^(1/p), padding is 0. Floats.",
  attrs: { ...poolAttrs, p: attr.int("order of the norm", 2) },
  operands: [{ name: "x" }],
  traits: ["window"],
  layout: { channels: byLayoutAttribute(0) },
  infer([x], a, fail) {
    const shape = poolShape("lp_pool", x, a, fail);
    if (!x || !isFloat(x.dtype)) return fail("QC-NN-054", "lp_pool: x must be float");
    if (a.p < 1) fail("QC-NN-055", `lp_pool: p is ${a.p}, expected at least 1`);
    return [tensorType(x.dtype, shape)];
  },
  eval([x], a, [type]) {
    if (!x) throw new Error("lp_pool: absent operand");
    const values = numbersOf(x);
    const { s } = disassemble(a.layout, x.type.shape);
    const y = new Float64Array(numElements(type.shape));
    eachIndex(type.shape, (i) => {
      const { n, c, s: o } = disassemble(a.layout, i);
      let sum = 0;
      eachTap(o, a, s, (_, at) => (sum += Math.abs(values[offsetOf(x.type.shape, assemble(a.layout, n, c, at))]) ** a.p));
      y[offsetOf(type.shape, i)] = sum ** (1 / a.p);
    });
    return [tensorOf(type, y)];
  },
  lower(b, { ins: [x], outs: [y] }, a) {
    if (!x) throw new Error("lp_pool: absent operand");
    const { s } = disassemble(a.layout, x.type.shape);
    const out = disassemble(a.layout, y.type.shape).s;
    const window = existingTaps(a, s, out);
    const accType = accumulatorOf(x.type.dtype);
    const acc = b.temp(accType, y.type.shape, "acc");
    b.reduction(
      acc,
      "add",
      window.kernel,
      (i, r) => {
        const { n, c, s: o } = disassemble(a.layout, i);
        const { at, inside } = tapAt(o, r, window, s, out);
        const v = cast(accType, b.load(x, assemble(a.layout, n, c, at), inside));
        if (a.p === 1) return call("abs", [v]);
        return a.p === 2 ? mul(v, v) : call("pow", [call("abs", [v]), constant(accType, a.p)]);
      },
      { name: "window" },
    );
    b.elementwise(y, (i) => {
      const sum = b.load(acc, i);
      if (a.p === 1) return cast(y.type.dtype, sum);
      return cast(y.type.dtype, a.p === 2 ? call("sqrt", [sum]) : call("pow", [sum, constant(accType, 1 / a.p)]));
    });
  },
  sample(g) {
    const { shape, attrs } = drawPool(g);
    return { inputs: [g.tensor({ dtype: g.pick(["f32", "f64"] as const), shape })], attrs: { ...attrs, p: g.int(1, 3) } };
  },
  cost: ([x], [y], a) => ({
    flops: 2 * numElements(y.shape) * numElements(a.kernel),
    bytes: byteSize(y) + (x ? byteSize(x) : 0),
  }),
});
