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

/**
 * Greedy by size: the largest buffer first, each into the lowest gap that is free for its whole life. O(n (k + log n)) for k neighbours.
 * Pisarchyk and Lee 2020, "Efficient memory management for deep neural net inference", section 5.2.
 */
export function planArena(intervals: readonly Interval[], align = 64): ArenaPlan {
  const up = (n: number) => Math.ceil(n / align) * align;
  const order = intervals
    .map((_, i) => i)
    .sort((a, b) => intervals[b].bytes - intervals[a].bytes || intervals[a].first - intervals[b].first);
  const offsets = new Array<number>(intervals.length).fill(0);
  const placed = createLiveIndex(intervals.reduce((steps, { last }) => Math.max(steps, last + 1), 1));
  let bytes = 0;
  for (const i of order) {
    const { first, last } = intervals[i];
    const size = up(intervals[i].bytes);
    const neighbours = placed.overlapping(first, last, MOST_NEIGHBOURS);
    const busy = neighbours?.map((j) => [offsets[j], offsets[j] + up(intervals[j].bytes)] as const).sort((a, b) => a[0] - b[0]);
    let at = busy ? 0 : placed.topOf(first, last);
    for (const [from, to] of busy ?? []) {
      if (at + size <= from) break;
      at = Math.max(at, to);
    }
    offsets[i] = at;
    placed.add(i, first, last, at + size);
    bytes = Math.max(bytes, at + size);
  }
  return { offsets, bytes, lowerBound: peakLive(intervals, up) };
}

function peakLive(intervals: readonly Interval[], up: (n: number) => number): number {
  const delta = new Map<number, number>();
  for (const { first, last, bytes } of intervals) {
    delta.set(first, (delta.get(first) ?? 0) + up(bytes));
    delta.set(last + 1, (delta.get(last + 1) ?? 0) - up(bytes));
  }
  let live = 0;
  let peak = 0;
  for (const t of [...delta.keys()].sort((a, b) => a - b)) {
    live += delta.get(t) ?? 0;
    peak = Math.max(peak, live);
  }
  return peak;
}
