/** Ops whose integers follow from those of their operands: op(dq(x)) = dq(its integer form). */
import type { ValueId } from "../../../ir/graph/module.js";
import { type IntegerBuilder, sameGridOperands } from "../../../ir/op/quantize.js";
import { bytesOf, tensorOf } from "../../../ir/op/tensor.js";
import type { IrContext } from "../../../ir/pass/context.js";
import { numElements, tensorType } from "../../../ir/type/tensor-type.js";
import type { SweepView } from "../../rewrite/sweep.js";
import { integerForm } from "../points.js";
import { quantizedOperand } from "./contraction.js";

/** move(dq(x), ..) --> dq(move(x, ..)) where all operands that share the result's grid lie on one; others are met by a requantization behind. */
export function sameGridRule(view: SweepView, ctx: IrContext): readonly ValueId[] | null {
  const { node, inputs, b } = view;
  const shared = sameGridOperands(integerForm(node, ctx.ops), inputs.length);
  if (shared.length === 0) return null;
  const sources = shared.map((i) => quantizedOperand(view, inputs[i]));
  const types = sources.map((s) => (s ? b.typeOf(s) : null));
  const [first, ...rest] = types;
  // what is made of no elements, the greatest of none, is an infinity, which no grid holds
  const isMadeOfNone = types.every((t) => t && numElements(t.shape) === 0) && node.outputs.some((o) => numElements(o.type.shape));
  if (isMadeOfNone) return null;
  const grid = first?.quant;
  if (grid?.kind !== "tensor") return null;
  const isOneGrid = rest.every(
    (t) => t?.dtype === first?.dtype && t?.quant?.kind === "tensor" && t.quant.scale === grid.scale && t.quant.zero === grid.zero,
  );
  if (!isOneGrid) return null;
  const operands = inputs.map((v, i) => sources[shared.indexOf(i)] ?? v);
  const hints = node.outputs.map((o) => `${o.id.slice(1)}_q`);
  return b
    .nodes(node.op, operands, node.attrs, view.loc(), hints)
    .map((q, i) => b.node("dequantize", [q], {}, view.loc(), node.outputs[i].id.slice(1)));
}

/** op(dq(x)) --> dq(integers), exact in i32 */
export function wideRule(view: SweepView, ctx: IrContext): readonly ValueId[] | null {
  const { node, inputs, b } = view;
  const form = integerForm(node, ctx.ops);
  const x = form?.form === "wide" ? quantizedOperand(view, inputs[0]) : null;
  if (form?.form !== "wide" || !x || b.typeOf(x).quant?.kind !== "tensor") return null;
  const wide = form.integer(integerBuilder(view), x, node.attrs as never);
  return wide === null ? null : [b.node("dequantize", [wide], {}, view.loc(), node.outputs[0].id.slice(1))];
}

/** Nodes of an integer form carry the location of the node that it replaces; `hint` names results. */
export function integerBuilder({ b, loc }: SweepView, at = loc(), hint?: string): IntegerBuilder {
  return {
    node: (op, operands, attrs) => b.node(op, operands, attrs, at, hint),
    integer(value) {
      const type = tensorType("i32", []);
      return b.constant(type, bytesOf(tensorOf(type, [value])));
    },
    typeOf: (v) => b.typeOf(v),
  };
}
