import type { Buffer } from "../../ir/loop/stmt.js";
import type { Machine } from "../../ir/target/machine.js";
import { dtypeInfo } from "../../ir/type/dtype.js";

/** A first-level cache as most processors have it: sets of lines, and the lines of a set. */
const CACHE_LINE = 64;
const CACHE_SETS = 64;
const CACHE_WAYS = 12;

/**
 * Whether lines that lie `stride` bytes apart crowd into an eighth of the first-level cache or less and are too many for it: channels that
 * are a power of two, walked position by position.
 */
export function collides(stride: number, lines: number): boolean {
  if (stride % CACHE_LINE !== 0) return false;
  let sets = CACHE_SETS;
  for (let lineStride = stride / CACHE_LINE; lineStride % 2 === 0 && sets > 1; lineStride /= 2) sets /= 2;
  return sets <= CACHE_SETS / 8 && lines > sets * CACHE_WAYS;
}

/** The lines of an image that stay in half a first-level cache. */
const IMAGE_LINES = 256;

/**
 * Whether a depthwise window of `rows` rows walks all channels of a position (NHWC), not one vector of them at a time: its rows would fall on
 * too few sets of the cache, or vectors are shorter than a line and the image's lines are gone when the next vector comes. AVX2, 3x3 stride 2,
 * 112 x 112 x 64: 57 us, one vector at a time 106 (test/schedules/cpu/choices-speed.ts --target "llvm -mcpu=znver3" --image 112x112x64 --depthwise
 * --stride 2 --choose order=channels_outside,positions=7,vectors=1).
 */
export function crowds({ shape, dtype }: Pick<Buffer, "shape" | "dtype">, rows: number, lanes: number): boolean {
  const [height, columns, channels] = shape.slice(-3);
  const { bytes } = dtypeInfo(dtype);
  return collides(channels * bytes, rows * columns) || (lanes * bytes < CACHE_LINE && height * columns > IMAGE_LINES);
}

/** A name for kernels: the widest instruction set that shapes the schedule. */
export function isaName(m: Machine): string {
  const known = ["avx512vnni", "avx512f", "avxvnni", "avx2", "avx", "sse4.1", "dotprod", "neon"];
  return (known.find((f) => m.features.includes(f)) ?? `v${m.vectorBits}`).replace(".", "");
}

export interface TileShape {
  /** Positions of the output. */
  readonly positions: number;
  /** Vectors of output channels. */
  readonly vectors: number;
}

export interface TileQuestion {
  /** Extent of the tiled position loop; 1 where there is none. */
  readonly positions: number;
  readonly channels: number;
  readonly lanes: number;
  /** The activation is read as vectors too (depthwise, pooling), not broadcast. */
  readonly elementwise: boolean;
  /** The tile's channels must divide this: channels of one group. */
  readonly within: number | null;
  /** Depthwise: how many vectors of channels are walked together at best. */
  readonly together?: 1 | 2;
  /** Registers beside accumulators and operands: a product that is added by an instruction of its own. */
  readonly spare?: number;
  /** Accumulators that keep the multipliers busy; 10 unless given. */
  readonly busy?: number;
}

/**
 * The register tile of P positions by V vectors with the least expected time. A step of the reduction loads V weight vectors and P
 * broadcast values and does P V multiply-adds, two loads and two multiply-adds a cycle:
 *   time ~ max(P V, P + V, 10) + 0.15 P + 0.35 V, over P V, times the work lost at the borders.
 * 10 accumulators keep two ports with four cycles of latency busy; every load takes a slot, and weights come from the second-level cache.
 */
export function chooseTile(m: Machine, q: TileQuestion, vectors: number | null = null): TileShape {
  const shapes = tileShapes(m, q).filter((t) => vectors === null || t.vectors === vectors);
  return shapes.reduce((best, t) => (t.score > best.score ? t : best), { positions: 1, vectors: vectors ?? 1, score: 0 });
}

/**
 * Depthwise: few positions, one vector of channels, so that its weights stay in registers and the window's rows of it in the first-level
 * cache. Two where those rows collide in the cache and all channels of a position are walked instead. Tables: docs/makers/schedules.md.
 */
const depthwiseShare = (positions: number, vectors: number, together: number): number =>
  (positions / (positions + 2)) * (positions > 8 ? 8 / positions : 1) * (vectors === together ? 1 : 0.5);

/** Every tile whose accumulators and operands fit the registers, with its score: the share of the machine's peak, about. */
export function tileShapes(m: Machine, q: TileQuestion): readonly (TileShape & { readonly score: number })[] {
  const shapes: (TileShape & { score: number })[] = [];
  for (let vectors = 1; vectors <= 8; vectors++) {
    const width = vectors * q.lanes;
    if (vectors > 1 && width >= q.channels + q.lanes) break;
    if (q.within !== null && q.within % width !== 0) continue;
    for (let positions = 1; positions <= Math.min(q.positions, 28); positions++) {
      const accumulators = positions * vectors;
      // depthwise: the weights of a row of taps and what they are multiplied with stand beside the accumulators
      const registers = accumulators + (q.together ? 8 : q.elementwise ? 6 : vectors + 1 + (q.spare ?? 0));
      if (registers > m.vectorRegisters) break;
      const loads = q.elementwise ? accumulators + vectors : positions + vectors;
      const used = q.positions / (Math.ceil(q.positions / positions) * positions);
      const wide = q.channels / (Math.ceil(q.channels / width) * width);
      if (q.together) {
        shapes.push({ positions, vectors, score: used * wide * depthwiseShare(positions, vectors, q.together) });
        continue;
      }
      const time = (Math.max(accumulators, loads, q.busy ?? 10) + 0.15 * positions + 0.35 * vectors) / accumulators;
      shapes.push({ positions, vectors, score: (used * wide) / time });
    }
  }
  return shapes;
}
