import { attr } from "../attr/attr.js";
import { defineOp } from "../op/define.js";
import type { Tensor } from "../op/tensor.js";
import type { TensorType } from "../type/tensor-type.js";
import { checkDType, present } from "./shared/check.js";

/** What calibration saw of a value, carried along with it: rewrites between calibration and quantization keep it. */
export const observe = defineOp({
  name: "observe",
  doc: "y = x. Its attributes say what calibration saw of x; simulated quantization reads them, and nothing is left of it in a kernel.",
  attrs: {
    min: attr.f32("least element of all samples"),
    max: attr.f32("greatest element of all samples"),
    power: attr.f32("mean square of all elements; 0: unknown", 0),
    samples: attr.int("samples that were seen", 1),
    calibrator: attr.string("chooses the range", "min-max"),
    data: attr.floats("the calibrator's own numbers", []),
  },
  operands: [{ name: "x" }],
  traits: ["elementwise", "monotone", "same-scale"],
  infer(types, { min, max }, fail) {
    const x: TensorType = present(types, 0);
    checkDType("observe", x, "float", fail);
    if (!(min <= max)) fail("QC-OP-012", `observe: the least element ${min} is above the greatest ${max}`);
    return [x];
  },
  eval: (inputs, _attrs, [type]) => [{ type, data: (present(inputs, 0) as Tensor).data.slice() }],
  lower: (b, { ins, outs: [y] }) => b.elementwise(y, (i) => b.load(present(ins, 0), i), "observe"),
  sample(g) {
    const x = g.tensor({ dtype: g.pick(["f32", "f32", "f16", "f64"] as const) });
    const min = g.f32();
    const data = Array.from({ length: g.int(0, 3) }, () => g.f32());
    return {
      inputs: [x],
      attrs: { min, max: min + g.f32({ min: 0, max: 4 }), power: g.f32({ min: 0 }), samples: g.int(1, 9), data },
    };
  },
});
