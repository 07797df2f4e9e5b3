import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { onEachElement } from "../op/layout.js";
import { bytesOf, dataFromBytes } from "../op/tensor.js";
import { type DType, dtypeInfo } from "../type/dtype.js";
import { type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { checkNoQuant, present } from "./shared/check.js";

/** Bits of an element in memory; a bool is a byte of 0 or 1. 0 for what is stored otherwise than it counts. */
const widthOf = (d: DType): number => (d === "bool" || dtypeInfo(d).bits === dtypeInfo(d).bytes * 8 ? dtypeInfo(d).bytes * 8 : 0);

/** The same bits as another element type of the same width. ONNX BitCast-26. */
export const bitcast = defineOp({
  name: "bitcast",
  doc: "y = the bits of x read as elements of `to`, which has as many bits; bool is read as a byte of 0 or 1, nothing is read as bool.",
  attrs: { to: attr.dtype("element type of the result") },
  operands: [{ name: "x" }],
  traits: ["view", "reinterprets"],
  layout: { transpose: onEachElement },
  infer(types, { to }, fail) {
    const x: TensorType = present(types, 0);
    checkNoQuant("bitcast", x, fail);
    if (to !== x.dtype && (widthOf(to) !== widthOf(x.dtype) || widthOf(to) === 0 || to === "bool")) {
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
    const same = dtype === x.type.dtype;
    const from = (e: Expr) => (same ? e : x.type.dtype === "bool" ? make.cast(dtype, e) : make.bitcast(dtype, e));
    b.elementwise(y, (i) => from(b.load(x, i)), "bitcast");
  },
  sample(g) {
    const [from, to] = g.pick([
      ["f32", "i32"],
      ["i32", "f32"],
      ["f32", "u32"],
      ["i64", "u64"],
      ["i64", "f64"],
      ["i8", "u8"],
      ["bool", "u8"],
      ["u8", "i8"],
      ["i16", "u16"],
      ["f32", "f32"],
    ] as const);
    return { inputs: [g.tensor({ dtype: from })], attrs: { to } };
  },
});
