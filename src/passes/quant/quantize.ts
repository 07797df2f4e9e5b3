import type { Module } from "../../ir/graph/module.js";
import type { IrContext } from "../../ir/pass/context.js";
import { definePass } from "../../ir/pass/pass.js";
import { BROKEN_BY_NEW_NODES, sweep } from "../rewrite/sweep.js";
import { contractionRule } from "./rules/contraction.js";
import { sameGridRule, wideRule } from "./rules/same-grid.js";
import { quantizeRule } from "./rules/store.js";

/**
 * Integers for simulated quantization, whether it comes from fake-quant or from a model's own QuantizeLinear / DequantizeLinear pairs.
 * Each rule moves a dequantize from before an op to behind it, or takes a quantize into what stands before it, as the op's record says
 * (`OpDef.quantize`):
 *   conv(dq(x), dq(w), b)          --> dq(conv(x, w, bq))                  i32 accumulators, bq = round(b / (sx sw))
 *   move(dq(x))                    --> dq(move(x))                         max pools, concats, reshapes, transposes, slices
 *   mean(dq(x))                    --> dq(sum(x))                          exact in i32, the scale divided by the count
 *   q(clip(dq(acc)))               --> requantize(acc), bounds on the grid
 *   q(softmax(dq(x)))              --> quantized_softmax(x), rounded once; average pooling likewise
 *   q(move(y)), q(clip(y))         --> move(q(y)), clip(q(y)), where q(y) is one of the two above
 *   q(f(dq(x))), f element-wise    --> lut(x)
 *   q(dq(x)) on one grid           --> x
 * What no rule takes stays a float island between its dequantize and its quantize.
 */
export const quantizePass = definePass({
  name: "quantize",
  doc: "Turns quantize / dequantize pairs around ops into integer arithmetic.",
  options: {},
  requires: ["flat"],
  establishes: [],
  breaks: BROKEN_BY_NEW_NODES,
  run: (m: Module, ctx: IrContext) =>
    sweep(m, ctx, "quantize", (v) => contractionRule(v, ctx) ?? wideRule(v, ctx) ?? sameGridRule(v, ctx) ?? quantizeRule(v, ctx)),
});
