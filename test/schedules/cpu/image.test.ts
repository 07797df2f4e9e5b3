import { describe, expect, it } from "vitest";
import { runKernel, runPrepares } from "../../../src/backends/js/run-kernel.js";
import { exprsOf, walkExpr, walkStmt } from "../../../src/ir/loop/visit.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { type Convolution, convolution, operands } from "../../ir/schedule/winograd-cases.js";
import { MACHINES } from "./machines.js";

const first = (o: Partial<Convolution>): Convolution => ({
  n: 1,
  h: 96,
  w: 96,
  c: 3,
  k: 32,
  pads: [1, 1, 1, 1],
  dtype: "f32",
  strides: [2, 2],
  ...o,
});

function scheduled(o: Partial<Convolution>, machine = "avx512") {
  const kernel = convolution(first(o));
  const { steps, kernel: out } = scheduleKernel(kernel, MACHINES[machine]);
  const tile = steps.find((s) => s.step === "tile");
  return {
    kernel,
    out,
    factors: tile?.tiles.map((t) => t.factor),
    caches: steps.flatMap((s) => (s.step === "cache" ? [s.buffer] : [])),
    isBordered: steps.some((s) => s.step === "border"),
    unrolls: steps.some((s) => s.step === "unroll" && /^r\d$/.test(s.loop)),
  };
}

describe("convolutions over an image", () => {
  it("leave registers to the steps that are unrolled", () => {
    expect(scheduled({ h: 224, w: 224, k: 64, window: 7, pads: [3, 3, 3, 3] })).toMatchObject({
      factors: [8, 32],
      unrolls: true,
    });
  });
  it("are not unrolled where the tile fills the registers", () => {
    expect(scheduled({}, "avx2")).toMatchObject({ factors: [6, 16], unrolls: false });
  });
  it("read the image in place where it has many rows and few results for each of its elements", () => {
    expect(scheduled({})).toMatchObject({ caches: ["c0"], isBordered: true });
    expect(scheduled({ h: 32, w: 32 })).toMatchObject({ caches: ["x0", "c0"], isBordered: false });
    expect(scheduled({ k: 128 })).toMatchObject({ caches: ["x0", "c0"], isBordered: false });
  });
  it("read its interior without predicates where the channels do not fill their vectors", () => {
    const { out, isBordered } = scheduled({ k: 24 });
    expect(isBordered).toBe(true);
    let plain = 0;
    walkStmt(out.stages[0].body, (s) => {
      for (const e of exprsOf(s))
        walkExpr(e, (x) => {
          if (x.k === "load" && x.buffer === "x0" && !x.pred) plain++;
        });
    });
    expect(plain).toBeGreaterThan(0);
  });
  it("put the taps of a row and their channels together where products of integers come in groups", () => {
    const joined = (o: Partial<Convolution>, features: readonly string[]) => {
      const machine = { ...MACHINES.avx2, features };
      const { steps } = scheduleKernel(convolution(first({ dtype: "i8", zero: 3, ...o })), machine);
      const widen = steps.find((s) => s.step === "widen");
      return steps.some((s) => s.step === "join") ? widen?.extent : null;
    };
    expect(joined({ window: 7 }, ["avx2"])).toBe(22);
    expect(joined({ window: 7 }, ["avxvnni"])).toBe(24);
    expect(joined({}, ["avx2"])).toBe(10);
    expect(joined({}, ["avxvnni"])).toBe(null);
    expect(joined({ c: 4 }, ["avx2"])).toBe(null);
  });
  for (const [c, window, zero] of [
    [3, 7, 3],
    [3, 3, 0],
    [5, 3, -7],
  ])
    it(`are exact on integers, ${window} x ${window} of ${c} channels, zero point ${zero}`, () => {
      for (const features of [["avx2"], ["avxvnni"]]) {
        const pads = [window >> 1, 1, 1, window >> 1];
        const kernel = convolution(first({ dtype: "i8", c, window, zero, pads, h: 15, w: 22, k: 9 }));
        const { kernel: out, steps } = scheduleKernel(kernel, { ...MACHINES.avx2, features });
        const data = operands(kernel, 3);
        const got = runKernel(out, runPrepares(out, data), { checked: true }).y0;
        expect(got).toEqual(runKernel(kernel, runPrepares(kernel, data)).y0);
        expect(steps.some((s) => s.step === "join")).toBe(features[0] === "avx2" || window * c !== 9);
      }
    });
  for (const k of [16, 24, 7])
    it(`mean the same, ${k} channels`, () => {
      const { kernel, out } = scheduled({ k, w: 21 });
      const data = operands(kernel, 3);
      const want = runKernel(kernel, data).y0;
      const got = runKernel(out, runPrepares(out, data)).y0;
      expect(got.length).toBe(want.length);
      want.forEach((v, i) => void (Math.abs(Number(got[i]) - Number(v)) > 1e-5 && expect(got[i]).toBe(v)));
    });
});
