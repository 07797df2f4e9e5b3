import { attr } from "../attr/attr.js";
import { defineOp } from "../op/define.js";
import { withQuant as typeWithQuant } from "../type/tensor-type.js";
import { checkDType, present } from "./shared/check.js";
import { alongGridAxis, drawQuant, quantAttrs, quantFromAttrs } from "./shared/quant-params.js";

export const withQuant = defineOp({
  name: "with_quant",
  doc: "The same elements under other quantization parameters; no scales: under none. A view.",
  attrs: {
    scales: attr.floats("scale of each parameter group; none clears the quantization", []),
    zeros: attr.ints("zero point of each group; none: all 0", []),
    axis: attr.int("quantized axis, -1 for the whole tensor", -1),
    block: attr.int("elements along the axis that share a scale; 0: one", 0),
  },
  operands: [{ name: "x" }],
  traits: ["view"],
  layout: { transpose: alongGridAxis },
  infer(types, attrs, fail) {
    const x = present(types, 0);
    if (x.dtype !== "i4" && x.dtype !== "u4") checkDType("with_quant", x, "int", fail);
    return [typeWithQuant(x, quantFromAttrs("with_quant", attrs, x.dtype, x.shape, fail))];
  },
  eval: (inputs, _attrs, [type]) => [{ type, data: present(inputs, 0).data.slice() }],
  lower: (b, { ins, outs: [y] }) => b.elementwise(y, (i) => b.load(present(ins, 0), i), "with_quant"),
  sample(g) {
    const dtype = g.pick(["i8", "u8", "i16", "i32"] as const);
    const shape = g.shape(g.int(0, 4));
    const draw = () => drawQuant(g, dtype, shape, ["tensor", "axis"]);
    return {
      inputs: [g.tensor({ dtype, shape, quant: g.bool() ? draw() : null })],
      attrs: g.bool() ? { ...quantAttrs(draw()) } : {},
    };
  },
});
