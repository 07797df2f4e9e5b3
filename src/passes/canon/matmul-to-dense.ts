import { isConst, type ValueId } from "../../ir/graph/module.js";
import { definePass } from "../../ir/pass/pass.js";
import { numElements } from "../../ir/type/tensor-type.js";
import { BROKEN_BY_NEW_NODES, type SweepView, sweep } from "../rewrite/sweep.js";

/**
 * matmul(x [.., C], W [C, K]) = reshape(dense(reshape(x, [M, C]), transpose(W)), [.., K]) for constant W;
 * reshape(dense(x, W)) + b [K] = reshape(dense(x, W, b))
 * One form for all layers with weights: they are packed, and quantized per channel, in one way.
 */
export const matmulToDense = definePass({
  name: "matmul-to-dense",
  doc: "Turns products with a constant matrix, and the bias behind them, into dense layers.",
  options: {},
  requires: ["flat"],
  establishes: [],
  tolerance: 1e-5,
  breaks: BROKEN_BY_NEW_NODES,
  run: (m, ctx) => sweep(m, ctx, "matmul-to-dense", (v) => denseOf(v) ?? biasInto(v)),
});

function denseOf(view: SweepView): readonly ValueId[] | null {
  const { node, inputs, b } = view;
  if (node.op !== "matmul" || !isConst(inputs[1])) return null;
  const [x, w] = inputs.map((v) => b.typeOf(v));
  if (w.shape.length !== 2 || x.shape.length < 2) return null;
  const [depth, columns] = w.shape;
  const rows = numElements(x.shape.slice(0, -1));
  const flat = b.node("reshape", [inputs[0]], { shape: [rows, depth] }, view.loc());
  const turned = b.node("transpose", [inputs[1]], { perm: [1, 0] }, view.loc());
  const y = b.node("dense", [flat, turned], {}, view.loc(), node.outputs[0].id.slice(1));
  return [b.node("reshape", [y], { shape: [...x.shape.slice(0, -1), columns] }, view.loc())];
}

function biasInto(view: SweepView): readonly ValueId[] | null {
  const { node, inputs, b, producer } = view;
  if (node.op !== "add") return null;
  const at = inputs.findIndex((v) => producer(v)?.op === "reshape");
  const bias = inputs[1 - at];
  if (at < 0 || !isConst(bias) || view.uses(node.inputs[at]) !== 1) return null;
  const shaped = producer(inputs[at])!;
  const dense = producer(shaped.inputs[0]);
  const columns = dense?.outputs[0].type.shape[1];
  const out = node.outputs[0].type;
  const fits =
    dense?.op === "dense" && dense.inputs.length === 2 && shaped.outputs[0].type === out && out.shape.at(-1) === columns;
  const { shape } = b.typeOf(bias);
  if (!fits || shape.at(-1) !== columns || numElements(shape) !== columns || dense.outputs[0].type.quant) return null;
  if (shape.length > out.shape.length) return null;
  const flat = shape.length === 1 ? bias : b.node("reshape", [bias], { shape: [columns] }, view.loc());
  const y = b.node("dense", [...dense.inputs, flat], {}, view.loc(dense), node.outputs[0].id.slice(1));
  return [b.node("reshape", [y], { shape: out.shape }, view.loc(shaped))];
}
