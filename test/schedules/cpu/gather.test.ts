import { describe, expect, it } from "vitest";
import { runKernel, runPrepares } from "../../../src/backends/js/run-kernel.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { type Convolution, convolution, operands } from "../../ir/schedule/winograd-cases.js";
import { MACHINES } from "./machines.js";

const strided = (o: Partial<Convolution>): Convolution => ({
  n: 1,
  h: 13,
  w: 9,
  c: 24,
  k: 20,
  pads: [0, 0, 0, 0],
  dtype: "i8",
  zero: 3,
  window: 1,
  strides: [2, 2],
  ...o,
});

function scheduled(o: Partial<Convolution>, features: readonly string[] = ["avx2"]) {
  const kernel = convolution(strided(o));
  const { steps, kernel: out } = scheduleKernel(kernel, { ...MACHINES.avx2, features });
  return { kernel, steps, out };
}

describe("1x1 convolutions of integers with strides", () => {
  it("take the pixels that are read side by side, as one loop", () => {
    const { steps, out } = scheduled({});
    expect(steps.slice(0, 2).map((s) => s.step)).toEqual(["cache", "collapse"]);
    expect(steps.find((s) => s.step === "tile")?.tiles[0].loop).toBe("i1.i2");
    expect(out.buffers.find((b) => b.name === "x0p")?.shape).toEqual([1, 35, 24]);
  });
  it("read them in place where bytes are multiplied as they are", () => {
    expect(scheduled({}, ["avxvnni"]).steps.some((s) => s.step === "collapse")).toBe(false);
  });
  const cases: Partial<Convolution>[] = [
    {},
    { n: 2, strides: [3, 2] },
    { c: 23 },
    { dtype: "u8", zero: 128, k: 16 },
    { window: 3 },
  ];
  for (const o of cases)
    it(`are exact, ${JSON.stringify(o)}`, () => {
      const { kernel, out } = scheduled(o);
      verifyKernel(out);
      const data = operands(kernel, 3);
      const got = runKernel(out, runPrepares(out, data), { checked: true }).y0;
      expect(got).toEqual(runKernel(kernel, runPrepares(kernel, data)).y0);
    });
});
