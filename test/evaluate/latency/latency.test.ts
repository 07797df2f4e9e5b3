import { describe, expect, it } from "vitest";
import { drawInputs } from "../../../src/evaluate/latency/draw-inputs.js";
import { inTurns } from "../../../src/evaluate/latency/in-turns.js";
import { latencyOf } from "../../../src/evaluate/latency/latency.js";

describe("drawn inputs", () => {
  it("are the same each time, within the type", () => {
    const inputs = [
      { name: "x", dtype: "f32", shape: [4, 4], quant: null },
      { name: "q", dtype: "i8", shape: [64], quant: null },
    ] as const;
    const [a, b] = [drawInputs(inputs), drawInputs(inputs)];
    expect(a).toEqual(b);
    expect(new Set(a.x as Float32Array).size).toBeGreaterThan(10);
    expect(Math.min(...(a.q as Int8Array))).toBeLessThan(-50);
  });
});

describe("runs in turns", () => {
  it("begin with another one in every round, each so often a sample", async () => {
    const calls: string[] = [];
    const run = (name: string) => () => void calls.push(name);
    const samples = await inTurns([run("a"), run("b")], (rounds) => rounds >= 3, [1, 2]);
    expect(calls.join("")).toBe("abbbbaabb");
    expect(samples.map((s) => s.length)).toEqual([3, 3]);
  });
  it("are told by their least, their median and the slowest hundredth", () => {
    expect(latencyOf([3, 1, 2])).toEqual({ rounds: 3, min: 1, median: 2, p99: 2.98 });
  });
});
