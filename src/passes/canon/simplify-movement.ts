import type { ValueId } from "../../ir/graph/module.js";
import { definePass } from "../../ir/pass/pass.js";
import { compose, isIdentity, movesNothing, type Perm } from "../../ir/type/permutation.js";
import { BROKEN_BY_NEW_NODES, type SweepView, sweep } from "../rewrite/sweep.js";

/**
 * transpose(transpose(x, a), b) = transpose(x, a o b);  transpose(x, identity) = x
 * transpose(x, p) = reshape(x) where no dimension larger than one moves
 * reshape(reshape(x)) = reshape(x);  reshape(x, shape of x) = x
 */
export const simplifyMovement = definePass({
  name: "simplify-movement",
  doc: "Merges chains of transposes and reshapes, and removes those that move nothing.",
  options: {},
  requires: ["flat"],
  establishes: [],
  breaks: BROKEN_BY_NEW_NODES,
  run: (m, ctx) => sweep(m, ctx, "simplify-movement", (v) => transposeRule(v) ?? reshapeRule(v)),
});

function transposeRule(view: SweepView): readonly ValueId[] | null {
  const { node, inputs, b, producer } = view;
  if (node.op !== "transpose") return null;
  const inner = producer(inputs[0]);
  const chained = inner?.op === "transpose";
  const x = chained ? inner.inputs[0] : inputs[0];
  const perm = chained ? compose(inner.attrs.perm as Perm, node.attrs.perm as Perm) : (node.attrs.perm as Perm);
  if (isIdentity(perm)) return [x];
  const { shape, quant } = b.typeOf(x);
  if (movesNothing(shape, perm) && quant?.kind !== "axis") {
    return [b.node("reshape", [x], { shape: perm.map((axis) => shape[axis]) }, view.loc(...(inner ? [inner] : [])))];
  }
  return chained ? [b.node("transpose", [x], { perm }, view.loc(inner))] : null;
}

function reshapeRule(view: SweepView): readonly ValueId[] | null {
  const { node, inputs, b, producer } = view;
  if (node.op !== "reshape") return null;
  const inner = producer(inputs[0]);
  const x = inner?.op === "reshape" ? inner.inputs[0] : inputs[0];
  const shape = node.outputs[0].type.shape;
  if (b.typeOf(x) === node.outputs[0].type) return [x];
  return x === inputs[0] ? null : [b.node("reshape", [x], { shape }, view.loc(...(inner ? [inner] : [])))];
}
