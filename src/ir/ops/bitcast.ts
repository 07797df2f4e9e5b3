import { attr } from "../attr/attr.js";
import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { bytesOf, dataFromBytes } from "../op/tensor.js";
import { type DType, dtypeInfo } from "../type/dtype.js";
import { type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { checkNoQuant, present } from "./shared/check.js";

const packed = (d: DType): boolean => dtypeInfo(d).bits !== dtypeInfo(d).bytes * 8;

/** The same bits as another element type of the same width. ONNX BitCast-26. */
export const bitcast = defineOp({
  name: "bitcast",
  doc: "y = the bits of x read as elements of `to`, which has as many bits.",
  attrs: { to: attr.dtype("element type of the result") },
  operands: [{ name: "x" }],
  traits: ["view"],
  infer(types, { to }, fail) {
    const x: TensorType = present(types, 0);
    checkNoQuant("bitcast", x, fail);
    if (dtypeInfo(to).bits !== dtypeInfo(x.dtype).bits || ((packed(to) || packed(x.dtype)) && to !== x.dtype)) {
      fail("QC-TENSOR-030", `bitcast of ${typeText(x)} to ${to}: elements of other width`);
    }
    return [tensorType(to, x.shape)];
  },
  eval(inputs, _attrs, [type]) {
    return [{ type, data: dataFromBytes(type.dtype, bytesOf(present(inputs, 0))) }];
  },
  lower(b, { ins, outs: [y] }) {
    const x = present(ins, 0);
    const { dtype } = y.type;
    b.elementwise(y, (i) => (dtype === x.type.dtype ? b.load(x, i) : make.bitcast(dtype, b.load(x, i))), "bitcast");
  },
  sample(g) {
    const [from, to] = g.pick([
      ["f32", "i32"],
      ["i32", "f32"],
      ["f32", "u32"],
      ["i64", "u64"],
      ["i64", "f64"],
      ["i8", "u8"],
      ["u8", "i8"],
      ["i16", "u16"],
      ["f32", "f32"],
    ] as const);
    return { inputs: [g.tensor({ dtype: from })], attrs: { to } };
  },
});
