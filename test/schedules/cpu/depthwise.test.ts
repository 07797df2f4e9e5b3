import { describe, expect, it } from "vitest";
import { collides } from "../../../src/schedules/cpu/machine.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { f32, groupOf } from "../../ir/loop/build.js";
import { MACHINES } from "./machines.js";

function tileOf(size: number, channels: number, machine = MACHINES.avx512) {
  const { kernel } = groupOf({ "%x": f32(1, size, size, channels), "#w": f32(channels, 3, 3, 1) }, [
    [
      "conv",
      ["%x", "#w", ""],
      { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], layout: "channels_last", groups: channels },
      "%y",
    ],
  ]);
  const tile = scheduleKernel(kernel, machine).steps.find((s) => s.step === "tile");
  return tile && { factors: tile.tiles.map((t) => t.factor), outermost: tile.order[0] };
}

describe("depthwise convolutions", () => {
  it("walk one vector of channels at a time, with few positions that divide the row", () => {
    expect(tileOf(56, 144)).toEqual({ factors: [8, 16], outermost: "i3.o" });
    expect(tileOf(14, 576)).toEqual({ factors: [7, 16], outermost: "i3.o" });
  });
  it("walk all channels of a position where those of the next lie in the same lines of the cache", () => {
    expect(tileOf(28, 256)).toEqual({ factors: [7, 32], outermost: "i1" });
  });
  it("walk all channels of a position where a vector is part of a line and the cache does not keep the image", () => {
    expect(tileOf(56, 144, MACHINES.avx2)).toEqual({ factors: [4, 16], outermost: "i1" });
    expect(tileOf(14, 576, MACHINES.avx2)).toEqual({ factors: [7, 8], outermost: "i3.o" });
  });
});

it("lines collide that lie a large power of two apart, if they are many", () => {
  expect(collides(2048, 42)).toBe(true);
  expect(collides(2048, 24)).toBe(false);
  expect(collides(4096 + 64, 1000)).toBe(false);
  expect(collides(256, 336)).toBe(false);
  expect(collides(100, 336)).toBe(false);
});
