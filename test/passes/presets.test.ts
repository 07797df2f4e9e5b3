import { describe, expect, it } from "vitest";
import { canonicalPipeline, loweredPipeline, type OptLevel } from "../../src/passes/presets.js";

const LEVELS: readonly OptLevel[] = [0, 1, 2, 3];
const passesOf = (level: OptLevel): ReadonlySet<string> =>
  new Set(
    [...`${canonicalPipeline(level)},${loweredPipeline(level)}`.matchAll(/([\w-]+)(?:\{[^}]*\})?/g)].map(([, name]) => name),
  );

describe("levels of optimization", () => {
  it.each(LEVELS.slice(1))("-O%i does what the level below does, and more", (level) => {
    const [own, below] = [passesOf(level), passesOf((level - 1) as OptLevel)];
    expect([...below].filter((name) => !own.has(name))).toEqual([]);
    expect(own.size).toBeGreaterThan(below.size);
  });
  it("keep the model's layout below -O3", () => {
    expect(LEVELS.filter((level) => passesOf(level).has("channels-last"))).toEqual([3]);
  });
});
