/** How the operands of a contraction reach its tile: in place, padded, widened, packed, in groups of the depth. */

import { affineOf } from "../../ir/loop/affine.js";
import { bufferNamed } from "../../ir/loop/named.js";
import type { Kernel } from "../../ir/loop/stmt.js";
import { loadsOf, usesVar } from "../../ir/loop/visit.js";
import { attempt, type Scheduled } from "../../ir/schedule/session.js";
import type { LayoutPart, Step } from "../../ir/schedule/step.js";
import type { Machine } from "../../ir/target/machine.js";
import { dtypeInfo, isFloat } from "../../ir/type/dtype.js";
import { numElements } from "../../ir/type/tensor-type.js";
import type { Chooser } from "../../support/choose.js";
import { readsImageInPlace } from "./image.js";
import { byteOperand, type DepthLoop, type Grouping, inQuads } from "./integer.js";
import { isNarrow, type Operand, type Reduction, type Roles, type Uses } from "./reduction-form.js";

/** Elements of i16 weights that fill a second-level cache. */
const LARGE_WEIGHTS = 256 * 1024;

/**
 * Positions that share weights from memory, from which on these are i16 there: asked for ahead they come in meanwhile, and widening bytes takes two
 * instructions of 26.
 */
const FEW_POSITIONS = 32;

/** [k / KT][the other dimensions in reduction order][KT], groups of c last where wanted. */
function packing(o: Operand, k: string, width: number, groupDim: number | null, size = 2): readonly LayoutPart[] {
  const dim = o.load.index.findIndex((e) => affineOf(e).terms.has(k));
  const others = o.load.index.map((_, d) => d).filter((d) => d !== dim);
  return [
    { dim, div: width },
    ...others.map((d): LayoutPart => (d === groupDim ? { dim: d, div: size } : { dim: d })),
    { dim, mod: width },
    ...(groupDim === null ? [] : [{ dim: groupDim, mod: size }]),
  ];
}

/** The innermost reduction loop, where both operands hold neighbours of it side by side. */
function depthLoop(r: Reduction, x: Operand, w: Operand): DepthLoop | null {
  const c = r.inner[r.inner.length - 1];
  if (!c || c.extent < 2 || r.acc.dtype !== "i32") return null;
  const last = x.load.index[x.load.index.length - 1];
  const dim = w.load.index.findIndex((e) => e.k === "var" && e.name === c.name);
  const side =
    affineOf(last).terms.get(c.name)?.coef === 1 && x.load.index.slice(0, -1).every((e) => !usesVar(e, new Set([c.name])));
  return side && dim >= 0 ? { loop: c.name, dim, extent: c.extent } : null;
}

/** Products of neighbours along the depth that a machine adds at a time: 1 where an operand is no integer of a byte or two. */
export function groupSize(kernel: Kernel, r: Reduction, m: Machine): number {
  const buffers = loadsOf(r.reduce.value).map((l) => bufferNamed(kernel, l.buffer));
  const types = buffers.flatMap((b) => (b && b.role !== "const" ? [b.dtype] : []));
  if (r.acc.dtype !== "i32" || buffers.some((b) => !b || isFloat(b.dtype) || dtypeInfo(b.dtype).bits > 16)) return 1;
  return types.length === 1 && byteOperand(m, types[0]) ? 4 : 2;
}

export interface Brought {
  readonly scheduled: Scheduled;
  /** Products along `depth` that one instruction adds. */
  readonly grouping: Grouping | null;
  readonly depth: DepthLoop | null;
  /** Values outside of the operands lie in memory: nothing is predicated any more. */
  readonly fills: boolean;
}

/** Brings the operands of a reduction to a tile `width` channels wide; null where that needs weights in an order that they cannot take. */
export function bringOperands(
  start: Scheduled,
  roles: Roles,
  uses: Uses,
  width: number,
  m: Machine,
  choose: Chooser,
): Brought | null {
  const { r, k, activation, weights, packs } = roles;
  const name = r.stage.name;
  const depth = activation && packs ? depthLoop(r, activation, weights) : null;
  const isInteger = r.acc.dtype === "i32" && activation !== null && isNarrow(activation) && isNarrow(weights);
  // halves are widened once, not at every use
  const isHalf = activation?.buffer.dtype === "f16" || activation?.buffer.dtype === "bf16";
  // values that are used a few times each are read in place, the border apart: a halo would be as much traffic as the layer itself
  const inPlace =
    uses.isSparse ||
    (uses.isImage && activation !== null && readsImageInPlace(r.outer, uses.taps, numElements(activation.buffer.shape)));
  const asQuads = (): Scheduled | null =>
    activation && depth && isInteger
      ? inQuads(start, m, {
          stage: name,
          activation: { buffer: activation.buffer.name, dtype: activation.buffer.dtype },
          weights: weights.buffer.name,
          depth,
          predicated: uses.isPredicated,
          layout: (size) => packing(weights, k.name, width, depth.dim, size),
        })
      : null;
  const quads = asQuads();
  const takesQuads = quads !== null && choose(`${name}.quads`, [true, false], true);
  const fills = uses.isPredicated && (isInteger || isHalf || choose(`${name}.halo`, [true, false], !inPlace));
  if (quads && takesQuads) return { scheduled: quads, grouping: { step: "quads", size: 4 }, depth, fills };

  const near = cacheActivation(start, roles, { isInteger, isCopied: isInteger || isHalf || fills, isFilled: fills, depth });
  if (!packs) return { scheduled: near.scheduled, grouping: null, depth, fills };
  const packed = packWeights(near, roles, width, depth);
  return packed && { ...packed, depth, fills };
}

interface Near {
  readonly scheduled: Scheduled;
  /** Both operands may be integers of 16 bits. */
  readonly narrow: boolean;
  /** There is room for an element behind an odd depth. */
  readonly slack: boolean;
}

interface Wish {
  readonly isInteger: boolean;
  /** The activation is to be copied; `isFilled`: with what lies outside of it. */
  readonly isCopied: boolean;
  readonly isFilled: boolean;
  readonly depth: DepthLoop | null;
}

const isOdd = (depth: DepthLoop | null): boolean => depth !== null && depth.extent % 2 === 1;

function cacheActivation(s: Scheduled, { r, activation, weights }: Roles, { isInteger, isCopied, isFilled, depth }: Wish): Near {
  const stage = r.stage.name;
  if (activation === null) {
    const filled = isFilled ? attempt(s, { step: "cache", stage, buffer: weights.buffer.name }) : null;
    return { scheduled: filled ?? s, narrow: isInteger, slack: false };
  }
  const isReady = activation.buffer.role === "scratch" && activation.buffer.dtype === "i16";
  if (isReady || !isCopied) return { scheduled: s, narrow: isInteger, slack: false };
  const step = { step: "cache", stage, buffer: activation.buffer.name } as const;
  const roomy = isInteger && isOdd(depth) ? attempt(s, { ...step, dtype: "i16", slack: 1 }) : null;
  const asPairs = roomy ?? (isInteger ? attempt(s, { ...step, dtype: "i16" }) : null);
  return { scheduled: asPairs ?? attempt(s, step) ?? s, narrow: asPairs !== null, slack: roomy !== null };
}

/** Weights in panels, pairs of the depth side by side where both operands are 16 bits wide. */
function packWeights(
  { scheduled: s, narrow, slack }: Near,
  { r, k, weights }: Roles,
  width: number,
  depth: DepthLoop | null,
): Pick<Brought, "scheduled" | "grouping"> | null {
  const stage = r.stage.name;
  const pack = (pair: boolean, dtype: "i16" | "i8" = "i16"): Step => ({
    step: "cache",
    stage,
    buffer: weights.buffer.name,
    layout: packing(weights, k.name, width, pair && depth ? depth.dim : null),
    ...(narrow ? { dtype } : {}),
  });
  const even = (x: Scheduled | null): Scheduled | null =>
    x && depth && isOdd(depth) ? attempt(x, { step: "widen", stage, loop: depth.loop, extent: depth.extent + 1 }) : x;
  // weights that come from beyond the caches for few positions travel as bytes
  const few = numElements(r.acc.shape) < FEW_POSITIONS * k.extent;
  const large = depth && few && numElements(weights.buffer.shape) > LARGE_WEIGHTS;
  const pairs =
    narrow && depth && (!isOdd(depth) || slack)
      ? even((large ? attempt(s, pack(true, "i8")) : null) ?? attempt(s, pack(true)))
      : null;
  const packed = pairs ?? attempt(s, pack(false));
  if (!packed && weights.along === "strided") return null;
  return { scheduled: packed ?? s, grouping: pairs ? { step: "pairs", size: 2 } : null };
}
