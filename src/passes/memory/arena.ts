/** Static placement of buffers with known lifetimes in one arena. */
import { createLiveIndex } from "./live-index.js";

export interface Interval {
  readonly bytes: number;
  /** First and last launch (inclusive) that touches the buffer. */
  readonly first: number;
  readonly last: number;
}

export interface ArenaPlan {
  /** Byte offset of each interval, multiples of `align`. */
  readonly offsets: readonly number[];
  readonly bytes: number;
  /** The largest sum of bytes alive at one launch: no plan can be smaller. */
  readonly lowerBound: number;
}

/**
 * Among more neighbours than this a buffer goes on top of them all, where gaps would have to be searched: otherwise n buffers alive at once
 * cost n^2 steps. No network of ours comes near it.
 */
const MOST_NEIGHBOURS = 512;

/** Placements tried in search of the lower bound: as many as take the time of this many buffers, within limits. */
const BUFFERS_PLACED = 50_000;
const MOST_TRIES = 100;

/**
 * Buffers one after another, each into the lowest gap that is free for its whole life: the largest first (Pisarchyk and Lee 2020,
 * "Efficient memory management for deep neural net inference", section 5.2); where that misses the lower bound, other orders: those that
 * live longest first, and any of these with the buffer that reached highest moved to the front, over and over. The best plan wins.
 */
export function planArena(intervals: readonly Interval[], align = 64): ArenaPlan {
  const size = intervals.map((x) => Math.ceil(x.bytes / align) * align);
  const lowerBound = peakLive(intervals, size);
  const tries = Math.min(MOST_TRIES, Math.floor(BUFFERS_PLACED / Math.max(1, intervals.length)));
  let best = placeInOrder(intervals, size, bySize(intervals));
  for (const order of [bySize(intervals), byLife(intervals, size)]) {
    for (let i = 0; i < tries && best.bytes > lowerBound; i++) {
      const plan = placeInOrder(intervals, size, order);
      if (plan.bytes < best.bytes) best = plan;
      const top = order.findIndex((k) => plan.offsets[k] + size[k] === plan.bytes);
      order.unshift(...order.splice(top, 1));
    }
  }
  return { ...best, lowerBound };
}

const indices = (intervals: readonly Interval[]): number[] => intervals.map((_, i) => i);

/** The largest first, earlier ones before later ones of the same size. */
export const bySize = (intervals: readonly Interval[]): number[] =>
  indices(intervals).sort((a, b) => intervals[b].bytes - intervals[a].bytes || intervals[a].first - intervals[b].first);

/** By the product of size and life. */
function byLife(intervals: readonly Interval[], size: readonly number[]): number[] {
  const volume = (i: number) => size[i] * (intervals[i].last - intervals[i].first + 1);
  return indices(intervals).sort((a, b) => volume(b) - volume(a) || a - b);
}

/** Each buffer of `order` in the lowest gap that the earlier ones leave for its whole life. O(n (k + log n)) for k neighbours. */
export function placeInOrder(
  intervals: readonly Interval[],
  size: readonly number[],
  order: readonly number[],
): { readonly offsets: readonly number[]; readonly bytes: number } {
  const offsets = new Array<number>(intervals.length).fill(0);
  const placed = createLiveIndex(intervals.reduce((steps, { last }) => Math.max(steps, last + 1), 1));
  let bytes = 0;
  for (const i of order) {
    const { first, last } = intervals[i];
    const neighbours = placed.overlapping(first, last, MOST_NEIGHBOURS);
    const busy = neighbours?.map((j) => [offsets[j], offsets[j] + size[j]] as const).sort((a, b) => a[0] - b[0]);
    let at = busy ? 0 : placed.topOf(first, last);
    for (const [from, to] of busy ?? []) {
      if (at + size[i] <= from) break;
      at = Math.max(at, to);
    }
    offsets[i] = at;
    placed.add(i, first, last, at + size[i]);
    bytes = Math.max(bytes, at + size[i]);
  }
  return { offsets, bytes };
}

function peakLive(intervals: readonly Interval[], size: readonly number[]): number {
  const delta = new Map<number, number>();
  for (const [i, { first, last }] of intervals.entries()) {
    delta.set(first, (delta.get(first) ?? 0) + size[i]);
    delta.set(last + 1, (delta.get(last + 1) ?? 0) - size[i]);
  }
  let live = 0;
  let peak = 0;
  for (const t of [...delta.keys()].sort((a, b) => a - b)) {
    live += delta.get(t) ?? 0;
    peak = Math.max(peak, live);
  }
  return peak;
}
