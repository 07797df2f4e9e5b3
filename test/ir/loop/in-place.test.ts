import { describe, expect, it } from "vitest";
import { mayShareMemory } from "../../../src/ir/loop/in-place.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { MACHINES } from "../../schedules/cpu/machines.js";
import { f32, groupOf } from "./build.js";

describe("sharing memory between an operand and a result", () => {
  it("is fine for a map", () => {
    const { kernel } = groupOf({ "%x": f32(2, 8), "%z": f32(8) }, [["add", ["%x", "%z"], {}, "%y"]]);
    expect(mayShareMemory(kernel, "x0", "y0")).toBe(true);
    expect(mayShareMemory(kernel, "x1", "y0")).toBe(false);
    expect(mayShareMemory(scheduleKernel(kernel, MACHINES.avx2).kernel, "x0", "y0")).toBe(true);
  });
  it("is not for movement or for an operand that is also read elsewhere", () => {
    const { kernel } = groupOf({ "%x": f32(4, 4) }, [["transpose", ["%x"], { perm: [1, 0] }, "%y"]]);
    expect(mayShareMemory(kernel, "x0", "y0")).toBe(false);
    const soft = groupOf({ "%x": f32(4, 4) }, [["softmax", ["%x"], { axis: 1 }, "%y"]]);
    expect(mayShareMemory(soft.kernel, "x0", "y0")).toBe(false);
  });
  it("depends on the tiles of a residual convolution: those that overlap compute an element twice", () => {
    const residual = (width: number) => {
      const { kernel } = groupOf({ "%x": f32(1, 3, width, 8), "%r": f32(1, 3, width, 16), "#w": f32(16, 3, 3, 8) }, [
        ["conv", ["%x", "#w", ""], { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], layout: "channels_last" }, "%c"],
        ["add", ["%c", "%r"], {}, "%y"],
      ]);
      const scheduled = scheduleKernel(kernel, MACHINES.avx2);
      return {
        overlaps: JSON.stringify(scheduled.steps).includes("overlap"),
        shares: mayShareMemory(scheduled.kernel, "x1", "y0"),
      };
    };
    expect(residual(7)).toEqual({ overlaps: true, shares: false });
    expect(residual(12)).toEqual({ overlaps: false, shares: true });
  });
});
