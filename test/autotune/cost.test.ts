import { describe, expect, it } from "vitest";
import { FEATURES, featuresOf } from "../../src/autotune/cost/features.js";
import { createCostModel } from "../../src/autotune/cost/model.js";
import { fitForest, predict } from "../../src/autotune/cost/trees.js";
import { createScheduleSpace } from "../../src/autotune/schedule-space.js";
import { createRandom, type Random } from "../../src/search/random.js";
import { drawing } from "../../src/search/space.js";
import { MACHINE, scheduleOn, strided } from "./kernels.js";

const row = (r: Random): number[] => Array.from({ length: 6 }, () => 4 * r.next());
/** Steps, a slope, an interaction; features 4 and 5 are noise. */
const synthetic = ([a, b, c, d]: readonly number[]): number => (a > 2 ? 3 : 0) + 0.5 * b + (c > 1 && d > 1 ? 2 : 0);

function share(rows: readonly number[][], f: (x: readonly number[]) => number): number {
  let right = 0;
  let pairs = 0;
  rows.forEach((x, i) => {
    for (const y of rows.slice(i + 1)) {
      pairs++;
      if (f(x) < f(y) === synthetic(x) < synthetic(y)) right++;
    }
  });
  return right / pairs;
}

describe("boosted trees", () => {
  it("learn a function of steps, slopes and interactions", () => {
    const r = createRandom(1);
    const rows = Array.from({ length: 400 }, () => row(r));
    const forest = fitForest(rows, rows.map(synthetic), createRandom(2));
    const unseen = Array.from({ length: 200 }, () => row(r));
    const mean = unseen.reduce((s, x) => s + synthetic(x), 0) / unseen.length;
    const error = unseen.reduce((s, x) => s + (predict(forest, x) - synthetic(x)) ** 2, 0);
    const spread = unseen.reduce((s, x) => s + (synthetic(x) - mean) ** 2, 0);
    expect(error / spread).toBeLessThan(0.05);
    expect(share(unseen, (x) => predict(forest, x))).toBeGreaterThan(0.93);
  });
  it("say the mean where there is nothing to learn", () => {
    const forest = fitForest(
      Array.from({ length: 20 }, () => [1, 2]),
      Array.from({ length: 20 }, (_, i) => i),
      createRandom(1),
    );
    expect(predict(forest, [1, 2])).toBeCloseTo(9.5, 0);
    expect(predict(fitForest([], [], createRandom(1)), [3])).toBe(0);
  });
  it("are the same for the same seed", () => {
    const r = createRandom(4);
    const rows = Array.from({ length: 60 }, () => row(r));
    const grow = () => fitForest(rows, rows.map(synthetic), createRandom(9));
    expect(grow()).toEqual(grow());
  });
});

describe("the cost model", () => {
  it("predicts nothing before it has learnt, then orders what it has not seen, and says how well", () => {
    const model = createCostModel(1);
    const r = createRandom(8);
    const standard = row(r);
    expect(model.predict(standard, standard)).toBeNull();
    for (let batch = 0; batch < 12; batch++) {
      for (let i = 0; i < 16; i++) {
        const x = row(r);
        model.add(x, standard, Math.exp(synthetic(x) / 4 - 0.5), "w");
      }
      model.train();
    }
    expect(model.samples).toBe(192);
    expect(model.rankingAccuracy()).toBeGreaterThan(0.8);
    const unseen = Array.from({ length: 100 }, () => row(r));
    expect(share(unseen, (x) => model.predict(x, standard) ?? 0)).toBeGreaterThan(0.88);
  });
});

describe("features", () => {
  const direct = strided().group.kernel;
  const space = createScheduleSpace(direct, scheduleOn(MACHINE));
  const at = (name: (typeof FEATURES)[number], c = space.standard) => featuresOf(c.kernel)[FEATURES.indexOf(name)];
  it("are finite numbers, one for each name", () => {
    const r = createRandom(2);
    for (let n = 0; n < 20; n++) {
      const f = featuresOf(space.derive(drawing(r)).kernel);
      expect(f.length).toBe(FEATURES.length);
      expect(f.every(Number.isFinite)).toBe(true);
    }
  });
  it("tell vectors, tiles and unscheduled loops apart", () => {
    const plain = { ...space.standard, kernel: direct };
    expect(at("scalarOps", plain)).toBeGreaterThan(at("scalarOps"));
    expect(at("vectorOps", plain)).toBe(0);
    expect(at("vectorOps")).toBeGreaterThan(5);
    const small = space.derive((site, options, fallback) =>
      site.endsWith(".positions") ? (options[0] as typeof fallback) : fallback,
    );
    expect(at("accumulators", small)).toBeLessThan(at("accumulators"));
  });
});
