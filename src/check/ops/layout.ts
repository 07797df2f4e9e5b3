/** What an op's record says of axes, held against what the op means. */
import type { Attrs } from "../../ir/attr/attr.js";
import type { OpDef } from "../../ir/op/define.js";
import { type CommutesWithTranspose, type OpLayout, transposeRule } from "../../ir/op/layout.js";
import type { Tensor } from "../../ir/op/tensor.js";
import { transpose } from "../../ir/ops/transpose.js";
import type { IrContext } from "../../ir/pass/context.js";
import { inverse, isIdentity, type Perm, samePerm, toChannelsFirst, toChannelsLast } from "../../ir/type/permutation.js";
import { type StridedView, viewOf } from "../../ir/type/strided-view.js";
import { numElements, type TensorType, tensorType } from "../../ir/type/tensor-type.js";
import { type Drawn, drawCase, inferCase } from "../draw/op-case.js";
import type { Property } from "../property.js";
import { difference } from "../same-values.js";
import { ofInstances } from "./instance.js";

/** Floats are summed up in another order. */
const TOLERANCE = 1e-5;

/** What holds of the members of `layout`; of an element-wise op without one, that transposes pass it. */
export function layoutProperties(def: OpDef, ctx: IrContext): readonly Property<Drawn>[] {
  const { channels, view, joins } = (def.layout ?? {}) as OpLayout<Attrs>;
  const rule = transposeRule(def);
  return [
    ...(rule ? [passesTransposes(def, ctx, rule)] : []),
    ...(channels ? [hasChannelsLastForm(def, ctx, channels)] : []),
    ...(channels?.alongPixels ? [countsPixelLoops(def, ctx, channels)] : []),
    ...(view ? [isView(def, ctx, view)] : []),
    ...(joins ? [joinsOperands(def, ctx, joins)] : []),
  ];
}

const typesOf = ({ inputs }: Drawn): readonly (TensorType | null)[] => inputs.map((t) => t?.type ?? null);
const isEmpty = ({ inputs }: Drawn): boolean => inputs.some((t) => t?.data.length === 0);

function apply(def: OpDef, inputs: Drawn["inputs"], attrs: Attrs): readonly Tensor[] {
  const c = inferCase(def, { inputs, attrs });
  return def.eval(c.inputs, c.attrs as never, c.types);
}

const transposed = (t: Tensor, perm: Perm): Tensor => apply(transpose as unknown as OpDef, [t], { perm })[0];

/** Leading ones, as broadcasting gives them; quantized axes move along. */
function lifted(t: Tensor, rank: number): Tensor {
  const { dtype, shape, quant } = t.type;
  const more = rank - shape.length;
  const moved = quant && quant.kind !== "tensor" ? { ...quant, axis: quant.axis + more } : quant;
  return { ...t, type: tensorType(dtype, [...new Array<number>(more).fill(1), ...shape], moved) };
}

/** Permutations that generate all others, and those between layouts, which passes meet. */
function permutations(rank: number): readonly Perm[] {
  const order = Array.from({ length: rank }, (_, i) => i);
  const all = [
    ...(rank > 2 ? [toChannelsFirst(rank), toChannelsLast(rank)] : []),
    order.map((i) => (i + 1) % rank),
    order.toReversed(),
    [...order.slice(0, -2), ...order.slice(-2).reverse()],
    [...order.slice(0, 2).reverse(), ...order.slice(2)],
  ];
  return all.filter((p, i) => !isIdentity(p) && all.findIndex((q) => samePerm(p, q)) === i);
}

/** The case with the operands that transposes permute lifted to one rank, and the permutations that the rule takes. */
function passing(rule: CommutesWithTranspose<Attrs>, c: Drawn): { readonly lifted: Drawn; readonly perms: readonly Perm[] } {
  const isMoved = (i: number): boolean => rule.operands === "all" || rule.operands.includes(i);
  const rank = Math.max(0, ...c.inputs.map((t, i) => (t && isMoved(i) ? t.type.shape.length : 0)));
  const whole = { ...c, inputs: c.inputs.map((t, i) => (t && isMoved(i) ? lifted(t, rank) : t)) };
  return { lifted: whole, perms: permutations(rank).filter((p) => rule.behind(c.attrs, p, typesOf(whole)) !== null) };
}

function passesTransposes(def: OpDef, ctx: IrContext, rule: CommutesWithTranspose<Attrs>): Property<Drawn> {
  return ofInstances(def, ctx, {
    name: "op(transpose(x, p)) = transpose(op'(x), p')",
    own: [],
    draw(seed) {
      const c = drawCase(def, seed);
      return !isEmpty(c) && passing(rule, c).perms.length > 0 ? c : null;
    },
    differs(c) {
      const { lifted: whole, perms } = passing(rule, c);
      const want = apply(def, whole.inputs, c.attrs);
      for (const p of perms) {
        const sunk = rule.behind(c.attrs, p, typesOf(whole));
        const isMoved = (i: number): boolean => rule.operands === "all" || rule.operands.includes(i);
        const sources = whole.inputs.map((t, i) => (t && isMoved(i) ? transposed(t, inverse(p)) : t));
        const got = sunk && apply(def, sources, sunk.attrs).map((y) => transposed(y, sunk.perm));
        const differs = got && difference(want, got, TOLERANCE);
        if (differs) return `p = [${p}]: ${differs}`;
      }
      return null;
    },
  });
}

const hasChannelsLastForm = (def: OpDef, ctx: IrContext, form: NonNullable<OpLayout<Attrs>["channels"]>): Property<Drawn> =>
  ofInstances(def, ctx, {
    name: "op(x) = to_first(op_last(to_last(x)))",
    own: [],
    draw(seed) {
      const c = drawCase(def, seed);
      return form.last(c.attrs) ? c : null;
    },
    differs(c) {
      const attrs = form.last(c.attrs);
      if (!attrs) return null;
      if (form.last(attrs)) return "the channels-last form has a further one";
      const moved = c.inputs.map((t, i) =>
        t && form.operands.includes(i) ? transposed(t, toChannelsLast(t.type.shape.length)) : t,
      );
      const got = apply(def, moved, attrs).map((y) => transposed(y, toChannelsFirst(y.type.shape.length)));
      return difference(apply(def, c.inputs, c.attrs), got, TOLERANCE);
    },
  });

/** Its loops along pixels do the products that the op costs, on rows that divide the image. */
function countsPixelLoops(def: OpDef, ctx: IrContext, form: NonNullable<OpLayout<Attrs>["channels"]>): Property<Drawn> {
  const loopsOf = (c: Drawn) => (form.last(c.attrs) ? form.alongPixels?.(typesOf(c), c.types[0], c.attrs) : null);
  return ofInstances(def, ctx, {
    name: "products along pixels = cost",
    own: [],
    // few cases have them: the first of eight that does
    draw: (seed) => Array.from({ length: 8 }, (_, k) => drawCase(def, 8 * seed + k)).find(loopsOf) ?? null,
    differs(c) {
      const loops = loopsOf(c);
      if (!loops) return null;
      const [, channels, ...spatial] = c.types[0].shape;
      const flops = def.cost?.(typesOf(c), c.types, c.attrs as never).flops ?? 0;
      if (loops.channels !== channels) return `${loops.channels} neighbours with the channels last, the result has ${channels}`;
      if (2 * loops.products > flops) return `${loops.products} products, it costs ${flops} operations`;
      return numElements(spatial) % loops.pixels === 0 ? null : `${loops.pixels} neighbours do not divide ${spatial.join(" x ")}`;
    },
  });
}

/** Elements of the base in the order of the view. */
const placesOf = (v: StridedView): readonly number[] =>
  v.dims.reduce<number[]>((all, d) => all.flatMap((o) => Array.from({ length: d.size }, (_, i) => o + i * d.stride)), [v.offset]);

function isView(def: OpDef, ctx: IrContext, view: NonNullable<OpLayout<Attrs>["view"]>): Property<Drawn> {
  const viewed = (c: Drawn): StridedView | null => {
    const node = { result: c.types[0], constant: (i: number) => c.inputs[i] ?? null };
    return c.inputs[0] ? view(viewOf(c.inputs[0].type.shape), c.attrs, node) : null;
  };
  return ofInstances(def, ctx, {
    name: "its view reads what it leaves",
    own: [],
    draw(seed) {
      const c = drawCase(def, seed);
      return !isEmpty(c) && viewed(c) ? c : null;
    },
    differs(c) {
      const [x] = c.inputs;
      const places = viewed(c);
      if (!x || !places) return null;
      const [y] = apply(def, c.inputs, c.attrs);
      const read = placesOf(places).map((at) => x.data[at]);
      const wrong = [...y.data].findIndex((v, i) => !Object.is(v, read[i]));
      if (wrong < 0 && read.length === y.data.length) return null;
      return `element ${Math.max(0, wrong)} of ${y.data.length} is ${y.data[wrong]}, the view of ${read.length} reads ${read[wrong]}`;
    },
  });
}

const joinsOperands = (def: OpDef, ctx: IrContext, joins: NonNullable<OpLayout<Attrs>["joins"]>): Property<Drawn> =>
  ofInstances(def, ctx, {
    name: "it holds its operands one after the other",
    own: [],
    differs(c) {
      const axis = joins(c.attrs);
      const [y] = apply(def, c.inputs, c.attrs);
      const rows = numElements(y.type.shape.slice(0, axis));
      const parts = c.inputs.flatMap((t) => (t ? [{ data: [...t.data], run: numElements(t.type.shape.slice(axis)) }] : []));
      const joined = Array.from({ length: rows }, (_, r) =>
        parts.flatMap(({ data, run }) => data.slice(r * run, (r + 1) * run)),
      ).flat();
      const wrong = [...y.data].findIndex((v, i) => !Object.is(v, joined[i]));
      return wrong < 0 ? null : `element ${wrong} is ${y.data[wrong]}, its operands along axis ${axis} give ${joined[wrong]}`;
    },
  });
