/** Ops that keep the grid of their operand: op(dq(x)) = dq(op(x)). */
import type { ValueId } from "../../../ir/graph/module.js";
import { hasTrait } from "../../../ir/op/define.js";
import { bytesOf, tensorOf } from "../../../ir/op/tensor.js";
import type { IrContext } from "../../../ir/pass/context.js";
import { tensorType } from "../../../ir/type/tensor-type.js";
import type { SweepView } from "../../rewrite/sweep.js";
import { quantizedOperand } from "./contraction.js";

const dequantized = (
  view: SweepView,
  op: string,
  inputs: readonly ValueId[],
  attrs: SweepView["node"]["attrs"],
): readonly ValueId[] => {
  const hints = view.node.outputs.map((o) => `${o.id.slice(1)}_q`);
  return view.b
    .nodes(op, inputs, attrs, view.loc(), hints)
    .map((q, i) => view.b.node("dequantize", [q], {}, view.loc(), view.node.outputs[i].id.slice(1)));
};

/** max_pool(dq(x)) --> dq(max_pool(x)); avg_pool likewise: its integer form rounds to the operand's grid. */
export function poolRule(view: SweepView): readonly ValueId[] | null {
  const { node, inputs } = view;
  if (node.op !== "max_pool" && node.op !== "avg_pool") return null;
  const x = quantizedOperand(view, inputs[0]);
  return x && view.b.typeOf(x).quant?.kind === "tensor" ? dequantized(view, node.op, [x], node.attrs) : null;
}

const scalar = (view: SweepView, value: number): ValueId => {
  const type = tensorType("i32", []);
  return view.b.constant(type, bytesOf(tensorOf(type, [value])));
};

/** reduce_mean(dq(x)) --> dq(sum(x) - count zero) with the scale divided by the count: the exact mean, no rounding at all. */
export function meanRule(view: SweepView): readonly ValueId[] | null {
  const { node, inputs, b } = view;
  if (node.op !== "reduce_mean") return null;
  const x = quantizedOperand(view, inputs[0]);
  const t = x ? b.typeOf(x) : null;
  if (!x || t?.quant?.kind !== "tensor") return null;
  const count = (node.attrs.axes as readonly number[]).reduce((n, a) => n * t.shape[(a + t.shape.length) % t.shape.length], 1);
  if (count * 256 >= 2 ** 24) return null;
  const bare = b.node("with_quant", [x], { scales: [] }, view.loc());
  const wide = b.node("cast", [bare], { to: "i32" }, view.loc());
  const sum = b.node("reduce_sum", [wide], node.attrs, view.loc());
  const centred = t.quant.zero === 0 ? sum : b.node("sub", [sum, scalar(view, t.quant.zero * count)], {}, view.loc());
  const typed = b.node("with_quant", [centred], { scales: [Math.fround(t.quant.scale / count)] }, view.loc());
  return [b.node("dequantize", [typed], {}, view.loc(), node.outputs[0].id.slice(1))];
}

/** Views and movements of a per-tensor quantized value. Padding with zero becomes padding with the zero point. */
export function moveRule(view: SweepView, ctx: IrContext): readonly ValueId[] | null {
  const { node, inputs } = view;
  const def = ctx.ops.get(node.op);
  if (!def || node.op === "concat" || node.op === "with_quant") return null;
  if (!hasTrait(def, "view") && !hasTrait(def, "movement") && node.op !== "gather") return null;
  if (node.op === "pad" && node.attrs.mode === "constant" && Number(node.attrs.value) !== 0) return null;
  const x = quantizedOperand(view, inputs[0]);
  return x && view.b.typeOf(x).quant?.kind === "tensor" ? dequantized(view, node.op, [x, ...inputs.slice(1)], node.attrs) : null;
}
