/**
 * The default schedule of a reduction with its init and its maps: contractions (conv, dense, matmul), depthwise convolutions, pooling.
 *
 *   pad or widen the activation into scratch (cache); pack the weights [k / KT][taps..][c][KT] when the kernel is compiled (cache);
 *   tile P positions x KT = V vectors of channels, sums in registers; the reduction loops around the tile, c innermost; the epilogue on
 *   the tile. One step of c is V vector loads, P broadcasts and P V multiply-adds.
 */

import { affineOf } from "../../ir/loop/affine.js";
import { bufferNamed } from "../../ir/loop/named.js";
import type { Kernel } from "../../ir/loop/stmt.js";
import { loadsOf } from "../../ir/loop/visit.js";
import { after, attempt, type Scheduled } from "../../ir/schedule/session.js";
import type { Tail } from "../../ir/schedule/step.js";
import { lanesFor, type Machine } from "../../ir/target/machine.js";
import { type DType, dtypeInfo, isFloat } from "../../ir/type/dtype.js";
import { numElements } from "../../ir/type/tensor-type.js";
import type { Chooser } from "../../support/choose.js";
import { hasRoomToUnroll, IMAGE_CHANNELS, isWindowOfImage, joinedWindow, spareForImage } from "./image.js";
import { fusesPairs } from "./integer.js";
import { inWindows } from "./integer-depthwise.js";
import { chooseTile, crowds, type TileQuestion, type TileShape, tileShapes } from "./machine.js";
import { type Brought, bringOperands, groupSize } from "./operands.js";
import { tileOrder } from "./order.js";
import { prefetchDistance } from "./prefetch.js";
import {
  companions,
  companionsOf,
  isNarrow,
  isPredicated,
  operandsOf,
  type Reduction,
  type Roles,
  reductionOf,
  type Uses,
} from "./reduction-form.js";
import { hasLoop, onVectors } from "./vectors.js";

/** Schedules a reduction; null where it is of another shape and the general schedule applies. */
export function scheduleReduction(start: Scheduled, name: string, m: Machine, choose: Chooser): Scheduled | null {
  const reshaped = reshape(start, name, m, choose);
  if (!reshaped) return null;
  const [s, r] = reshaped;
  const roles = rolesOf(s.kernel, r, m, choose);
  if (!roles) return null;
  const windows = asWindows(s, roles, m, choose);
  if (windows) return windows;

  const uses = usesOf(roles);
  const walksAll = uses.isDepthwise && walksAllChannels(roles);
  const shape = tileOf(m, tileQuestion(roles, uses, walksAll, m), name, choose);
  if (!roles.packs && roles.weights.along === "strided") return null;
  const brought = bringOperands(s, roles, uses, shape.vectors * roles.lanes, m, choose);
  const tile = brought && tiled(brought, roles, uses, shape, walksAll, choose);
  if (!tile) return null;
  const steps = unrolled(tile.scheduled, brought, roles, uses, shape, m, choose);
  return finished(steps, brought, roles, uses, tile.outside, choose);
}

/** The reduction in as few loops as it takes: results written behind the sums, positions as one loop, taps of a row and their channels as one. */
function reshape(start: Scheduled, name: string, m: Machine, choose: Chooser): readonly [Scheduled, Reduction] | null {
  let s = start;
  let r = reductionOf(s.kernel, name);
  if (!r) return null;
  if (r.acc.role === "out") {
    s = attempt(s, { step: "writeback", buffer: r.acc.name }) ?? s;
    r = reductionOf(s.kernel, name);
  }
  if (r && r.outer.length > 2 && choose(`${name}.collapse`, [true, false], true)) {
    const spatial = r.outer.slice(0, -1).map((l) => l.name);
    const collapsed =
      attempt(s, { step: "collapse", loops: spatial }) ??
      attempt(s, { step: "collapse", loops: spatial.slice(1) }) ??
      (groupSize(s.kernel, r, m) === 2 ? gathered(s, r, spatial) : null);
    if (collapsed) [s, r] = [collapsed, reductionOf(collapsed.kernel, name)];
  }
  const joint = r && joinedWindow(s, name, r.inner, groupSize(s.kernel, r, m));
  if (joint && choose(`${name}.join`, [true, false], true)) [s, r] = [joint, reductionOf(joint.kernel, name)];
  return r && companions(s.kernel, r) ? [s, r] : null;
}

/**
 * Strided pixels side by side, widened for products of pairs, and the loops over them as one: tiles need not end where a row does (AVX2, 1x1 of stride 2).
 * Null where there are taps, or channels do not pair.
 */
function gathered(s: Scheduled, r: Reduction, spatial: readonly string[]): Scheduled | null {
  const depth = r.inner[0]?.extent ?? 1;
  const x = loadsOf(r.reduce.value).find((l) => bufferNamed(s.kernel, l.buffer)?.role !== "const");
  if (!x || r.inner.length !== 1 || depth % 2 === 1) return null;
  const copied = attempt(s, { step: "cache", stage: r.stage.name, buffer: x.buffer, dtype: "i16" });
  if (!copied) return null;
  return attempt(copied, { step: "collapse", loops: spatial }) ?? attempt(copied, { step: "collapse", loops: spatial.slice(1) });
}

/** Element types that are worth vectors. */
const VECTOR_SUMS: ReadonlySet<DType> = new Set(["f32", "f64", "i32", "i8", "u8", "i16"]);

/** Predicates on bytes are slow: narrow elements take vectors that divide the channels, of 16 bytes at least. */
function fittingLanes(lanes: number, channels: number, t: DType): number {
  const { bytes } = dtypeInfo(t);
  if (bytes >= 4) return lanes;
  let fit = lanes;
  while (channels % fit !== 0 && fit * bytes > 16) fit /= 2;
  return fit;
}

/** Null where the operands or the channels do not suit a tile of vectors. */
function rolesOf(kernel: Kernel, r: Reduction, m: Machine, choose: Chooser): Roles | null {
  const name = r.stage.name;
  const k = r.outer[r.outer.length - 1];
  const position = r.outer.length > 1 ? r.outer[r.outer.length - 2] : null;
  const operands = operandsOf(kernel, r.reduce.value, k.name);
  if (!operands || operands.some((o) => o.along === "other")) return null;
  const weights =
    operands.find((o) => (o.along === "unit" || o.along === "strided") && o.buffer.role === "const") ??
    operands.find((o) => o.along === "strided" || o.along === "unit");
  if (!weights) return null;
  const activation = operands.find((o) => o !== weights) ?? null;
  if (operands.length > 2 || activation?.along === "strided") return null;
  const widest = fittingLanes(lanesFor(m, r.acc.dtype), k.extent, r.acc.dtype);
  const isHalvable = widest >= 8 && dtypeInfo(r.acc.dtype).bytes >= 4;
  const lanes = choose(`${name}.lanes`, isHalvable ? [widest, widest / 2] : [widest], widest);
  const mayPack = activation !== null && (weights.buffer.role === "const" || weights.along === "strided");
  const mayLeave = weights.along === "unit" && k.extent >= lanes;
  const packs = mayPack && (!mayLeave || choose(`${name}.pack`, [true, false], true));
  // few channels waste most of a vector, which is still better than none where the weights can be padded
  if ((k.extent < lanes / 4 && !packs) || !VECTOR_SUMS.has(r.acc.dtype)) return null;
  const group = activation?.group ?? null;
  if (group !== null && group % lanes !== 0) return null;
  return { r, k, position, activation, weights, lanes, packs };
}

/** Depthwise convolutions of bytes: windows of 16-bit pairs. Null for others, and where a window is one element: nothing lies side by side. */
function asWindows(
  s: Scheduled,
  { r, k, position, activation, weights, lanes }: Roles,
  m: Machine,
  choose: Chooser,
): Scheduled | null {
  const tap = r.inner.at(-1);
  if (activation?.along !== "unit" || !position || !tap || r.acc.dtype !== "i32" || !isNarrow(activation) || !isNarrow(weights))
    return null;
  const question = {
    stages: companions(s.kernel, r) ?? [],
    activation: { buffer: activation.buffer.name, dtype: activation.buffer.dtype },
    outside: r.outer.slice(0, -2).map((l) => l.name),
    position,
    channel: k,
    rows: r.inner.slice(0, -1),
    tap,
    stride: affineOf(activation.load.index[activation.load.index.length - 2]).terms.get(position.name)?.coef ?? 1,
    lanes,
  };
  return inWindows(s, m, question, choose);
}

function usesOf({ r, activation }: Roles): Uses {
  const taps = r.inner.reduce((n, l) => n * l.extent, 1);
  return {
    taps,
    isPredicated: isPredicated(r.reduce.value),
    isSparse: activation === null || activation.along === "unit",
    isDepthwise: activation?.along === "unit" && taps > 1,
    isImage: activation?.along === "none" && r.acc.dtype === "f32" && isWindowOfImage(r.inner),
  };
}

/** A depthwise tile goes over all channels of its positions: the cache does not keep the rows that its windows share. */
const walksAllChannels = ({ r, activation, lanes }: Roles): boolean =>
  activation !== null && crowds(activation.buffer, r.inner.length > 1 ? r.inner[0].extent : 1, lanes);

function tileQuestion(
  { k, position, activation, weights, lanes }: Roles,
  uses: Uses,
  walksAll: boolean,
  m: Machine,
): TileQuestion {
  const isPairs = activation !== null && isNarrow(activation) && isNarrow(weights) && !fusesPairs(m);
  return {
    positions: position?.extent ?? 1,
    channels: k.extent,
    lanes,
    elementwise: uses.isSparse,
    within: activation?.group ?? null,
    ...(uses.isDepthwise ? { together: walksAll ? (2 as const) : (1 as const) } : {}),
    // vpmaddwd needs a register for its result: without, one accumulator lives in memory
    spare: uses.isImage ? spareForImage(m) : isPairs ? 1 : 0,
  };
}

/** The tile of the rules, or another one that fits the registers. */
function tileOf(m: Machine, q: TileQuestion, name: string, choose: Chooser): TileShape {
  const shapes = tileShapes(m, q);
  const best = chooseTile(m, q);
  const options = (pick: (t: TileShape) => number, of: readonly TileShape[], also: number) => [
    ...new Set([...of.map(pick), also]),
  ];
  const vectors = choose(
    `${name}.vectors`,
    options((t) => t.vectors, shapes, best.vectors),
    best.vectors,
  );
  const fitting = vectors === best.vectors ? best : chooseTile(m, q, vectors);
  const positions = choose(
    `${name}.positions`,
    options(
      (t) => t.positions,
      shapes.filter((t) => t.vectors === vectors),
      fitting.positions,
    ),
    fitting.positions,
  );
  return { positions, vectors };
}

interface Tiled {
  readonly scheduled: Scheduled;
  /** Loops over positions around the tile, which a border may cut. */
  readonly outside: readonly string[];
}

/** The stages in tiles, on vectors, sums in groups. Null where the loops do not allow it. */
function tiled(
  { scheduled, grouping, depth }: Brought,
  { r, k, position, activation, weights, lanes, packs }: Roles,
  uses: Uses,
  shape: TileShape,
  walksAll: boolean,
  choose: Chooser,
): Tiled | null {
  const name = r.stage.name;
  const stages = companionsOf(scheduled.kernel, name);
  if (!stages) return null;
  const tail = (extent: number, factor: number, packed: boolean): Tail =>
    extent % factor === 0 ? "cut" : !packed && factor <= extent ? "overlap" : "guard";
  const width = shape.vectors * lanes;
  const p = position && shape.positions > 1 ? position : null;
  const rest = r.outer
    .slice(0, -1)
    .filter((l) => l !== p)
    .map((l) => l.name);
  const isPointwise = rest.length === 0 && r.inner.length === 1 && activation?.along === "none" && isFloat(r.acc.dtype);
  const order = tileOrder(
    name,
    {
      channel: k.name,
      position: p?.name ?? null,
      rest,
      weightBytes: numElements(weights.buffer.shape) * dtypeInfo(weights.buffer.dtype).bytes,
      isContraction: activation !== null,
      isPointwise: isPointwise && p !== null,
      isSparse: uses.isSparse,
      isByVector: uses.isDepthwise && !walksAll,
    },
    choose,
  );
  const tiles = [
    ...(p ? [{ loop: p.name, factor: shape.positions, tail: tail(p.extent, shape.positions, false) }] : []),
    { loop: k.name, factor: width, tail: tail(k.extent, width, packs) },
  ];
  let s = attempt(scheduled, { step: "tile", stages, tiles, order });
  if (!s) return null;
  const groups = grouping && depth ? Math.ceil(depth.extent / grouping.size) : 0;
  if (grouping && depth && groups > 1)
    s = after(s, { step: "split", stage: name, loop: depth.loop, factor: grouping.size, tail: "cut" });
  const prefixes = ["init.", "", ...stages.slice(2).map((_, i) => (i === 0 ? "out." : `out${i}.`))];
  for (const prefix of prefixes) s = onVectors(s, name, prefix, k.name, p?.name ?? null, shape, lanes);
  if (grouping && depth) s = after(s, { step: grouping.step, stage: name, loop: groups > 1 ? `${depth.loop}.i` : depth.loop });
  return { scheduled: s, outside: [...rest, ...(p ? [`${p.name}.o`] : [])] };
}

/** Factors by which the innermost reduction loop may be unrolled. */
const UNROLLS = [1, 2, 4, 8];

/** Loops of the sum unrolled: all taps of sparse sums, channels of an image, a part of the innermost loop where a search wants it. */
function unrolled(
  start: Scheduled,
  { grouping }: Brought,
  { r }: Roles,
  uses: Uses,
  shape: TileShape,
  m: Machine,
  choose: Chooser,
): Scheduled {
  const stage = r.stage.name;
  let s = start;
  if (uses.isSparse && uses.taps <= 64 && choose(`${stage}.taps`, [true, false], uses.taps <= 32))
    for (const l of r.inner) s = attempt(s, { step: "unroll", stage, loop: l.name }) ?? s;
  const innermost = r.inner[r.inner.length - 1];
  if (!innermost) return s;
  if (!grouping && innermost.extent <= IMAGE_CHANNELS)
    return uses.isImage && !hasRoomToUnroll(m, shape) ? s : (attempt(s, { step: "unroll", stage, loop: innermost.name }) ?? s);
  if (uses.taps <= 4) return s;
  const loop = grouping ? `${innermost.name}.o` : innermost.name;
  const extent = grouping ? Math.ceil(innermost.extent / grouping.size) : innermost.extent;
  const factor = choose(
    `${stage}.unroll`,
    UNROLLS.filter((f) => extent % f === 0),
    1,
  );
  const split = factor > 1 ? attempt(s, { step: "split", stage, loop, factor, tail: "cut" }) : null;
  return (split && attempt(split, { step: "unroll", stage, loop: `${loop}.i` })) ?? s;
}

/** Borders apart, sums in registers, weights asked for ahead. */
function finished(
  start: Scheduled,
  { fills }: Brought,
  { r, weights, packs }: Roles,
  uses: Uses,
  outside: readonly string[],
  choose: Chooser,
): Scheduled {
  const stage = r.stage.name;
  let s = start;
  if (uses.isPredicated && !fills) {
    const loops = outside.filter((l) => hasLoop(s.kernel, stage, l));
    s = attempt(s, { step: "border", stage, loops }) ?? s;
  }
  s = attempt(s, { step: "contract", stage }) ?? s;
  if (!packs || uses.isSparse) return s;
  const packed = s.kernel.prepare.find((p) => p.kernel.buffers.some((b) => b.name === weights.buffer.name))?.buffer;
  const distance = prefetchDistance(
    stage,
    numElements(weights.buffer.shape) * dtypeInfo(weights.buffer.dtype).bytes,
    16_384,
    choose,
  );
  return (packed && distance > 0 && attempt(s, { step: "prefetch", stage, buffer: packed, distance })) || s;
}
