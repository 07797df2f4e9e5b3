/**
 * Which spatial ops keep the layout of the model: those that run faster along rows of pixels, as they lie, than channels-last with
 * transposes around them. Decided for ops that hand a layout on to each other together, in multiply-adds:
 *   channels-first   sum of taps over the share of a vector that rows of pixels fill
 *   channels-last    sum of taps over the share that channels fill, and what is transposed where values enter and leave
 */
import { isAbsent, isConst, type Module, type Node, typesOf, type ValueId } from "../../ir/graph/module.js";
import { hasTrait } from "../../ir/op/define.js";
import type { IrContext } from "../../ir/pass/context.js";
import { numElements, type TensorType } from "../../ir/type/tensor-type.js";
import { sinkRules } from "./sink-rules.js";

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

const all = (v: unknown, value: number): boolean => (v as readonly number[]).every((x) => x === value);

/** Both layouts of one op; only convolutions of floats with constant weights that read unit steps may stay. */
function costsOf(node: Node, types: ReadonlyMap<ValueId, TensorType>, lanes: number): Costs {
  const [x, w] = node.inputs.map((v) => types.get(v));
  const y = node.outputs[0].type;
  if (node.op !== "conv" || !x || !w || !isConst(node.inputs[1]) || x.dtype !== "f32" || w.dtype !== "f32") return NEVER;
  if (node.attrs.layout !== "channels_first" || !all(node.attrs.strides, 1) || !all(node.attrs.dilations, 1)) return NEVER;
  const [channels, filters] = [x.shape[1], y.shape[1]];
  const taps = numElements(w.shape.slice(1));
  const products = numElements(y.shape) * taps;
  const pixels = y.shape.slice(2);
  if (products < FEWEST_PRODUCTS) return NEVER;
  if (taps === channels && node.attrs.groups === 1 && all(node.attrs.pads, 0))
    return { first: products / filled(numElements(pixels), lanes), last: products / filled(filters, lanes) };
  if (node.attrs.groups === channels && channels === filters && taps > 1)
    return {
      first: (DEPTHWISE.first * products) / filled(pixels[pixels.length - 1], lanes),
      last: (DEPTHWISE.last * products) / filled(channels, lanes),
    };
  return NEVER;
}

/** Results of the spatial ops (of `isSpatial`) that stay channels-first on vectors of `lanes` floats. */
export function staysChannelsFirst(
  m: Module,
  ctx: IrContext,
  isSpatial: (n: Node) => boolean,
  lanes: number,
): ReadonlySet<ValueId> {
  const f = m.funcs[0];
  const types = typesOf(m, f);
  const carries = (n: Node): boolean => {
    const def = ctx.ops.get(n.op);
    return isSpatial(n) || (def !== undefined && (hasTrait(def, "elementwise") || n.op in sinkRules));
  };
  const parent = new Map<Node, Node>();
  const rootOf = (n: Node): Node => {
    let root = n;
    for (let up = parent.get(root); up && up !== root; up = parent.get(root)) root = up;
    parent.set(n, root);
    return root;
  };
  const carriers = f.body.filter(carries);
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
  for (const n of f.body) if (!carries(n)) for (const v of n.inputs) leaves.add(v);
  const moved = (v: ValueId): number => {
    const shape = types.get(v)?.shape ?? [];
    return shape.length > 2 ? MOVED * lanes * numElements(shape) : 0;
  };
  for (const n of carriers) {
    if (isSpatial(n)) add(n, costsOf(n, types, lanes));
    else if (n.op === "resize") add(n, NEVER); // weights and places of a pixel serve all its channels
    for (const v of new Set(n.inputs)) if (!isConst(v) && !isAbsent(v) && !makers.has(v)) add(n, { first: 0, last: moved(v) });
    for (const o of n.outputs) if (leaves.has(o.id)) add(n, { first: 0, last: moved(o.id) });
  }
  const stays = (n: Node): boolean => {
    const { first, last } = costs.get(rootOf(n)) ?? NEVER;
    return first < last;
  };
  return new Set(carriers.filter((n) => isSpatial(n) && stays(n)).flatMap((n) => n.outputs.map((o) => o.id)));
}
