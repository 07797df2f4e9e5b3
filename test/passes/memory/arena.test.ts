import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bySize, type Interval, placeInOrder, planArena } from "../../../src/passes/memory/arena.js";

const interval = (steps: number): fc.Arbitrary<Interval> =>
  fc
    .tuple(fc.integer({ min: 0, max: 4000 }), fc.nat(steps - 1), fc.nat(steps - 1))
    .map(([bytes, a, b]) => ({ bytes, first: Math.min(a, b), last: Math.max(a, b) }));

const up = (n: number) => Math.ceil(n / 64) * 64;

/** The definition, every buffer against every other: greedy by size, lowest gap. */
function plainPlan(intervals: readonly Interval[]): readonly number[] {
  const order = intervals.map((_, i) => i);
  order.sort((a, b) => intervals[b].bytes - intervals[a].bytes || intervals[a].first - intervals[b].first);
  const offsets = new Array<number>(intervals.length).fill(0);
  order.forEach((i, n) => {
    const { first, last, bytes } = intervals[i];
    const busy = order
      .slice(0, n)
      .filter((j) => intervals[j].first <= last && first <= intervals[j].last)
      .sort((a, b) => offsets[a] - offsets[b]);
    let at = 0;
    for (const j of busy) {
      if (at + up(bytes) <= offsets[j]) break;
      at = Math.max(at, offsets[j] + up(intervals[j].bytes));
    }
    offsets[i] = at;
  });
  return offsets;
}

/** Pairs of buffers that are alive at once and share bytes. */
function overlaps(list: readonly Interval[], offsets: readonly number[]): readonly (readonly [number, number])[] {
  return list.flatMap((a, i) =>
    list.slice(0, i).flatMap((b, j): (readonly [number, number])[] => {
      const together = a.first <= b.last && b.first <= a.last && a.bytes > 0 && b.bytes > 0;
      return together && offsets[i] + a.bytes > offsets[j] && offsets[j] + b.bytes > offsets[i] ? [[j, i]] : [];
    }),
  );
}

describe("arena", () => {
  const drawn = fc.integer({ min: 1, max: 40 }).chain((steps) => fc.array(interval(steps), { maxLength: 60 }));
  const sizes = (list: readonly Interval[]) => list.map((x) => up(x.bytes));

  it("places every buffer of an order where the definition does", () => {
    const place = (list: readonly Interval[]) => placeInOrder(list, sizes(list), bySize(list)).offsets;
    fc.assert(fc.property(drawn, (list) => void expect(place(list)).toEqual(plainPlan(list))));
  });

  it("is never larger than greedy by size, never below its bound, and shares no byte", () => {
    fc.assert(
      fc.property(drawn, (list) => {
        const plan = planArena(list);
        expect(plan.bytes).toBeLessThanOrEqual(placeInOrder(list, sizes(list), bySize(list)).bytes);
        expect(plan.bytes).toBeGreaterThanOrEqual(plan.lowerBound);
        expect(overlaps(list, plan.offsets)).toEqual([]);
        expect(planArena(list)).toEqual(plan);
      }),
    );
  });

  it("reaches the lower bound where greedy by size does not", () => {
    const list = [
      { bytes: 384, first: 3, last: 3 },
      { bytes: 320, first: 2, last: 4 },
      { bytes: 448, first: 0, last: 1 },
      { bytes: 192, first: 1, last: 2 },
    ];
    const greedy = placeInOrder(list, sizes(list), bySize(list)).bytes;
    const { bytes, lowerBound } = planArena(list);
    expect(bytes).toBe(lowerBound);
    expect(greedy).toBeGreaterThan(lowerBound);
  });

  it("shares no byte between two buffers alive at once, also where too many are to search for gaps", () => {
    const random = fc.sample(interval(300), { numRuns: 2000, seed: 3 });
    const { offsets, bytes, lowerBound } = planArena(random);
    let pairs = 0;
    random.forEach((a, i) => {
      expect(offsets[i] + a.bytes).toBeLessThanOrEqual(bytes);
      for (let j = 0; j < i; j++) {
        const b = random[j];
        if (a.first > b.last || b.first > a.last) continue;
        pairs++;
        if (offsets[i] + a.bytes > offsets[j] && offsets[j] + b.bytes > offsets[i] && a.bytes > 0 && b.bytes > 0)
          expect.fail(`buffers ${j} and ${i} overlap`);
      }
    });
    expect(pairs).toBeGreaterThan(512 * 300);
    expect(bytes).toBeGreaterThanOrEqual(lowerBound);
    expect(bytes).toBeLessThan(2 * lowerBound);
  });

  it("gives equal buffers, all alive at once, exactly their sum", () => {
    const list = Array.from({ length: 1000 }, () => ({ bytes: 64, first: 0, last: 5 }));
    expect(planArena(list)).toMatchObject({ bytes: 64_000, lowerBound: 64_000 });
  });
});
