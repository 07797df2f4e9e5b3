import { describe, expect, it } from "vitest";
import { runKernel, runPrepares } from "../../../src/backends/js/run-kernel.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { type Convolution, convolution, operands } from "../../ir/schedule/winograd-cases.js";
import { MACHINES } from "./machines.js";

const depthwise = (o: Partial<Convolution>): Convolution => ({
  n: 1,
  h: 40,
  w: 30,
  c: 16,
  k: 16,
  groups: 16,
  pads: [1, 1, 1, 1],
  dtype: "i8",
  zero: 3,
  ...o,
});

describe("windows of depthwise convolutions", () => {
  const blocksOf = (o: Partial<Convolution>, features: readonly string[]) => {
    const { steps } = scheduleKernel(convolution(depthwise(o)), { ...MACHINES.avx2, features });
    const split = steps.find((s) => s.step === "split" && s.loop === "i1");
    return steps.some((s) => s.step === "attach") && split?.step === "split" ? split.factor : null;
  };
  it("are made in an even number of blocks of rows where those of the image would leave the cache", () => {
    expect(blocksOf({ h: 112, w: 112, c: 64, k: 64, groups: 64, strides: [2, 2] }, ["avx2"])).toBe(7);
    expect(blocksOf({ h: 112, w: 112, c: 64, k: 64, groups: 64, strides: [2, 2] }, ["avxvnni"])).toBe(14);
    expect(blocksOf({ h: 56, w: 56, c: 144, k: 144, groups: 144 }, ["avx2"])).toBe(7);
    expect(blocksOf({ h: 28, w: 28, c: 96, k: 96, groups: 96 }, ["avx2"])).toBe(null);
    // 14 rows: four blocks would make most rows twice
    expect(blocksOf({ h: 14, w: 14, c: 1024, k: 1024, groups: 1024 }, ["avx2"])).toBe(null);
  });
  for (const features of [["avx2"], ["avxvnni"]])
    for (const strides of [
      [1, 1],
      [2, 2],
    ])
      it(`are exact in blocks, ${features}, stride ${strides[0]}`, () => {
        const kernel = convolution(depthwise({ n: 2, h: 40, w: 300, strides }));
        const { kernel: out, steps } = scheduleKernel(kernel, { ...MACHINES.avx2, features });
        expect(steps.some((s) => s.step === "attach")).toBe(true);
        const data = operands(kernel, 3);
        const got = runKernel(out, runPrepares(out, data), { checked: true }).y0;
        expect(got).toEqual(runKernel(kernel, runPrepares(kernel, data)).y0);
      });
});
