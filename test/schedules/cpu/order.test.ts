import { describe, expect, it } from "vitest";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { convolution } from "../../ir/schedule/winograd-cases.js";
import { MACHINES } from "./machines.js";

/** The outermost loop over tiles of a 1x1 convolution of 28 x 28 pixels. */
function outermost(channels: number, filters: number, machine: keyof typeof MACHINES): string | undefined {
  const kernel = convolution({ n: 1, h: 28, w: 28, c: channels, k: filters, window: 1, pads: [0, 0, 0, 0], dtype: "f32" });
  const { steps } = scheduleKernel(kernel, MACHINES[machine]);
  const tile = steps.find((s) => s.step === "tile");
  return tile?.step === "tile" ? tile.order[0] : undefined;
}

describe("order of tiles", () => {
  for (const machine of ["avx2", "avx512"] as const) {
    it(`${machine}: weights beyond the first-level cache go by panel`, () => {
      expect(outermost(128, 128, machine)).toBe("i3.o");
    });
    it(`${machine}: nearer ones are used up for each pixel`, () => {
      expect(outermost(32, 64, machine)).toBe("i1.i2.o");
    });
  }
});
