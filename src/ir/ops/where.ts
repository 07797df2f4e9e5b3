import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { emptyData, type Tensor } from "../op/tensor.js";
import { tensorType } from "../type/tensor-type.js";
import { checkBroadcast, checkDType, checkNoQuant, checkSameDType, present } from "./shared/check.js";
import { drawDType } from "./shared/elementwise.js";
import { broadcastAt } from "./shared/lowering.js";
import { broadcastOffsets } from "./shared/values.js";

/** Selection; both branches keep their quantization when it is one. ONNX Where-16. */
export const where = defineOp({
  name: "where",
  doc: "y = a where cond, b elsewhere, with NumPy broadcasting of all three.",
  attrs: {},
  operands: [{ name: "cond" }, { name: "a" }, { name: "b" }],
  traits: ["elementwise", "same-scale"],
  quantize: { form: "same-grid", grid: [1, 2], moves: true },
  infer(types, _attrs, fail) {
    const [cond, a, b] = [0, 1, 2].map((k) => present(types, k));
    checkDType("where", cond, "bool", fail);
    const dtype = checkSameDType("where", [a, b], fail);
    const alike = a.quant?.kind === "tensor" && JSON.stringify(a.quant) === JSON.stringify(b.quant);
    if (!alike) for (const t of [a, b]) checkNoQuant("where", t, fail);
    return [tensorType(dtype, checkBroadcast("where", [cond, a, b], fail), alike ? a.quant : null)];
  },
  eval(inputs, _attrs, [type]) {
    const [cond, a, b] = [0, 1, 2].map((k) => present<Tensor>(inputs, k));
    const [oc, oa, ob] = [cond, a, b].map((t) => broadcastOffsets(t.type.shape, type.shape));
    const data = emptyData(type.dtype, oc.length);
    for (let i = 0; i < oc.length; i++) data[i] = cond.data[oc[i]] ? a.data[oa[i]] : b.data[ob[i]];
    return [{ type, data }];
  },
  lower(b, { ins, outs: [y] }) {
    const [cond, x, z] = [0, 1, 2].map((k) => present(ins, k));
    b.elementwise(
      y,
      (i) => {
        const [c, p, q] = [cond, x, z].map((t) => b.load(t, broadcastAt(t.type.shape, i)));
        return make.select(c, p, q);
      },
      "where",
    );
  },
  sample(g) {
    const shape = g.shape(g.int(0, 4), 4);
    const dtype = drawDType(g, "any");
    const cond = g.tensor({ dtype: "bool", shape: g.broadcastable(shape) });
    return { inputs: [cond, g.tensor({ dtype, shape }), g.tensor({ dtype, shape: g.broadcastable(shape) })], attrs: {} };
  },
});
