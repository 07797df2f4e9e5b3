/** What an op says of axes: its form with the channels last, and what becomes of it where transposes, reshapes and slices meet it. */
import type { Attrs } from "../attr/attr.js";
import { inverse, type Perm, permute } from "../type/permutation.js";
import type { StridedView } from "../type/strided-view.js";
import type { TensorType } from "../type/tensor-type.js";
import type { Tensor } from "./tensor.js";

export type OperandTypes = readonly (TensorType | null)[];

/** The loops of sums of products whose innermost elements are pixels in unit steps. */
export interface PixelLoops {
  /** Multiply-adds. */
  readonly products: number;
  /** Neighbours in memory that the innermost loop takes, with the channels first and with the channels last. */
  readonly pixels: number;
  readonly channels: number;
  /** Does every output channel read one input channel only? */
  readonly isDepthwise: boolean;
}

/**
 * The same op in another layout. The results and `operands` are [N, C, *S] in one form and [N, *S, C] in the other:
 *   op(x, .., attrs) = to_first(op(to_last(x), .., last(attrs)))
 */
export interface ChannelsForm<A> {
  readonly operands: readonly number[];
  /** Attributes of the channels-last form; null where they are those already. */
  last(attrs: A): Attrs | null;
  /** How it runs channels-first along rows of pixels; absent or null: it does not. */
  alongPixels?(types: OperandTypes, result: TensorType, attrs: A): PixelLoops | null;
}

/** The op in front of a transpose that stood in front of it. */
export interface Transposed {
  /** `attrs` itself where they name no axis. */
  readonly attrs: Attrs;
  /** The transpose behind the op. */
  readonly perm: Perm;
}

/** op(transpose(x, p), attrs) = transpose(op(x, attrs'), p') */
export interface CommutesWithTranspose<A> {
  /** Operands that are transposed; the others are read as they are. */
  readonly operands: readonly number[] | "all";
  /** `types` are those of the operands behind their transposes. Null: not for these attributes. */
  behind(attrs: A, p: Perm, types: OperandTypes): Transposed | null;
}

/** What a view may know of the node beside its attributes. */
export interface ViewedNode {
  readonly result: TensorType;
  /** The value of an operand; null where it is no constant. */
  constant(operand: number): Tensor | null;
}

export interface OpLayout<A> {
  readonly channels?: ChannelsForm<A>;
  /** Element-wise ops whose attributes name no axis need none: every transpose of all operands passes them. */
  readonly transpose?: CommutesWithTranspose<A>;
  /** Is it slow with the channels first, since what it works out for a pixel serves all its channels? */
  readonly wantsChannelsLast?: true;
  /** The result as a strided view of what operand 0 is the view `v` of; null where it is none. */
  view?(v: StridedView, attrs: A, node: ViewedNode): StridedView | null;
  /** The axis along which the result holds its operands one after the other, elements unchanged. */
  joins?(attrs: A): number;
}

interface LaidOut {
  readonly traits: readonly string[];
  readonly layout?: OpLayout<never>;
}

const AS_IT_IS: CommutesWithTranspose<Attrs> = { operands: "all", behind: (attrs, perm) => ({ attrs, perm }) };

/** How a transpose passes the op; undefined where the record says nothing of it. */
export function transposeRule(def: LaidOut): CommutesWithTranspose<Attrs> | undefined {
  const own = def.layout?.transpose as CommutesWithTranspose<Attrs> | undefined;
  return own ?? (def.traits.includes("elementwise") ? AS_IT_IS : undefined);
}

/** Does an attribute of this application speak of an axis? Then elements are not all alike to it, though it be element-wise. */
export function namesAxis(def: LaidOut, attrs: Attrs, types: OperandTypes): boolean {
  const rank = Math.max(0, ...types.map((t) => t?.shape.length ?? 0));
  const turned = Array.from({ length: rank }, (_, i) => (i + 1) % rank);
  return transposeRule(def)?.behind(attrs, turned, types)?.attrs !== attrs;
}

/** Operands and results in the layout that attribute `layout` names. */
export const byLayoutAttribute = <A extends { readonly layout: "channels_first" | "channels_last" } & Attrs>(
  ...operands: readonly number[]
): ChannelsForm<A> => ({
  operands,
  last: (attrs) => (attrs.layout === "channels_last" ? null : { ...attrs, layout: "channels_last" }),
});

const allOperands = <A>(behind: CommutesWithTranspose<A>["behind"]): CommutesWithTranspose<A> => ({ operands: "all", behind });

/** Attribute `axis`: axis j of the transposed operand is axis p[j] of its source. */
export const alongAxis = allOperands<{ readonly axis: number } & Attrs>((attrs, p) => ({
  attrs: { ...attrs, axis: p[(attrs.axis + p.length) % p.length] },
  perm: p,
}));

/** Attribute `axes`: all of the operand's axes stay. */
export const alongAxes = allOperands<{ readonly axes: readonly number[] } & Attrs>((attrs, p) => ({
  attrs: { ...attrs, axes: attrs.axes.map((a) => p[(a + p.length) % p.length]).sort((a, b) => a - b) },
  perm: p,
}));

/** Attribute `axis`, -1 where none is meant. */
export const alongAxisOrNone = allOperands<{ readonly axis: number } & Attrs>((attrs, p) => ({
  attrs: attrs.axis < 0 ? attrs : { ...attrs, axis: p[attrs.axis] },
  perm: p,
}));

/** Attributes `axes` and `keepdims`; without it the remaining axes keep their relative order under p. */
export const overAxes = allOperands<{ readonly axes: readonly number[]; readonly keepdims: boolean } & Attrs>((attrs, p) => {
  const reduced = attrs.axes.map((a) => (a + p.length) % p.length);
  const axes = reduced.map((a) => p[a]).sort((a, b) => a - b);
  if (attrs.keepdims) return { attrs: { ...attrs, axes }, perm: p };
  const left = p.filter((_, j) => !reduced.includes(j));
  const order = [...left].sort((a, b) => a - b);
  return { attrs: { ...attrs, axes }, perm: left.map((axis) => order.indexOf(axis)) };
});

/** Attributes `axis` and `keepdims`: one axis is reduced. */
export const overAxis = allOperands<{ readonly axis: number; readonly keepdims: boolean } & Attrs>(
  ({ axis, ...attrs }, p, types) => {
    const reduced = overAxes.behind({ ...attrs, axes: [axis] }, p, types);
    return reduced && { attrs: { ...attrs, axis: p[(axis + p.length) % p.length] }, perm: reduced.perm };
  },
);

/** Attribute `layout` says where the channels are; the batch stays in front, and the other axes are alike. Operand 0 is transposed. */
export const aroundChannels: CommutesWithTranspose<{ readonly layout: "channels_first" | "channels_last" } & Attrs> = {
  operands: [0],
  behind(attrs, p) {
    const channels = p[attrs.layout === "channels_first" ? 1 : p.length - 1];
    if (p[0] !== 0 || (channels !== 1 && channels !== p.length - 1)) return null;
    const layout = channels === 1 ? "channels_first" : "channels_last";
    return { attrs: layout === attrs.layout ? attrs : { ...attrs, layout }, perm: p };
  },
};

/** Attribute `axis`: that axis and those behind it are read together, and stay where they are. Operand 0 is transposed. */
export const beforeAxis: CommutesWithTranspose<{ readonly axis: number } & Attrs> = {
  operands: [0],
  behind: (attrs, perm) => (perm.slice(attrs.axis).every((a, i) => a === attrs.axis + i) ? { attrs, perm } : null),
};

/** Every element of operand 0 by itself. */
export const onEachElement: CommutesWithTranspose<Attrs> = { operands: [0], behind: (attrs, perm) => ({ attrs, perm }) };

/** Attributes that are lists of `parts` entries for each dimension: all first ones, then all second ones; empty lists stay so. */
export const perDimension = <A extends Attrs>(parts: Readonly<Partial<Record<keyof A, number>>>): CommutesWithTranspose<A> =>
  allOperands((attrs, p) => {
    const q = inverse(p);
    const moved = Object.entries(parts as Readonly<Record<string, number>>).map(([key, count]) => {
      const list = attrs[key] as readonly number[];
      const part = (k: number) => permute(list.slice(k * p.length, (k + 1) * p.length), q);
      return [key, list.length ? Array.from({ length: count }, (_, k) => part(k)).flat() : []];
    });
    return { attrs: { ...attrs, ...Object.fromEntries(moved) }, perm: p };
  });
