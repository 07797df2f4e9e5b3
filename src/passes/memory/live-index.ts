/** Placed buffers by the time they are alive: which ones overlap a span, and how high they reach, without looking at all of them. */
export interface LiveIndex {
  /** Adds buffer `id`, alive from `first` to `last` inclusive, whose memory ends at `top`. */
  add(id: number, first: number, last: number, top: number): void;
  /** The buffers alive at some time of the span; null when there are more than `limit`. */
  overlapping(first: number, last: number, limit: number): readonly number[] | null;
  /** The largest `top` of the buffers alive at some time of the span; 0: there are none. */
  topOf(first: number, last: number): number;
}

/**
 * A segment tree over the times 0 .. steps - 1. A buffer is stored at the O(log n) nodes that tile its life, so the nodes above one time
 * hold each buffer alive then once; and at the leaf of its first time. What overlaps [first, last] is alive at `first` or starts in
 * (first, last]. de Berg et al., "Computational Geometry", section 10.3.
 */
export function createLiveIndex(steps: number): LiveIndex {
  let size = 1;
  while (size < steps) size *= 2;
  const tiles: (number[] | undefined)[] = new Array(2 * size);
  const starts: (number[] | undefined)[] = new Array(size);
  const startCount = new Int32Array(2 * size);
  /** Largest top of what covers the node's whole span, and of what touches it. */
  const cover = new Float64Array(2 * size);
  const touch = new Float64Array(2 * size);

  const insert = (node: number, from: number, to: number, id: number, first: number, last: number, top: number): void => {
    touch[node] = Math.max(touch[node], top);
    if (first <= from && to <= last) {
      cover[node] = Math.max(cover[node], top);
      const tile = tiles[node];
      if (tile) tile.push(id);
      else tiles[node] = [id];
      return;
    }
    const middle = (from + to) >> 1;
    if (first <= middle) insert(2 * node, from, middle, id, first, last, top);
    if (last > middle) insert(2 * node + 1, middle + 1, to, id, first, last, top);
  };
  const highest = (node: number, from: number, to: number, first: number, last: number): number => {
    if (first <= from && to <= last) return touch[node];
    const middle = (from + to) >> 1;
    const left = first <= middle ? highest(2 * node, from, middle, first, last) : 0;
    const right = last > middle ? highest(2 * node + 1, middle + 1, to, first, last) : 0;
    return Math.max(cover[node], left, right);
  };
  /** Appends what starts in [first, last]; false as soon as `found` is longer than `limit`. */
  const starting = (
    node: number,
    from: number,
    to: number,
    first: number,
    last: number,
    found: number[],
    limit: number,
  ): boolean => {
    if (startCount[node] === 0 || to < first || last < from) return true;
    if (from === to) {
      found.push(...(starts[from] ?? []));
      return found.length <= limit;
    }
    const middle = (from + to) >> 1;
    return (
      starting(2 * node, from, middle, first, last, found, limit) &&
      starting(2 * node + 1, middle + 1, to, first, last, found, limit)
    );
  };

  return {
    add(id, first, last, top) {
      insert(1, 0, size - 1, id, first, last, top);
      const leaf = starts[first];
      if (leaf) leaf.push(id);
      else starts[first] = [id];
      for (let node = size + first; node >= 1; node >>= 1) startCount[node]++;
    },
    overlapping(first, last, limit) {
      const found: number[] = [];
      for (let node = size + first; node >= 1; node >>= 1) {
        const tile = tiles[node];
        if (!tile) continue;
        if (found.length + tile.length > limit) return null;
        found.push(...tile);
      }
      return starting(1, 0, size - 1, first + 1, last, found, limit) ? found : null;
    },
    topOf: (first, last) => highest(1, 0, size - 1, first, last),
  };
}
