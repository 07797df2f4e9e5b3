/**
 * First layers, convolutions over an image of a few channels: floats, whose innermost reduction loop is unrolled between two loops over taps, and
 * integers, whose taps and channels along a row become one loop.
 */
import type { LoopHead } from "../../ir/loop/visit.js";
import { attempt, type Scheduled } from "../../ir/schedule/session.js";
import type { Machine } from "../../ir/target/machine.js";
import { upTo } from "./integer.js";
import type { TileShape } from "./machine.js";

/** Channels of an image: a loop over them is not worth its overhead. */
export const IMAGE_CHANNELS = 4;

/** Multiply-adds for each element of an image up to which a copy with a halo costs more than predicates at the border. */
const FEW_USES = 128;

/** Rows of results of which the first and the last, with predicates on every load, are a small part. */
const MANY_ROWS = 48;

/** Whether the reduction loops are a window over few channels. */
export function isWindowOfImage(inner: readonly LoopHead[]): boolean {
  const channels = inner[inner.length - 1]?.extent ?? 0;
  return channels > 1 && channels <= IMAGE_CHANNELS && inner.some((l) => l.extent > 1 && l !== inner[inner.length - 1]);
}

/**
 * Registers to leave beside a tile: 8 x 2 in place of 14 x 2 where there are 32. Unrolled by three, a tile that fills them has an accumulator in
 * memory. 16 registers hold 6 x 2 either way.
 */
export const spareForImage = (m: Machine): number => (m.vectorRegisters >= 32 ? 12 : 0);

/** Whether the accumulators leave room for the operands of several steps, so that the reduction's innermost loop may be unrolled. */
export const hasRoomToUnroll = (m: Machine, t: TileShape): boolean =>
  t.positions * t.vectors + t.vectors + 4 <= m.vectorRegisters;

/**
 * Whether an image is read in place, its border apart. 3x3 stride 2, 320 x 320, 3->16 on AVX-512: 190 GFLOP/s, with a halo 150
 * (test/schedules/cpu/choices-speed.ts --image 320x320x3 --filters 16 --stride 2 --choose halo=true).
 * `outer`: loops over the results, the channels last; `elements` of the image.
 */
export function readsImageInPlace(outer: readonly LoopHead[], taps: number, elements: number): boolean {
  const rows = outer[outer.length - 3]?.extent ?? 1;
  const results = outer.reduce((n, l) => n * l.extent, 1);
  return rows >= MANY_ROWS && results * taps <= FEW_USES * elements;
}

/**
 * The taps of a row and their channels as one loop, where products in groups of `size` need fewer zeros then: 7 taps of 3 channels are 11 pairs in
 * place of 14, 6 quads in place of 7. Null where that is no gain or not legal. `inner`: the loops of the sum.
 */
export function joinedWindow(s: Scheduled, stage: string, inner: readonly LoopHead[], size: number): Scheduled | null {
  const [taps, channels] = inner.slice(-2);
  if (!channels || upTo(taps.extent * channels.extent, size) >= taps.extent * upTo(channels.extent, size)) return null;
  return attempt(s, { step: "join", stage, loops: [taps.name, channels.name] });
}
