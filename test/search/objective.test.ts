import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dominates, type Objective, paretoFront, ranked, worse } from "../../src/search/objective.js";

const least: Objective = { name: "ms", goal: "least", isExact: false };
const greatest: Objective = { name: "accuracy", goal: "greatest", isExact: true };
const of = (...values: readonly (readonly number[] | null)[]) => values.map((v) => ({ values: v }));
const value = fc.integer({ min: 0, max: 6 });
const points = fc.array(fc.tuple(value, value), { maxLength: 12 }).map((p) => of(...p));

describe("ranking", () => {
  it("sorts one objective by its goal, keeps equals in order, leaves failures out", () => {
    const all = [
      { n: 1, values: [3] },
      { n: 2, values: [1] },
      { n: 3, values: null },
      { n: 4, values: [3] },
    ];
    expect(ranked(all, [least]).map((m) => m.n)).toEqual([2, 1, 4]);
    expect(ranked(all, [greatest]).map((m) => m.n)).toEqual([1, 4, 2]);
  });
  it("puts nothing before what dominates it", () => {
    fc.assert(
      fc.property(points, (all) => {
        const order = ranked(all, [least, greatest]);
        expect(order).toHaveLength(all.length);
        order.forEach((a, i) => {
          for (const b of order.slice(i + 1)) expect(dominates(b.values, a.values, [least, greatest])).toBe(false);
        });
      }),
    );
  });
  it("starts with the front, its ends before its middle", () => {
    const all = of([2, 2], [1, 1], [3, 3], [2.1, 2.05], [9, 0], null);
    const order = ranked(all, [least, greatest]).map((m) => m.values);
    expect(order.slice(0, 2)).toEqual(
      expect.arrayContaining([
        [1, 1],
        [3, 3],
      ]),
    );
    expect(order[4]).toEqual([9, 0]);
    expect(paretoFront(all, [least, greatest])).toHaveLength(4);
  });
});

it("domination is strict, and by goals", () => {
  expect(dominates([1, 5], [1, 4], [least, greatest])).toBe(true);
  expect(dominates([1, 4], [1, 4], [least, greatest])).toBe(false);
  expect(dominates([0, 3], [1, 4], [least, greatest])).toBe(false);
  expect(worse([1, 5], [2, 6], [least, greatest])).toEqual([2, 5]);
});
