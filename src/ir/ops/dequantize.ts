import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { numbersOf } from "../op/tensor.js";
import { tensorType, typeText } from "../type/tensor-type.js";
import { isQuantTarget } from "./quantize.js";
import { present } from "./shared/check.js";
import { constantTable } from "./shared/lowering.js";
import { drawQuant, paramAt, paramOf, scalesOf, zerosOf } from "./shared/quant-params.js";

export const dequantize = defineOp({
  name: "dequantize",
  doc: "y = (q - zero) * scale in f32, the parameters taken from the operand's type. ONNX DequantizeLinear-21.",
  attrs: {},
  operands: [{ name: "q" }],
  traits: ["elementwise"],
  infer(types, _attrs, fail) {
    const x = present(types, 0);
    if (!x.quant || !isQuantTarget(x.dtype)) {
      fail("QC-OP-009", `dequantize: operand ${typeText(x)} has no quantization; give it one with with_quant`);
    }
    return [tensorType("f32", x.shape)];
  },
  eval(inputs, _attrs, [type]) {
    const x = present(inputs, 0);
    const q = x.type.quant!;
    const values = numbersOf(x);
    const data = new Float32Array(values.length);
    const [scales, zeros, group] = [scalesOf(q), zerosOf(q), paramOf(q, type.shape)];
    for (let i = 0; i < data.length; i++) {
      const p = group(i);
      data[i] = Math.fround((values[i] - zeros[p]) | 0) * scales[p];
    }
    return [{ type, data }];
  },
  lower(b, { ins, outs: [y] }) {
    const x = present(ins, 0);
    const q = x.type.quant!;
    const scaleOf = constantTable(b, "f32", scalesOf(q), "scales");
    const zeroOf = constantTable(b, "i32", zerosOf(q), "zeros");
    b.elementwise(
      y,
      (i) => {
        const p = paramAt(q, x.type.shape, i);
        const zero = zeroOf(p);
        const stored = make.cast("i32", b.load(x, i));
        const difference = make.isConstValue(zero, 0) ? stored : make.sub(stored, zero);
        return make.mul(make.cast("f32", difference), scaleOf(p));
      },
      "dequantize",
    );
  },
  sample(g) {
    const dtype = g.pick(["i8", "u8", "i16", "u16", "i4", "u4", "i32"] as const);
    const shape = g.shape(g.int(0, 4));
    return { inputs: [g.tensor({ dtype, shape, quant: drawQuant(g, dtype, shape, ["tensor", "axis", "block"]) })], attrs: {} };
  },
});
