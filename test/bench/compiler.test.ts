import { describe, expect, it } from "vitest";
import { roundUp, svg } from "../../bench/compiler/chart.js";
import { benchModule, type Form } from "../../bench/compiler/modules.js";
import { exponent, slope } from "../../bench/compiler/report.js";
import { arenaTask, graphTasks, kernelTasks, leastMs, type Task } from "../../bench/compiler/tasks.js";
import { createContext } from "../../src/context.js";

/** Eight times the nodes: linear work takes 8 times as long, quadratic 64 times; garbage collection and a busy machine lie between. */
const MOST = 26;
/** Shorter times are noise; n^2 steps of even one nanosecond take this long at the larger size. */
const TOO_SHORT_MS = 15;

/** The names and times of tasks that grow faster than linear; one that seems to is measured again with more care. */
function superlinear(small: Iterable<Task>, large: Iterable<Task>): readonly string[] {
  const others = large[Symbol.iterator]();
  const found: string[] = [];
  for (const task of small) {
    const other: Task = others.next().value;
    expect(other.name).toBe(task.name);
    const text = growth(task, other);
    if (text) found.push(text);
  }
  expect(others.next().done).toBe(true);
  return found;
}

const isSuperlinear = (smallMs: number, largeMs: number): boolean => largeMs >= TOO_SHORT_MS && largeMs / smallMs >= MOST;

function growth(small: Task, large: Task): string | null {
  let [a, b] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const times of [1, 2, 4]) {
    a = Math.min(a, leastMs(small, times));
    b = Math.min(b, leastMs(large, times));
    if (!isSuperlinear(a, b)) return null;
  }
  return `${small.name}: ${a.toFixed(1)} --> ${b.toFixed(1)} ms`;
}

describe("the compiler's own speed", () => {
  it.each<Form>(["chain", "tree", "fan"])("no pass is quadratic on a %s", { timeout: 300_000 }, (form) => {
    const ctx = createContext();
    const [small, large] = [1000, 8000].map((n) => graphTasks(benchModule(form, n, ctx), ctx));
    expect(superlinear(small, large)).toEqual([]);
  });

  it("scheduling, placing and text emission are not quadratic", { timeout: 300_000 }, () => {
    const ctx = createContext();
    const [small, large] = [150, 1200].map((n) => kernelTasks(benchModule("chain", n, ctx), ctx));
    expect(superlinear(small, large)).toEqual([]);
  });

  it("the arena planner is not quadratic, with few or all buffers alive at once", { timeout: 120_000 }, () => {
    const at = (n: number) => [arenaTask("few alive", n, 8), arenaTask("all alive", n, n)];
    expect(superlinear(at(5000), at(40_000))).toEqual([]);
  });

  it("tells quadratic growth from linear growth on a busy machine, and leaves noise alone", () => {
    expect(isSuperlinear(1, 64)).toBe(true);
    expect(isSuperlinear(10, 8 * 10 * 2.5)).toBe(false);
    expect(isSuperlinear(0.1, 6.4)).toBe(false);
  });

  it("draws modules of the size asked for", () => {
    for (const form of ["chain", "tree", "fan"] as const) {
      const { body } = benchModule(form, 1000, createContext()).funcs[0];
      expect(body.length).toBeGreaterThan(800);
      expect(body.length).toBeLessThan(1600);
    }
  });
});

describe("charts and slopes", () => {
  it("know a line and a parabola", () => {
    expect(slope([0, 1, 2], [1, 3, 5])).toBeCloseTo(2);
    expect(exponent([1, 2], [5, 10])).toBeCloseTo(1);
    expect(exponent([1, 2], [5, 20])).toBeCloseTo(2);
  });

  it("draw every point, and text without markup", () => {
    expect([0.03, 1, 3, 250, 1000].map(roundUp)).toEqual([0.04, 1, 4, 400, 1000].map((v) => expect.closeTo(v)));
    const points = [
      [0, 0],
      [5, 10],
    ] as const;
    const text = svg([{ title: "a < b", x: "x", left: "l", right: "r", series: [{ label: "s", color: "#123456", points }] }]);
    expect(text.match(/<circle/g)).toHaveLength(2);
    expect(text).toContain("a &lt; b");
    expect(text.match(/<svg/g)).toHaveLength(1);
  });
});
