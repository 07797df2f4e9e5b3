import { defineOp } from "../op/define.js";
import type { Tensor } from "../op/tensor.js";
import type { TensorType } from "../type/tensor-type.js";
import { present } from "./shared/check.js";
import { drawMoved } from "./shared/movement.js";

/** A copy in memory of its own: what a network returns when it returns an input or a constant. */
export const copy = defineOp({
  name: "copy",
  doc: "y = x, of any element type.",
  attrs: {},
  operands: [{ name: "x" }],
  traits: ["elementwise", "monotone", "same-scale", "transfer"],
  infer: (types) => [present<TensorType>(types, 0)],
  eval: (inputs, _attrs, [type]) => [{ type, data: (present(inputs, 0) as Tensor).data.slice() }],
  lower(b, { ins, outs: [y] }) {
    const x = present(ins, 0);
    b.elementwise(y, (i) => b.load(x, i), "copy");
  },
  sample: (g) => ({ inputs: [drawMoved(g, g.shape(g.int(0, 4)))], attrs: {} }),
});
