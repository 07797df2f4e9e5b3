/**
 * Which ops keep the layout of the model: those that run faster along rows of pixels, as they lie, than channels-last with
 * transposes around them. Decided for ops that hand a layout on to each other together, in multiply-adds:
 *   channels-first   sum of taps over the share of a vector that rows of pixels fill
 *   channels-last    sum of taps over the share that channels fill, and what is transposed where values enter and leave
 */

import type { AttrSchema } from "../../ir/attr/attr.js";
import { isAbsent, isConst, type Module, type Node, typesOf, type ValueId } from "../../ir/graph/module.js";
import type { OpDef } from "../../ir/op/define.js";
import { type ChannelsForm, transposeRule } from "../../ir/op/layout.js";
import { weightsOf } from "../../ir/op/weights.js";
import type { IrContext } from "../../ir/pass/context.js";
import { toChannelsFirst } from "../../ir/type/permutation.js";
import { numElements, type TensorType } from "../../ir/type/tensor-type.js";

/** An element that is read in one layout and written in the other, in multiply-adds of whole vectors (docs/makers/schedules.md: transposes, convolutions). */
const MOVED = 10 / 16;
/** A multiply-add of a depthwise convolution, along channels and along rows, in those of other convolutions. */
const DEPTHWISE = { last: 3, first: 1.8 } as const;
/** Multiply-adds below which nothing is decided: fractions of a microsecond. */
const FEWEST_PRODUCTS = 2 ** 14;

/** The share of whole vectors of `lanes` that `n` neighbours fill; half vectors cost a whole one. */
const filled = (n: number, lanes: number): number => n / (Math.ceil(n / lanes) * lanes);

interface Costs {
  readonly first: number;
  readonly last: number;
}

const NEVER: Costs = { first: Number.POSITIVE_INFINITY, last: 0 };

type Def = OpDef<AttrSchema>;

/** The form for the channels last of an op that is not in it yet. */
function lastFormOf(n: Node, def: Def | undefined): ChannelsForm<never> | null {
  const form = def?.layout?.channels as ChannelsForm<never> | undefined;
  return form?.last(n.attrs as never) ? form : null;
}

/** Both layouts of one op; only those of floats with constant weights that run along pixels may stay. */
function costsOf(node: Node, def: Def, types: ReadonlyMap<ValueId, TensorType>, lanes: number): Costs {
  const form = lastFormOf(node, def);
  const operands = node.inputs.map((v) => types.get(v) ?? null);
  const weights = weightsOf(def, operands, node.attrs);
  const isFloat = form?.operands.every((i) => operands[i]?.dtype === "f32");
  if (!weights || !isFloat || !isConst(node.inputs[weights.operand])) return NEVER;
  const loops = form?.alongPixels?.(operands, node.outputs[0].type, node.attrs as never);
  if (!loops || loops.products < FEWEST_PRODUCTS) return NEVER;
  const { products, pixels, channels } = loops;
  const each = loops.isDepthwise ? DEPTHWISE : { first: 1, last: 1 };
  return { first: (each.first * products) / filled(pixels, lanes), last: (each.last * products) / filled(channels, lanes) };
}

/** Has it a form for each layout, or does a transpose to channels-first pass it? */
function handsOn(n: Node, ctx: IrContext, types: ReadonlyMap<ValueId, TensorType>): boolean {
  const def = ctx.ops.get(n.op);
  const rule = def && transposeRule(def);
  if (def?.layout?.channels || !rule) return def?.layout?.channels !== undefined;
  const operands = n.inputs.map((v) => types.get(v) ?? null);
  const rank = Math.max(...operands.map((t) => t?.shape.length ?? 0));
  return rank < 3 || rule.behind(n.attrs, toChannelsFirst(rank), operands) !== null;
}

/** Results of the ops with a channels-last form that stay channels-first on vectors of `lanes` floats. */
export function staysChannelsFirst(m: Module, ctx: IrContext, lanes: number): ReadonlySet<ValueId> {
  const f = m.funcs[0];
  const types = typesOf(m, f);
  const carriers = f.body.filter((n) => handsOn(n, ctx, types));
  const parent = new Map<Node, Node>();
  const rootOf = (n: Node): Node => {
    let root = n;
    for (let up = parent.get(root); up && up !== root; up = parent.get(root)) root = up;
    parent.set(n, root);
    return root;
  };
  const makers = new Map(carriers.flatMap((n) => n.outputs.map((o) => [o.id, n] as const)));
  for (const n of carriers)
    for (const v of n.inputs) {
      const maker = makers.get(v);
      if (maker) parent.set(rootOf(n), rootOf(maker));
    }

  const costs = new Map<Node, Costs>();
  const add = (n: Node, { first, last }: Costs) => {
    const sum = costs.get(rootOf(n)) ?? { first: 0, last: 0 };
    costs.set(rootOf(n), { first: sum.first + first, last: sum.last + last });
  };
  const leaves = new Set<ValueId>(f.results);
  const inside = new Set(carriers);
  for (const n of f.body) if (!inside.has(n)) for (const v of n.inputs) leaves.add(v);
  const moved = (v: ValueId): number => {
    const shape = types.get(v)?.shape ?? [];
    return shape.length > 2 ? MOVED * lanes * numElements(shape) : 0;
  };
  for (const n of carriers) {
    const def = ctx.ops.get(n.op);
    if (def?.layout?.channels) add(n, costsOf(n, def, types, lanes));
    else if (def?.layout?.wantsChannelsLast) add(n, NEVER);
    for (const v of new Set(n.inputs)) if (!isConst(v) && !isAbsent(v) && !makers.has(v)) add(n, { first: 0, last: moved(v) });
    for (const o of n.outputs) if (leaves.has(o.id)) add(n, { first: 0, last: moved(o.id) });
  }
  const stays = (n: Node): boolean => {
    const { first, last } = costs.get(rootOf(n)) ?? NEVER;
    return first < last;
  };
  return new Set(carriers.filter((n) => lastFormOf(n, ctx.ops.get(n.op)) && stays(n)).flatMap((n) => n.outputs.map((o) => o.id)));
}
