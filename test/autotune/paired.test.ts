/** Decisions on drawn times: no clock is read here. */
import { describe, expect, it } from "vitest";
import { ATTEMPTS, BLOCKS, judgeModel, judgeSchedule, RISK } from "../../src/autotune/acceptance.js";
import { type Blocks, effectsOf, estimate, meanEffects, meansBeyond } from "../../src/autotune/paired.js";
import { createRandom, type Random } from "../../src/search/random.js";

const normal = (r: Random): number => Math.sqrt(-2 * Math.log(1 - r.next())) * Math.cos(2 * Math.PI * r.next());

interface Machine {
  /** Standard deviations of log time from one loading of a model to the next, and from run to run; share of runs that other work makes up to three times as long. */
  readonly placing: number;
  readonly run: number;
  readonly disturbed: number;
}
const QUIET: Machine = { placing: 0.01, run: 0.01, disturbed: 0.01 };
const BUSY: Machine = { placing: 0.02, run: 0.08, disturbed: 0.3 };

/** Two models in turns, the first `ratio` times as long; all conditions of them. */
function drawModel(r: Random, ratio: number, m: Machine, conditions = 4): readonly (readonly [Blocks, Blocks])[] {
  const block = (scale: number): readonly number[] => {
    const here = scale * Math.exp(m.placing * normal(r));
    return Array.from({ length: 6 }, () => here * Math.exp(m.run * normal(r)) * (r.next() < m.disturbed ? 1 + 2 * r.next() : 1));
  };
  const blocks = (scale: number): Blocks => Array.from({ length: BLOCKS }, () => block(scale));
  return Array.from({ length: conditions }, () => [blocks(ratio), blocks(1)]);
}

/** Share of drawn models that are taken, of such ratios as a whole and of their tuned kernels. */
function taken(whole: number, kernels: number, machine: Machine, draws: number): number {
  const random = createRandom(7);
  let count = 0;
  for (let i = 0; i < draws; i++)
    if (judgeModel(drawModel(random, whole, machine), drawModel(random, kernels, machine, 2)).isFaster) count++;
  return count / draws;
}

describe("a model that is measured against the default one", () => {
  it.each([
    ["quiet", QUIET],
    ["busy", BUSY],
  ])("is taken at most at the stated rate where its kernels are no faster: %s machine", (_, machine) => {
    expect(taken(1, 1, machine, 4000)).toBeLessThanOrEqual(RISK / ATTEMPTS);
  });
  it("is never taken where it is slower, whatever its tuned kernels gain", () => {
    expect(taken(1.01, 1.02, QUIET, 500)).toBe(0);
    expect(taken(1.03, 1.03, BUSY, 500)).toBe(0);
    expect(taken(1.01, 0.9, QUIET, 500)).toBe(0);
    expect(taken(1.05, 0.8, BUSY, 500)).toBeLessThan(RISK);
  });
  it("is taken where it is clearly faster, a percent of the whole being hidden by the rest or not", () => {
    expect(taken(0.97, 0.9, QUIET, 400)).toBe(1);
    expect(taken(0.99, 0.95, QUIET, 400)).toBeGreaterThan(0.98);
    expect(taken(0.95, 0.85, BUSY, 400)).toBeGreaterThan(0.8);
  });
  it("is not taken where one condition is slower, however much the others gain", () => {
    const random = createRandom(2);
    const fast = drawModel(random, 0.7, QUIET, 3);
    const kernels = drawModel(random, 0.5, QUIET, 2);
    expect(judgeModel(fast, kernels).isFaster).toBe(true);
    expect(judgeModel([...fast, ...drawModel(random, 1.03, QUIET, 1)], kernels).isFaster).toBe(false);
  });
  it("is not taken for anything from too few blocks", () => {
    const few = drawModel(createRandom(3), 0.5, QUIET).map(([a, b]): [Blocks, Blocks] => [a.slice(0, 7), b.slice(0, 7)]);
    expect(judgeModel(few, few)).toMatchObject({ isFaster: false, atMost: Number.POSITIVE_INFINITY });
    expect(judgeModel([], []).isFaster).toBe(false);
  });
});

describe("a schedule in the model", () => {
  const judge = (ratio: number, machine: Machine) => judgeSchedule(drawModel(createRandom(5), ratio, machine, 2));
  it("must gain one percent beyond what may be noise", () => {
    expect(judge(0.95, QUIET).isFaster).toBe(true);
    expect(judge(0.999, { placing: 0.0001, run: 0.0001, disturbed: 0 }).isFaster).toBe(false);
    expect(judge(1.02, QUIET).isFaster).toBe(false);
  });
});

describe("bounds by signed ranks", () => {
  it("count sets of ranks rightly: by all signs of up to ten effects", () => {
    for (let n = 1; n <= 10; n++) {
      const sums = Array.from({ length: 2 ** n }, (_, set) => {
        let sum = 0;
        for (let rank = 1; rank <= n; rank++) if ((set >> (rank - 1)) & 1) sum += rank;
        return sum;
      });
      const share = (c: number) => sums.filter((s) => s <= c).length / sums.length;
      for (const risk of [0.1, 0.05, 0.01]) {
        const c = meansBeyond(n, risk);
        if (c !== null) expect(share(c)).toBeLessThanOrEqual(risk);
        expect(share((c ?? -1) + 1)).toBeGreaterThan(risk);
      }
    }
  });
  it("hold the truth as often as they say", () => {
    const random = createRandom(11);
    let missed = 0;
    const draws = 4000;
    for (let i = 0; i < draws; i++) {
      const { atMost } = estimate(
        Array.from({ length: 10 }, () => 0.05 + normal(random)),
        0.1,
      );
      if (atMost < Math.exp(0.05)) missed++;
    }
    expect(missed / draws).toBeLessThan(0.115);
    expect(missed / draws).toBeGreaterThan(0.07);
  });
  it("mirror each other where the programs change places", () => {
    const random = createRandom(13);
    const effects = Array.from({ length: 12 }, () => 0.1 * normal(random));
    const one = estimate(effects, 0.05);
    const other = estimate(
      effects.map((e) => -e),
      0.05,
    );
    expect(one.ratio * other.ratio).toBeCloseTo(1, 12);
    expect(one.atMost * other.atLeast).toBeCloseTo(1, 12);
    expect(one.atLeast).toBeLessThan(one.ratio);
    expect(one.ratio).toBeLessThan(one.atMost);
  });
  it("take the lower quartile of a block's rounds, and the mean of conditions", () => {
    expect(effectsOf([[2, 200, 2, 2, 300], [1]], [[1, 1, 1, 1, 100], [1]])).toEqual([Math.log(2), 0]);
    expect(effectsOf([[1], []], [[1], [1]])).toEqual([0]);
    expect(
      meanEffects([
        [1, 2, 3],
        [3, 4],
      ]),
    ).toEqual([2, 3]);
  });
});
