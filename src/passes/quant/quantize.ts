import type { Module } from "../../ir/graph/module.js";
import type { IrContext } from "../../ir/pass/context.js";
import { definePass } from "../../ir/pass/pass.js";
import { sweep } from "../rewrite/sweep.js";
import { contractionRule } from "./rules/contraction.js";
import { meanRule, moveRule, poolRule } from "./rules/same-grid.js";
import { concatRule, quantizeRule } from "./rules/store.js";

/**
 * Integers for simulated quantization, whether it comes from fake-quant or from a model's own QuantizeLinear / DequantizeLinear pairs.
 * Each rule moves a dequantize from before an op to behind it, or takes a quantize into what stands before it:
 *   conv(dq(x), dq(w), b)          --> dq(conv(x, w, bq))                  i32 accumulators, bq = round(b / (sx sw))
 *   move(dq(x))                    --> dq(move(x))                         pools, concats, reshapes, transposes, slices
 *   q(clip(dq(acc)))               --> requantize(acc), bounds on the grid
 *   q(f(dq(x))), f element-wise    --> lut(x)
 *   q(dq(x)) on one grid           --> x
 * What no rule takes stays a float island between its dequantize and its quantize.
 */
export const quantizePass = definePass({
  name: "quantize",
  doc: "Turns quantize / dequantize pairs around ops into integer arithmetic.",
  options: {},
  requires: [],
  establishes: ["quantized"],
  run: (m: Module, ctx: IrContext) =>
    sweep(
      m,
      ctx,
      "quantize",
      (v) =>
        contractionRule(v, ctx) ?? meanRule(v) ?? poolRule(v) ?? moveRule(v, ctx) ?? concatRule(v, ctx) ?? quantizeRule(v, ctx),
    ),
});
