import { attr } from "../../ir/attr/attr.js";
import { isAbsent, isConst, type Node, type ValueId } from "../../ir/graph/module.js";
import { hasTrait } from "../../ir/op/define.js";
import type { IrContext } from "../../ir/pass/context.js";
import { definePass } from "../../ir/pass/pass.js";
import { numElements } from "../../ir/type/tensor-type.js";
import { BROKEN_BY_NEW_NODES, type SweepView, sweep } from "../rewrite/sweep.js";
import { staysChannelsFirst } from "./choose-layout.js";
import { inverse, type Perm, permute, samePerm, toChannelsFirst, toChannelsLast } from "./permutation.js";
import { sinkRules } from "./sink-rules.js";

/** Spatial ops with a `layout` attribute, and how many of their leading operands carry it (activation, then weights). */
const LAID_OUT: Readonly<Record<string, number>> = {
  conv: 2,
  conv_transpose: 2,
  max_pool: 1,
  avg_pool: 1,
  lp_pool: 1,
  depth_to_space: 1,
  space_to_depth: 1,
};

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
  breaks: BROKEN_BY_NEW_NODES,
  run(m, ctx, { enable, lanes }) {
    if (!enable) return m;
    const kept = staysChannelsFirst(m, ctx, isSpatial, lanes);
    return sweep(m, ctx, "channels-last", (v) => rewriteSpatial(v, kept) ?? sinkTranspose(v, ctx));
  },
});

/** The value before a transpose by `p`, where `v` is one; constants are seen through (they fold). */
function beneath(view: SweepView, v: ValueId, p: Perm): ValueId | null {
  const node = view.producer(v);
  return node?.op === "transpose" && samePerm(node.attrs.perm as Perm, p) ? node.inputs[0] : null;
}

const transpose = (view: SweepView, v: ValueId, perm: Perm): ValueId => view.b.node("transpose", [v], { perm }, view.loc());

const isSpatial = (n: Node): boolean => n.op in LAID_OUT && n.outputs.length === 1;

function rewriteSpatial(view: SweepView, kept: ReadonlySet<ValueId>): readonly ValueId[] | null {
  const { node, inputs, b } = view;
  if (!isSpatial(node) || node.attrs.layout !== "channels_first" || kept.has(node.outputs[0].id)) return null;
  const count = LAID_OUT[node.op];
  const rank = b.typeOf(inputs[0]).shape.length;
  const moved = inputs.map((v, i) =>
    i < count ? (beneath(view, v, toChannelsFirst(rank)) ?? transpose(view, v, toChannelsLast(rank))) : v,
  );
  const y = b.node(node.op, moved, { ...node.attrs, layout: "channels_last" }, view.loc(), node.outputs[0].id.slice(1));
  return [transpose(view, y, toChannelsFirst(rank))];
}

function sinkTranspose(view: SweepView, ctx: IrContext): readonly ValueId[] | null {
  const { node, inputs, b } = view;
  const def = ctx.ops.get(node.op);
  if (!def) return null;
  if (node.op === "reshape") return sinkBelowUnits(view);
  const elementwise = hasTrait(def, "elementwise");
  const rule = sinkRules[node.op];
  if (!elementwise && !rule) return null;
  const rank = node.outputs[0].type.shape.length;
  const p = inputs.map((v) => layoutPerm(view, v)).find((perm) => perm !== null && (!elementwise || perm.length === rank));
  if (!p || !worthwhile(view, p)) return null;
  const sources = inputs.map((v) => (isAbsent(v) ? v : untransposed(view, v, p)));
  if (!rule) {
    const y = b.node(node.op, sources, node.attrs, view.loc(), node.outputs[0].id.slice(1));
    return [transpose(view, y, p)];
  }
  const sunk = rule(node.attrs, p);
  if (!sunk) return null;
  const values = b.nodes(
    node.op,
    sources,
    sunk.attrs,
    view.loc(),
    node.outputs.map((o) => o.id.slice(1)),
  );
  return values.map((y) => transpose(view, y, sunk.perm));
}

/**
 * squeeze(to_first(x)) = to_first(squeeze(x)), and the same for unsqueeze: a reshape that only drops or adds dimensions of one, the others
 * being the channels and the spatial ones, still in their order.
 */
function sinkBelowUnits(view: SweepView): readonly ValueId[] | null {
  const { node, inputs, b } = view;
  const p = layoutPerm(view, inputs[0]);
  const to = node.outputs[0].type.shape;
  if (!p || to.length < 3) return null;
  const source = beneath(view, inputs[0], p)!;
  const large = (shape: readonly number[]) => shape.map((d, axis) => ({ d, axis })).filter(({ d }) => d !== 1);
  const [from, kept] = [large(b.typeOf(inputs[0]).shape), large(to)];
  if (from.map(({ d }) => d).join() !== kept.map(({ d }) => d).join()) return null;
  // which dimension of the source stands for each large dimension of the result, in the order that channels-last gives them
  const axisOf = new Map(kept.map(({ axis }, i) => [axis, p[from[i].axis]]));
  const last = toChannelsLast(to.length);
  const order = last.flatMap((axis) => axisOf.get(axis) ?? []);
  if (order.some((axis, i) => i > 0 && order[i - 1] > axis)) return null;
  const y = b.node("reshape", [source], { shape: permute(to, last) }, view.loc(), node.outputs[0].id.slice(1));
  return [transpose(view, y, toChannelsFirst(to.length))];
}

/** The permutation of a value that is a channels-last tensor seen channels-first. */
function layoutPerm(view: SweepView, v: ValueId): Perm | null {
  const node = view.producer(v);
  const perm = node?.op === "transpose" ? (node.attrs.perm as Perm) : null;
  return perm && perm.length >= 3 && samePerm(perm, toChannelsFirst(perm.length)) ? perm : null;
}

/** Sinking pays when the operands that lose a transpose are at least as large as those that gain one. */
function worthwhile(view: SweepView, p: Perm): boolean {
  let lost = 0;
  let gained = 0;
  for (const v of view.inputs) {
    if (isAbsent(v) || isConst(v)) continue;
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
