import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Interval, planArena } from "../../../src/passes/memory/arena.js";

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

describe("arena", () => {
  it("places every buffer where the definition does", () => {
    const drawn = fc.integer({ min: 1, max: 40 }).chain((steps) => fc.array(interval(steps), { maxLength: 60 }));
    fc.assert(fc.property(drawn, (list) => void expect(planArena(list).offsets).toEqual(plainPlan(list))));
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
