import { describe, expect, it } from "vitest";
import { kernelsText } from "../../../src/backends/llvm/emit/kernels.js";
import type { Target } from "../../../src/ir/target/target.js";
import { perTensor } from "../../../src/ir/type/quant.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { f32, groupOf } from "../../ir/loop/build.js";
import { MACHINES } from "./machines.js";

/** What the emitter reads of a target. */
const targetOf = (machine: keyof typeof MACHINES) => ({ ...MACHINES[machine], arch: "x86_64" }) as unknown as Target;

function pointwise(channels: number, target = targetOf("avx512")): string {
  const { kernel } = groupOf({ "%x": f32(1, 14, 14, channels), "#w": f32(channels, 1, 1, channels) }, [
    ["conv", ["%x", "#w", ""], { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], layout: "channels_last" }, "%y"],
  ]);
  return kernelsText([scheduleKernel(kernel, target).kernel], target, 64);
}

describe("weights are asked for before they are used", () => {
  it("once for every vector in a step of the reduction, however many positions a tile has", () => {
    const text = pointwise(256);
    const tiled = text.match(/@llvm\.fmuladd/g) ?? [];
    const asked = text.match(/call void @llvm\.prefetch/g) ?? [];
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.length).toBeLessThanOrEqual(4);
    expect(tiled.length).toBeGreaterThan(2 * asked.length);
  });
  it.each(["avx512", "avx2"])("of bytes too, on %s", (name) => {
    const on = { ...MACHINES[name], arch: "x86_64" } as unknown as Target;
    const types = {
      "%x": tensorType("u8", [1, 14, 14, 256], perTensor(0.1, 0)),
      "#w": tensorType("i8", [256, 1, 1, 256], perTensor(0.1, 0)),
    };
    const attrs = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], layout: "channels_last" };
    const { kernel } = groupOf(types, [["conv", ["%x", "#w", ""], attrs, "%y"]]);
    expect(kernelsText([scheduleKernel(kernel, on).kernel], on, 64)).toContain("@llvm.prefetch");
  });
  it("once for every cache line, where vectors are halves of one", () => {
    const lines = pointwise(256, targetOf("avx2")).match(/call void @llvm\.prefetch/g) ?? [];
    expect(lines.length).toBe(1); // a step of 16 channels
  });
  it("not where they are small", () => expect(pointwise(32)).not.toContain("@llvm.prefetch"));
});
