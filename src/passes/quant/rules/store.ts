/** A quantize taken into what stands before it. */
import type { ValueId } from "../../../ir/graph/module.js";
import { sameGridOperands } from "../../../ir/op/quantize.js";
import { bytesOf } from "../../../ir/op/tensor.js";
import type { IrContext } from "../../../ir/pass/context.js";
import { dtypeInfo } from "../../../ir/type/dtype.js";
import type { TensorType } from "../../../ir/type/tensor-type.js";
import type { SweepView } from "../../rewrite/sweep.js";
import { quantizeValue } from "../grids.js";
import { integerForm } from "../points.js";
import { buildTable, tableSource } from "../tables.js";
import { quantizedOperand } from "./contraction.js";
import { integerBuilder } from "./same-grid.js";

export function quantizeRule(view: SweepView, ctx: IrContext): readonly ValueId[] | null {
  const { node, inputs } = view;
  const t = node.outputs[0].type;
  if (node.op !== "quantize" || t.quant?.kind !== "tensor" || (t.dtype !== "i8" && t.dtype !== "u8")) return null;
  const stored = samePair(view, t) ?? storedOn(view, ctx, inputs[0], t);
  return stored === null ? tableRule(view, ctx, t) : [stored];
}

/** The integers of q(v) on the grid of `t`, rounded once from what makes v; null where v is made in floats. */
function storedOn(view: SweepView, ctx: IrContext, v: ValueId, t: TensorType): ValueId | null {
  return requantizeAccumulator(view, ctx, v, t) ?? roundRule(view, ctx, v, t) ?? behindRule(view, ctx, v, t);
}

/** q(dq(x)) = x where both lie on one grid */
function samePair(view: SweepView, t: TensorType): ValueId | null {
  const x = quantizedOperand(view, view.inputs[0]);
  return x && view.b.typeOf(x) === t ? x : null;
}

/** q(clip(.. dq(acc))) --> requantize(acc): rounding is monotone, so bounds may be applied on the grid. */
function requantizeAccumulator(view: SweepView, ctx: IrContext, from: ValueId, t: TensorType): ValueId | null {
  if (t.quant?.kind !== "tensor") return null;
  const { scale, zero } = t.quant;
  const { min, max } = dtypeInfo(t.dtype);
  let [lo, hi] = [min, max];
  let v = from;
  for (let n = view.producer(v); n; n = view.producer(v)) {
    const bounds = ctx.ops.get(n.op)?.bounds?.(n.attrs as never);
    if (!bounds) break;
    const onGrid = (r: number) => quantizeValue(r, scale, zero, min, max);
    [lo, hi] = [Math.min(hi, Math.max(lo, onGrid(bounds.lo))), Math.max(lo, Math.min(hi, onGrid(bounds.hi)))];
    v = n.inputs[0];
  }
  const source = view.producer(v);
  if (source?.op !== "dequantize") return null;
  const acc = view.b.typeOf(source.inputs[0]);
  if (
    acc.dtype !== "i32" ||
    !acc.quant ||
    (acc.quant.kind === "tensor" ? [acc.quant.zero] : acc.quant.zeros).some((z) => z !== 0)
  )
    return null;
  const attrs = { dtype: t.dtype, scale, zero, mode: "onnx-float", lo, hi };
  return view.b.node("requantize", [source.inputs[0]], attrs, view.loc(source), view.node.outputs[0].id.slice(1));
}

/** q(op(dq(x))) --> the op's integer form on the grid of q: softmax, average pooling */
function roundRule(view: SweepView, ctx: IrContext, from: ValueId, t: TensorType): ValueId | null {
  const n = view.producer(from);
  const form = n && integerForm(n, ctx.ops);
  const x = form?.form === "round" ? quantizedOperand(view, n?.inputs[0] ?? "") : null;
  if (!n || form?.form !== "round" || !x || t.quant?.kind !== "tensor" || view.b.typeOf(x).quant?.kind !== "tensor") return null;
  const { scale, zero } = t.quant;
  const builder = integerBuilder(view, view.loc(n), view.node.outputs[0].id.slice(1));
  return form.integer(builder, x, n.attrs as never, { dtype: t.dtype, scale, zero });
}

/**
 * q(select(y)) --> select(q(y)), q(clip(y)) --> clip(q(y)): Q is monotone and maps 0 to the zero point, so it commutes with what selects or moves
 * elements of one operand, and with bounds. For y that can be stored in integers: behind a convolution, a mean, a softmax.
 */
function behindRule(view: SweepView, ctx: IrContext, from: ValueId, t: TensorType): ValueId | null {
  const n = view.producer(from);
  if (n?.outputs.length !== 1) return null;
  const bounds = ctx.ops.get(n.op)?.bounds?.(n.attrs as never);
  const selects = sameGridOperands(integerForm(n, ctx.ops), n.inputs.length).join() === "0";
  const y = selects || bounds ? storedOn(view, ctx, n.inputs[0], t) : null;
  if (y === null) return null;
  const hint = view.node.outputs[0].id.slice(1);
  return bounds
    ? view.b.node("clip", [y], { ...bounds }, view.loc(n), hint)
    : view.b.node(n.op, [y, ...n.inputs.slice(1)], n.attrs, view.loc(n), hint);
}

/** q(f(dq(x))) --> lut(x), for any element-wise f of one 8-bit tensor; a change of grid is the case f = identity. */
function tableRule(view: SweepView, ctx: IrContext, t: TensorType): readonly ValueId[] | null {
  const from = view.inputs[0];
  const direct = quantizedOperand(view, from);
  const dq = view.producer(from);
  const source =
    direct && dq && view.b.typeOf(direct).quant?.kind === "tensor" ? { x: direct, nodes: [dq] } : tableSource(view, ctx, from);
  if (!source) return null;
  const table = buildTable(view, ctx, source, { op: "quantize", attrs: view.node.attrs });
  const id = view.b.constant({ ...table.type, quant: t.quant }, bytesOf(table), `${view.node.outputs[0].id.slice(1)}_table`);
  return [view.b.node("lut", [source.x, id], {}, view.loc(...source.nodes), view.node.outputs[0].id.slice(1))];
}
