import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { onEachElement } from "../op/layout.js";
import { emptyData, numbersOf } from "../op/tensor.js";
import { dtypeInfo } from "../type/dtype.js";
import { tensorType, typeText } from "../type/tensor-type.js";
import { checkShape, present } from "./shared/check.js";

/** Any function of one 8-bit operand. Not `elementwise` by trait, as its second operand is indexed by value and not by position. */
export const lut = defineOp({
  name: "lut",
  doc: "y = table[x - min] for 8-bit x, min the least value of its type. Element type and quantization are the table's.",
  attrs: {},
  operands: [{ name: "x" }, { name: "table", doc: "[256]" }],
  traits: ["transfer"],
  layout: { transpose: onEachElement },
  infer(types, _attrs, fail) {
    const [x, table] = [present(types, 0), present(types, 1)];
    if (x.dtype !== "i8" && x.dtype !== "u8") fail("QC-OP-001", `lut: operand of type ${typeText(x)}, expected i8 or u8`);
    checkShape("lut", "table", table, [256], fail);
    if (table.quant && table.quant.kind !== "tensor")
      fail("QC-OP-002", `lut: the table ${typeText(table)} is not per-tensor quantized`);
    return [tensorType(table.dtype, x.shape, table.quant)];
  },
  eval(inputs, _attrs, [type]) {
    const [x, table] = [present(inputs, 0), present(inputs, 1)];
    const values = numbersOf(x);
    const { min } = dtypeInfo(x.type.dtype);
    const data = emptyData(type.dtype, values.length);
    for (let i = 0; i < data.length; i++) data[i] = table.data[values[i] - min];
    return [{ type, data }];
  },
  lower(b, { ins, outs: [y] }) {
    const [x, table] = [present(ins, 0), present(ins, 1)];
    const offset = make.constant("i32", -dtypeInfo(x.type.dtype).min);
    const place = (i: Parameters<typeof b.load>[1]) => {
      const wide = make.cast("i32", b.load(x, i));
      return make.cast("index", make.isConstValue(offset, 0) ? wide : make.add(wide, offset));
    };
    b.elementwise(y, (i) => b.load(table, [place(i)]), "lut");
  },
  sample(g) {
    const x = g.tensor({ dtype: g.pick(["i8", "u8"] as const) });
    return { inputs: [x, g.tensor({ dtype: g.pick(["i8", "u8", "f32", "i32"] as const), shape: [256] })], attrs: {} };
  },
});
