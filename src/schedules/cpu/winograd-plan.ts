/**
 * Whether Winograd's algorithm pays for a convolution, and with which tiles: a count of vector multiply-adds, what the transforms and the
 * traffic of the transformed weights cost in the same unit added. Calibrated by measurement (docs/makers/schedules.md).
 */

import type { Kernel } from "../../ir/loop/stmt.js";
import { FLOAT_TOLERANCE } from "../../ir/schedule/scheduler.js";
import { type ConvForm, convForm, partsOf, tilesOf } from "../../ir/schedule/steps/winograd-form.js";
import { type WinogradTile, winogradBound } from "../../ir/schedule/steps/winograd-math.js";
import { mayBeShort, tilingOf } from "../../ir/schedule/steps/winograd-tiles.js";
import { blocksOf } from "../../ir/schedule/tail.js";
import { lanesFor, type Machine } from "../../ir/target/machine.js";
import { QcError } from "../../support/diag.js";
import { fusesPairs } from "./integer.js";
import { type TileShape, tileShapes } from "./machine.js";

export interface WinogradProblem {
  /** The operand. */
  readonly source: string;
  readonly size: ConvForm["size"];
  readonly integer: boolean;
  /** Tile sizes that are exact, or within the tolerance. */
  readonly tiles: readonly WinogradTile[];
  /** Parts of the depth of integer F(4x4), each with an output transform. */
  readonly parts: number;
}

export interface WinogradPlan {
  readonly m: WinogradTile;
  readonly block: number;
  readonly positions: number;
  readonly vectors: number;
  readonly lanes: number;
  readonly staged: boolean;
  readonly serial: boolean;
  /** Short tiles at the end of an axis. */
  readonly short: boolean;
  /** In vector multiply-adds. */
  readonly cost: number;
}

/** The greatest power of two of lanes that a loop of an extent fills. */
export function fitting(lanes: number, extent: number): number {
  let fit = lanes;
  while (fit > extent) fit /= 2;
  return fit;
}

/** A name for a plan: `F4 block 14, tile 6 x 2`. */
export const planText = (p: WinogradPlan): string =>
  `F${p.m} block ${p.block}, tile ${p.positions} x ${p.vectors}${p.short ? ", short" : ""}${p.staged ? ", staged" : ""}`;

/** The convolution of a stage, if Winograd's algorithm computes it exactly or within the tolerance. */
export function problemOf(kernel: Kernel, stage: string, m: Machine): WinogradProblem | null {
  const form = formOf(kernel, stage, 2);
  if (!form) return null;
  const integer = form.acc.dtype === "i32";
  const common = { source: form.source.name, size: form.size, integer };
  if (integer) return { ...common, tiles: formOf(kernel, stage, 4) ? [4, 2] : [2], parts: partsOf(form, 4) };
  const tiles = ([4, 2] as const).filter((t) => winogradBound(t, form.size.c) <= FLOAT_TOLERANCE);
  return m.strictFloat || tiles.length === 0 ? null : { ...common, tiles, parts: 1 };
}

function formOf(kernel: Kernel, stage: string, m: WinogradTile): ConvForm | null {
  try {
    return convForm(kernel, { step: "winograd", stage, m, block: 1, positions: 1, channels: 1 });
  } catch (e) {
    if (e instanceof QcError && e.code === "QC-SCHED-001") return null;
    throw e;
  }
}

/**
 * Vector multiply-adds that one vector of channels of one tile takes in the input and the output transform together, measured with the
 * products' share taken off (56 x 56 x 64: 45 to 55 ns a pair of F(4x4), at 8 multiply-adds a ns).
 */
const TRANSFORMS: Readonly<Record<WinogradTile, number>> = { 2: 170, 4: 470 };
/** The same for integers, whose input transform is additions of i16. */
const INTEGER_TRANSFORMS: Readonly<Record<WinogradTile, number>> = { 2: 80, 4: 300 };
/** Ten microseconds: less is not worth waking threads for. */
const PARALLEL_FROM = 80_000;
/** Setting and writing back one sum of a register tile, in multiply-adds. */
const TILE_OVERHEAD = 2;
/** Multiply-adds in the time that a byte of weights comes from memory: 40 GB/s at 8 a ns. */
const WEIGHT_BYTE = 0.2;
/**
 * The share of the products' time in which weights that are asked for ahead come in beside them; fitted to s8 14x14x256 and 7x7x512 by both tile
 * sizes, beside VNNI and on AVX2, the weights in the caches and in copies of 64 MB altogether that are taken in turns.
 */
const BESIDE = 0.4;
/** Weights of a layer beyond this many bytes cost twice as much: no cache keeps them until the next run. */
const CACHED_WEIGHTS = 16 * 1024 * 1024;
/** The same for weights that are read again for another block, from the second or third level of the cache. */
const AGAIN_BYTE = 0.06;
/** V of a block stays in a second-level cache of 512 KiB. */
const RESIDENT_BYTES = 384 * 1024;
/** Weights of one point and panel that a first-level cache keeps for the next register tile of the block. */
const FIRST_LEVEL_BYTES = 32 * 1024;
/** The same for weights that are read again from the second level for another register tile. */
const NEAR_BYTE = 0.01;
/** The stack that a block may take. Workers have 4 MiB. */
const STACK_BYTES = 512 * 1024;
/** Blocks enough for threads to share. */
const ENOUGH_BLOCKS = 4;
/** A plan is taken where it is expected to take this share of the direct sum's time or less. */
const MARGIN = 0.9;

const weightTraffic = (bytes: number): number => (bytes + Math.max(0, bytes - CACHED_WEIGHTS)) * WEIGHT_BYTE;

const direct = (p: WinogradProblem, m: Machine): number => {
  const { size, integer } = p;
  const lanes = lanesFor(m, "i32");
  const products = size.n * size.y * size.x * 9 * size.c * (size.k / lanes);
  const score = best(m, size.y * size.x, size.k, lanes);
  return (
    products / (score * (hasByteProducts(p, m) ? 4 : integer ? 2 : 1)) + weightTraffic(9 * size.c * size.k * (integer ? 1 : 4))
  );
};

/**
 * Register tiles for the products. Pairs that are added by an instruction of their own take a register for the product, and a chain of such
 * additions has a latency of one cycle or two: fewer accumulators do. Panels that run over the channels are left to floats.
 */
function shapesFor(p: WinogradProblem, m: Machine, positions: number, lanes: number): readonly (TileShape & { score: number })[] {
  const { k } = p.size;
  const apart = p.integer && !fusesPairs(m) ? { spare: 1, busy: 4 } : {};
  const shapes = tileShapes(m, { positions, channels: k, lanes, elementwise: false, within: null, ...apart });
  const whole = shapes.filter((t) => k % (t.vectors * lanes) === 0);
  return p.integer && whole.length > 0 ? whole : shapes;
}

const best = (m: Machine, positions: number, channels: number, lanes: number): number =>
  Math.max(...tileShapes(m, { positions, channels, lanes, elementwise: false, within: null }).map((t) => t.score));

/** Plans with their costs, best first, and the one that is taken by default; null where the direct sum is expected to be faster. */
export function plansFor(
  p: WinogradProblem,
  machine: Machine,
): { readonly preferred: WinogradPlan | null; readonly plans: readonly WinogradPlan[] } {
  const plans = p.tiles.flatMap((m) => plansOf(p, m, machine)).sort((a, b) => a.cost - b.cost);
  const [first] = plans;
  const pays = first !== undefined && first.cost <= MARGIN * direct(p, machine) && (!p.integer || addsPairs(machine));
  return { preferred: pays ? first : null, plans: plans.slice(0, 12) };
}

/** Has vpmaddwd on whole vectors. */
const addsPairs = (m: Machine): boolean => m.features.includes("avx2");

/** Direct sums of bytes by vpdpbusd have twice the rate of i16 pairs: 2.25 / 2 is left for F(2x2) to win, 4 / 2 for F(4x4), less the transforms. */
const hasByteProducts = (p: WinogradProblem, m: Machine): boolean =>
  p.integer && (m.features.includes("avx512vnni") || m.features.includes("avxvnni"));

function plansOf(p: WinogradProblem, m: WinogradTile, machine: Machine): readonly WinogradPlan[] {
  const { size, integer } = p;
  const wide = lanesFor(machine, "i32");
  const lanes = size.k <= wide / 2 && wide >= 8 ? wide / 2 : wide;
  const tiles = tilesOf(size, m).all;
  const points = (m + 2) ** 2;
  const elementBytes = integer ? 2 : 4;
  const inputBytes = points * size.c * elementBytes;
  const filterBytes = points * size.c * size.k * elementBytes;
  const inputVectors = blocksOf(size.c, fitting(lanesFor(machine, integer ? "i16" : "f32"), size.c));
  const parts = m === 4 ? p.parts : 1;
  const plans: WinogradPlan[] = [];
  for (const block of blocksFor(tiles, inputBytes)) {
    const blocks = blocksOf(tiles, block);
    for (const { positions, vectors, score } of shapesFor(p, machine, block, lanes)) {
      const productBytes = parts * block * points * vectors * lanes * 4;
      if (productBytes > STACK_BYTES) continue;
      const staged = block * inputBytes + productBytes > STACK_BYTES || blocks < ENOUGH_BLOCKS;
      const depth = (integer ? size.c / 2 : size.c) + parts * TILE_OVERHEAD;
      const short = mayBeShort(size, m, block);
      const sums = short ? sumsOf(size, m, positions) : blocks * block * points;
      const multiply = (sums * depth * (size.k / lanes)) / score;
      const transform =
        blocks * block * ((integer ? INTEGER_TRANSFORMS : TRANSFORMS)[m] / 2) * (inputVectors + parts * blocksOf(size.k, wide));
      const again = (blocks - 1) * (filterBytes > RESIDENT_BYTES ? filterBytes * AGAIN_BYTE : 0);
      const spilled = block * inputBytes > RESIDENT_BYTES ? 2 * tiles * inputBytes * AGAIN_BYTE : 0;
      const apart = staged ? (tiles * inputBytes * AGAIN_BYTE) / 2 : 0;
      const weights = Math.max(0, weightTraffic(filterBytes) - BESIDE * multiply);
      const passes = size.c * vectors * lanes * elementBytes > FIRST_LEVEL_BYTES ? blocks * (blocksOf(block, positions) - 1) : 0;
      const near = passes * filterBytes * NEAR_BYTE;
      const cost = multiply + transform + weights + near + again + spilled + apart;
      plans.push({ m, block, positions, vectors, lanes, staged, serial: cost < PARALLEL_FROM, short, cost });
    }
  }
  return plans;
}

/** Products of tiles and points with short tiles, over the share of its register tiles that all tiles of the image fill. */
function sumsOf(size: ConvForm["size"], m: WinogradTile, positions: number): number {
  const all = tilesOf(size, m).all;
  const used = all / (blocksOf(all, positions) * positions);
  const sums = tilingOf(size, m, true).points.map(({ points, rows, cols }) => {
    const [tiles, blocks] = [rows * cols, blocksOf(rows * cols, positions)];
    return points.length * blocks * (tiles === all ? positions : Math.ceil(tiles / blocks));
  });
  return used * sums.reduce((a, b) => a + b, 0);
}

/** Sizes of blocks that divide the tiles about evenly, from what fits the cache down to a few; at most 16 of them. */
function blocksFor(tiles: number, inputBytes: number): readonly number[] {
  const largest = Math.min(tiles, 64, Math.max(4, Math.floor((2 * RESIDENT_BYTES) / inputBytes)));
  const even = Array.from({ length: largest }, (_, i) => Math.ceil(tiles / Math.ceil(tiles / (largest - i))));
  return [...new Set(even)].filter((t, i) => i === 0 || t >= 6).slice(0, 16);
}
