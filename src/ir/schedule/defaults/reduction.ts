/**
 * The default schedule of a reduction with its init and its maps: contractions (conv, dense, matmul), depthwise convolutions, pooling.
 *
 *   pad or widen the activation into scratch (cache); pack the weights [k / KT][taps..][c][KT] when the kernel is compiled (cache);
 *   tile P positions x KT = V vectors of channels, sums in registers; the reduction loops around the tile, c innermost; the epilogue on
 *   the tile. One step of c is V vector loads, P broadcasts and P V multiply-adds.
 */
import { affineOf } from "../../loop/affine.js";
import type { Expr, LoadExpr } from "../../loop/expr.js";
import type { Buffer, Kernel, ReduceStmt, Stage } from "../../loop/stmt.js";
import { accessesOf, type LoopHead, loadsOf, nestOf, usesVar, walkExpr } from "../../loop/visit.js";
import { type DType, dtypeInfo, isFloat } from "../../type/dtype.js";
import { numElements } from "../../type/tensor-type.js";
import type { LayoutPart, Step, Tail } from "../step.js";
import type { Chooser } from "./choose.js";
import { hasRoomToUnroll, IMAGE_CHANNELS, isWindowOfImage, joinedWindow, readsImageInPlace, spareForImage } from "./image.js";
import { byteOperand, type DepthLoop, fusesPairs, type Grouping, inQuads } from "./integer.js";
import { inWindows } from "./integer-depthwise.js";
import { chooseTile, crowds, lanesFor, type Machine, type TileQuestion, type TileShape, tileShapes } from "./machine.js";
import { tileOrder } from "./order.js";
import { prefetchDistance } from "./prefetch.js";
import { after, attempt, type Scheduled } from "./session.js";
import { hasLoop, onVectors } from "./vectors.js";

/** Elements of i16 weights that fill a second-level cache. */
const LARGE_WEIGHTS = 256 * 1024;

/**
 * Positions that share weights from memory, from which on these are i16 there: asked for ahead they come in meanwhile, and widening bytes takes two
 * instructions of 26 (7 x 7 on AVX2, from memory: 1024 to 1024 199 GOP/s as bytes, 208 as i16; 2048 to 512 196, 208).
 */
const FEW_POSITIONS = 32;

/** A reduction stage as this schedule sees it. */
export interface Reduction {
  readonly stage: Stage;
  readonly reduce: ReduceStmt;
  readonly acc: Buffer;
  /** Loops over the accumulator, outermost first; the last is the channel loop. */
  readonly outer: readonly LoopHead[];
  readonly inner: readonly LoopHead[];
}

export function reductionOf(kernel: Kernel, name: string): Reduction | null {
  const stage = kernel.stages.find((s) => s.name === name);
  if (!stage) return null;
  const { loops, body } = nestOf(stage.body);
  if (body.k !== "reduce") return null;
  const acc = kernel.buffers.find((b) => b.name === body.buffer);
  const vars = body.index.flatMap((i) => (i.k === "var" ? [i.name] : []));
  const plain = body.index.every((i) => i.k === "var" || i.k === "const");
  const last = body.index[body.index.length - 1];
  if (!acc || !plain || last?.k !== "var") return null;
  const outer = loops.filter((l) => vars.includes(l.name));
  const inner = loops.filter((l) => !vars.includes(l.name));
  return outer.length === vars.length ? { stage, reduce: body, acc, outer, inner } : null;
}

/** The init stage before a reduction and the maps behind it that read its sums. */
export function companions(kernel: Kernel, r: Reduction): readonly string[] | null {
  const at = kernel.stages.indexOf(r.stage);
  const init = kernel.stages[at - 1];
  if (!init || !accessesOf(init.body).writes.has(r.acc.name)) return null;
  const maps: string[] = [];
  for (const s of kernel.stages.slice(at + 1)) {
    if (!accessesOf(s.body).reads.has(r.acc.name)) break;
    maps.push(s.name);
  }
  return maps.length ? [init.name, r.stage.name, ...maps] : null;
}

/** How an operand of the reduction depends on the channel loop. */
interface Operand {
  readonly buffer: Buffer;
  readonly load: LoadExpr;
  /** none: broadcast; unit: neighbours in memory; strided: some plain dimension; group: only through the group number; other: a gather. */
  readonly along: "none" | "unit" | "strided" | "group" | "other";
  /** Channels of a group. */
  readonly group: number | null;
}

function dependence(load: LoadExpr, k: string): Pick<Operand, "along" | "group"> {
  const dependent = load.index.map((e, d) => ({ e, d })).filter(({ e }) => usesVar(e, new Set([k])));
  if (dependent.length === 0) return { along: "none", group: null };
  const { e, d } = dependent[0];
  if (dependent.length > 1) return { along: "other", group: null };
  const terms = [...affineOf(e).terms.values()].filter((t) => usesVar(t.atom, new Set([k])));
  if (terms.length !== 1) return { along: "other", group: null };
  const { atom, coef } = terms[0];
  if (atom.k === "var" && coef === 1) {
    return { along: d === load.index.length - 1 ? "unit" : "strided", group: null };
  }
  if (atom.k === "bin" && atom.op === "div" && atom.a.k === "var" && atom.a.name === k && atom.b.k === "const") {
    return { along: "group", group: Number(atom.b.value) };
  }
  return { along: "other", group: null };
}

function operandsOf(kernel: Kernel, value: Expr, k: string): readonly Operand[] | null {
  const out: Operand[] = [];
  for (const load of loadsOf(value)) {
    const buffer = kernel.buffers.find((b) => b.name === load.buffer);
    if (!buffer || out.some((o) => o.buffer === buffer)) return null;
    out.push({ buffer, load, ...dependence(load, k) });
  }
  return out.length ? out : null;
}

const isPredicated = (e: Expr): boolean => {
  let found = false;
  walkExpr(e, (x) => {
    if ((x.k === "load" && x.pred) || x.k === "select") found = true;
  });
  return found;
};

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

/** Puts the outermost loops of a stage together until there are `enough` iterations to share among threads, and runs them in parallel. */
export function inParallel(s: Scheduled, stage: string, enough = 16): Scheduled {
  let out = s;
  for (let tries = 0; tries < 3; tries++) {
    const body = out.kernel.stages.find((x) => x.name === stage)?.body;
    if (body?.k !== "for" || body.extent >= enough || body.body.k !== "for") break;
    const fused = attempt(out, { step: "fuse", stage, loops: [body.name, body.body.name] });
    if (!fused) break;
    out = fused;
  }
  const outermost = out.kernel.stages.find((x) => x.name === stage)?.body;
  if (outermost?.k !== "for" || outermost.extent < 2) return out;
  return attempt(out, { step: "parallel", stage, loop: outermost.name }) ?? out;
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

/** Factors by which the innermost reduction loop may be unrolled. */
const UNROLLS = [1, 2, 4, 8];

/**
 * Strided pixels side by side, widened for products of pairs, and the loops over them as one: tiles need not end where a row does (AVX2, 1x1 of stride 2).
 * Null where there are taps, or channels do not pair.
 */
function gathered(s: Scheduled, r: Reduction, spatial: readonly string[]): Scheduled | null {
  const depth = r.inner[0]?.extent ?? 1;
  const x = loadsOf(r.reduce.value).find((l) => s.kernel.buffers.find((b) => b.name === l.buffer)?.role !== "const");
  if (!x || r.inner.length !== 1 || depth % 2 === 1) return null;
  const copied = attempt(s, { step: "cache", stage: r.stage.name, buffer: x.buffer, dtype: "i16" });
  if (!copied) return null;
  return attempt(copied, { step: "collapse", loops: spatial }) ?? attempt(copied, { step: "collapse", loops: spatial.slice(1) });
}

/** Schedules a reduction; null where it is of another shape and the general schedule applies. */
export function scheduleReduction(start: Scheduled, name: string, m: Machine, choose: Chooser): Scheduled | null {
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
  if (!r || !companions(s.kernel, r)) return null;

  const k = r.outer[r.outer.length - 1];
  const position = r.outer.length > 1 ? r.outer[r.outer.length - 2] : null;
  const operands = operandsOf(s.kernel, r.reduce.value, k.name);
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

  if (activation?.along === "unit" && position && r.acc.dtype === "i32" && isNarrow(activation) && isNarrow(weights)) {
    const question = {
      stages: companions(s.kernel, r) ?? [],
      activation: { buffer: activation.buffer.name, dtype: activation.buffer.dtype },
      outside: r.outer.slice(0, -2).map((l) => l.name),
      position,
      channel: k,
      rows: r.inner.slice(0, -1),
      tap: r.inner[r.inner.length - 1],
      stride: affineOf(activation.load.index[activation.load.index.length - 2]).terms.get(position.name)?.coef ?? 1,
      lanes,
    };
    const done = inWindows(s, m, question, choose);
    if (done) return done;
  }
  const taps = r.inner.reduce((n, l) => n * l.extent, 1);
  const isDepthwise = activation?.along === "unit" && taps > 1;
  const isImage = activation?.along === "none" && r.acc.dtype === "f32" && isWindowOfImage(r.inner);
  const walksAll = isDepthwise && crowds(activation.buffer, r.inner.length > 1 ? r.inner[0].extent : 1, lanes);
  const question = {
    positions: position?.extent ?? 1,
    channels: k.extent,
    lanes,
    elementwise: activation === null || activation.along === "unit",
    within: group,
    ...(isDepthwise ? { together: walksAll ? (2 as const) : (1 as const) } : {}),
    // vpmaddwd needs a register for its result: without, one accumulator lives in memory (170 instead of 225 GOP/s on AVX2)
    spare: isImage ? spareForImage(m) : activation && isNarrow(activation) && isNarrow(weights) && !fusesPairs(m) ? 1 : 0,
  };
  const shape = tileOf(m, question, name, choose);
  const width = shape.vectors * lanes;
  if (!packs && weights.along === "strided") return null;

  const depth = activation && packs ? depthLoop(r, activation, weights) : null;
  const odd = depth !== null && depth.extent % 2 === 1;
  let slack = false;
  let narrow = r.acc.dtype === "i32" && activation !== null && isNarrow(activation) && isNarrow(weights);
  // halves are widened once, not at every use
  const half = activation?.buffer.dtype === "f16" || activation?.buffer.dtype === "bf16";
  const predicated = isPredicated(r.reduce.value);
  const quads =
    activation && depth && narrow
      ? inQuads(s, m, {
          stage: name,
          activation: { buffer: activation.buffer.name, dtype: activation.buffer.dtype },
          weights: weights.buffer.name,
          depth,
          predicated,
          layout: (size) => packing(weights, k.name, width, depth.dim, size),
        })
      : null;
  let grouping: Grouping | null = quads && choose(`${name}.quads`, [true, false], true) ? { step: "quads", size: 4 } : null;
  if (quads && grouping) s = quads;
  // values that are used a few times each are read in place, the border apart: a halo would be as much traffic as the layer itself
  const isSparse = activation === null || activation.along === "unit";
  const inPlace = isSparse || (isImage && readsImageInPlace(r.outer, taps, numElements(activation.buffer.shape)));
  const fills = predicated && (narrow || half || choose(`${name}.halo`, [true, false], !inPlace));
  const isReady = activation?.buffer.role === "scratch" && activation.buffer.dtype === "i16";
  if (grouping || isReady) {
    // the activation is bytes already, or pairs
  } else if (activation && (narrow || half || fills)) {
    const step = { step: "cache", stage: name, buffer: activation.buffer.name } as const;
    const roomy = narrow && odd ? attempt(s, { ...step, dtype: "i16", slack: 1 }) : null;
    slack = roomy !== null;
    const asPairs = roomy ?? (narrow ? attempt(s, { ...step, dtype: "i16" }) : null);
    narrow = asPairs !== null;
    s = asPairs ?? attempt(s, step) ?? s;
  } else if (!activation && fills) {
    s = attempt(s, { step: "cache", stage: name, buffer: weights.buffer.name }) ?? s;
  }
  if (packs && !grouping) {
    const pack = (pair: boolean, dtype: "i16" | "i8" = "i16"): Step => ({
      step: "cache",
      stage: name,
      buffer: weights.buffer.name,
      layout: packing(weights, k.name, width, pair && depth ? depth.dim : null),
      ...(narrow ? { dtype } : {}),
    });
    const even = (x: Scheduled | null): Scheduled | null =>
      x && odd && depth ? attempt(x, { step: "widen", stage: name, loop: depth.loop, extent: depth.extent + 1 }) : x;
    // weights that come from beyond the caches for few positions travel as bytes
    const few = numElements(r.acc.shape) < FEW_POSITIONS * k.extent;
    const large = depth && few && numElements(weights.buffer.shape) > LARGE_WEIGHTS;
    const withPairs =
      narrow && depth && (!odd || slack) ? even((large ? attempt(s, pack(true, "i8")) : null) ?? attempt(s, pack(true))) : null;
    const packed = withPairs ?? attempt(s, pack(false));
    if (!packed && weights.along === "strided") return null;
    if (packed) s = packed;
    if (withPairs) grouping = { step: "pairs", size: 2 };
  }
  const stages = companionsOf(s.kernel, name);
  if (!stages) return null;
  const tail = (extent: number, factor: number, packed: boolean): Tail =>
    extent % factor === 0 ? "cut" : !packed && factor <= extent ? "overlap" : "guard";
  const p = position && shape.positions > 1 ? position : null;
  const rest = r.outer
    .slice(0, -1)
    .filter((l) => l !== p)
    .map((l) => l.name);
  const blocks = p ? [`${p.name}.o`] : [];
  const weightBytes = numElements(weights.buffer.shape) * dtypeInfo(weights.buffer.dtype).bytes;
  const isPointwise = rest.length === 0 && r.inner.length === 1 && activation?.along === "none" && isFloat(r.acc.dtype);
  const order = tileOrder(
    name,
    {
      channel: k.name,
      position: p?.name ?? null,
      rest,
      weightBytes,
      isContraction: activation !== null,
      isPointwise: isPointwise && p !== null,
      isSparse,
      isByVector: isDepthwise && !walksAll,
    },
    choose,
  );
  const tiled = attempt(s, {
    step: "tile",
    stages,
    tiles: [
      ...(p ? [{ loop: p.name, factor: shape.positions, tail: tail(p.extent, shape.positions, false) }] : []),
      { loop: k.name, factor: width, tail: tail(k.extent, width, packs) },
    ],
    order,
  });
  if (!tiled) return null;
  s = tiled;
  const groups = grouping && depth ? Math.ceil(depth.extent / grouping.size) : 0;
  if (grouping && depth && groups > 1)
    s = after(s, { step: "split", stage: name, loop: depth.loop, factor: grouping.size, tail: "cut" });
  s = onVectors(s, name, "init.", k.name, p?.name ?? null, shape, lanes);
  s = onVectors(s, name, "", k.name, p?.name ?? null, shape, lanes);
  for (let i = 2; i < stages.length; i++)
    s = onVectors(s, name, i === 2 ? "out." : `out${i - 1}.`, k.name, p?.name ?? null, shape, lanes);
  if (grouping && depth) s = after(s, { step: grouping.step, stage: name, loop: groups > 1 ? `${depth.loop}.i` : depth.loop });
  if (activation === null || activation.along === "unit") {
    if (taps <= 64 && choose(`${name}.taps`, [true, false], taps <= 32))
      for (const l of r.inner) s = attempt(s, { step: "unroll", stage: name, loop: l.name }) ?? s;
  }
  const innermost = r.inner[r.inner.length - 1];
  if (!grouping && innermost && innermost.extent <= IMAGE_CHANNELS) {
    if (!isImage || hasRoomToUnroll(m, shape)) s = attempt(s, { step: "unroll", stage: name, loop: innermost.name }) ?? s;
  } else if (innermost && taps > 4) {
    const loop = grouping ? `${innermost.name}.o` : innermost.name;
    const extent = grouping ? Math.ceil(innermost.extent / grouping.size) : innermost.extent;
    const factor = choose(
      `${name}.unroll`,
      UNROLLS.filter((f) => extent % f === 0),
      1,
    );
    if (factor > 1) {
      const split = attempt(s, { step: "split", stage: name, loop, factor, tail: "cut" });
      s = (split && attempt(split, { step: "unroll", stage: name, loop: `${loop}.i` })) ?? s;
    }
  }
  if (predicated && !fills) {
    const loops = [...rest, ...blocks].filter((l) => hasLoop(s.kernel, name, l));
    s = attempt(s, { step: "border", stage: name, loops }) ?? s;
  }
  s = attempt(s, { step: "contract", stage: name }) ?? s;
  if (!packs || isSparse) return s;
  const packed = s.kernel.prepare.find((p) => p.kernel.buffers.some((b) => b.name === weights.buffer.name))?.buffer;
  const ahead = prefetchDistance(name, numElements(weights.buffer.shape) * dtypeInfo(weights.buffer.dtype).bytes, 16_384, choose);
  return (packed && ahead > 0 && attempt(s, { step: "prefetch", stage: name, buffer: packed, distance: ahead })) || s;
}

function companionsOf(kernel: Kernel, name: string): readonly string[] | null {
  const r = reductionOf(kernel, name);
  return r && companions(kernel, r);
}

/** Products of neighbours along the depth that a machine adds at a time: 1 where an operand is no integer of a byte or two. */
function groupSize(kernel: Kernel, r: Reduction, m: Machine): number {
  const buffers = loadsOf(r.reduce.value).map((l) => kernel.buffers.find((b) => b.name === l.buffer));
  const types = buffers.flatMap((b) => (b && b.role !== "const" ? [b.dtype] : []));
  if (r.acc.dtype !== "i32" || buffers.some((b) => !b || isFloat(b.dtype) || dtypeInfo(b.dtype).bits > 16)) return 1;
  return types.length === 1 && byteOperand(m, types[0]) ? 4 : 2;
}

const isNarrow = (o: Operand): boolean => !isFloat(o.buffer.dtype) && dtypeInfo(o.buffer.dtype).bits <= 16;
