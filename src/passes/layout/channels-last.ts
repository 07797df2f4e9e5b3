import { attr } from "../../ir/attr/attr.js";
import { isAbsent, isConst, type Node, type ValueId } from "../../ir/graph/module.js";
import { type ChannelsForm, transposeRule } from "../../ir/op/layout.js";
import type { IrContext } from "../../ir/pass/context.js";
import { definePass } from "../../ir/pass/pass.js";
import { inverse, type Perm, samePerm, toChannelsFirst, toChannelsLast } from "../../ir/type/permutation.js";
import { numElements } from "../../ir/type/tensor-type.js";
import { BROKEN_BY_NEW_NODES, type SweepView, sweep } from "../rewrite/sweep.js";
import { staysChannelsFirst } from "./choose-layout.js";

/**
 * Rewrites spatial ops to channels-last, where channels are contiguous and vectorise in every kernel:
 *   conv(x, w) = to_first(conv_last(to_last(x), to_last(w)))
 * and moves each `to_first` down through the ops behind it, so that neighbours meet and cancel: to_last(to_first(x)) = x. Ops that are faster as
 * they lie, transposes counted, keep their layout.
 */
export const channelsLast = definePass({
  name: "channels-last",
  doc: "Puts convolutions and pools into NHWC where that is faster, and cancels the transposes between them.",
  options: {
    enable: attr.bool("false keeps the layout of the model", true),
    lanes: attr.int("floats of a vector of the target", 16),
  },
  requires: ["flat"],
  establishes: [],
  tolerance: 1e-5,
  breaks: BROKEN_BY_NEW_NODES,
  run(m, ctx, { enable, lanes }) {
    if (!enable) return m;
    const kept = staysChannelsFirst(m, ctx, lanes);
    return sweep(m, ctx, "channels-last", (v) => toLastForm(v, ctx, kept) ?? sinkTranspose(v, ctx));
  },
});

/** The value before a transpose by `p`, where `v` is one; constants are seen through (they fold). */
function beneath(view: SweepView, v: ValueId, p: Perm): ValueId | null {
  const node = view.producer(v);
  return node?.op === "transpose" && samePerm(node.attrs.perm as Perm, p) ? node.inputs[0] : null;
}

const transpose = (view: SweepView, v: ValueId, perm: Perm): ValueId => view.b.node("transpose", [v], { perm }, view.loc());

function toLastForm(view: SweepView, ctx: IrContext, kept: ReadonlySet<ValueId>): readonly ValueId[] | null {
  const { node, inputs, b } = view;
  const form: ChannelsForm<never> | undefined = ctx.ops.get(node.op)?.layout?.channels;
  const attrs = form && !kept.has(node.outputs[0].id) ? form.last(node.attrs as never) : null;
  if (!form || !attrs) return null;
  const rankOf = (v: ValueId) => b.typeOf(v).shape.length;
  const moved = inputs.map((v, i) => {
    if (isAbsent(v) || !form.operands.includes(i)) return v;
    return beneath(view, v, toChannelsFirst(rankOf(v))) ?? transpose(view, v, toChannelsLast(rankOf(v)));
  });
  const results = b.nodes(node.op, moved, attrs, view.loc(), resultNames(node));
  return results.map((y) => transpose(view, y, toChannelsFirst(rankOf(y))));
}

const resultNames = (n: Node): string[] => n.outputs.map((o) => o.id.slice(1));

/** op(to_first(x)) = transpose(op(x)), by the op's own rule; an op without one stays behind the transpose, with a remark. */
function sinkTranspose(view: SweepView, ctx: IrContext): readonly ValueId[] | null {
  const { node, inputs, b } = view;
  const def = ctx.ops.get(node.op);
  const rule = def && transposeRule(def);
  const isMoved = (i: number): boolean => rule?.operands === "all" || (rule?.operands.includes(i) ?? false);
  const types = inputs.map((v) => (isAbsent(v) ? null : b.typeOf(v)));
  const rank = Math.max(...types.map((t, i) => (t && isMoved(i) ? t.shape.length : 0)));
  const p = inputs.map((v) => layoutPerm(view, v)).find((perm, i) => isMoved(i) && perm?.length === rank);
  if (!rule && inputs.some((v) => layoutPerm(view, v))) remarkAbout(node, "its record has no rule for transposes", ctx);
  if (!rule || !p || !worthwhile(view, p, isMoved)) return null;
  const sunk = rule.behind(node.attrs, p, types);
  if (!sunk) {
    remarkAbout(node, "its rule for transposes does not hold for these attributes", ctx);
    return null;
  }
  const sources = inputs.map((v, i) => (isAbsent(v) || !isMoved(i) ? v : untransposed(view, v, p)));
  return b.nodes(node.op, sources, sunk.attrs, view.loc(), resultNames(node)).map((y) => transpose(view, y, sunk.perm));
}

/** A view joins the transpose in one that does both, and needs no remark. */
function remarkAbout({ op, loc }: Node, reason: string, ctx: IrContext): void {
  if (ctx.ops.get(op)?.layout?.view) return;
  const help = "the elements are moved in front of it; a rule `layout.transpose` in the op's record lets the transpose pass";
  ctx.report({ severity: "remark", code: "QC-PASS-007", message: `'${op}' stays behind a transpose: ${reason}`, loc, help });
}

/** The permutation of a value that is a channels-last tensor seen channels-first. */
function layoutPerm(view: SweepView, v: ValueId): Perm | null {
  const node = view.producer(v);
  const perm = node?.op === "transpose" ? (node.attrs.perm as Perm) : null;
  return perm && perm.length >= 3 && samePerm(perm, toChannelsFirst(perm.length)) ? perm : null;
}

/** Sinking pays when the operands that lose a transpose are at least as large as those that gain one. */
function worthwhile(view: SweepView, p: Perm, isMoved: (operand: number) => boolean): boolean {
  let lost = 0;
  let gained = 0;
  for (const [i, v] of view.inputs.entries()) {
    if (isAbsent(v) || isConst(v) || !isMoved(i)) continue;
    const size = numElements(view.b.typeOf(v).shape);
    if (beneath(view, v, p)) lost += size;
    else gained += size;
  }
  return lost >= gained;
}

/** transpose(v, p^-1), after lifting a lower rank by leading ones; cancels where `v` is itself transpose(x, p). */
function untransposed(view: SweepView, v: ValueId, p: Perm): ValueId {
  const source = beneath(view, v, p);
  if (source) return source;
  const { shape } = view.b.typeOf(v);
  if (numElements(shape) === 1 && shape.length <= 1) return v;
  const lifted =
    shape.length === p.length
      ? v
      : view.b.node("reshape", [v], { shape: [...new Array<number>(p.length - shape.length).fill(1), ...shape] }, view.loc());
  return transpose(view, lifted, inverse(p));
}
