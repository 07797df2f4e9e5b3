import { describe, expect, it } from "vitest";
import { hoistConstants } from "../../../src/ir/loop/hoist.js";
import type { Kernel } from "../../../src/ir/loop/stmt.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";
import { applySteps } from "../../../src/ir/schedule/apply.js";
import { winogradBound } from "../../../src/ir/schedule/steps/winograd-math.js";
import type { Machine } from "../../../src/ir/target/machine.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import type { Choice } from "../../../src/support/choose.js";
import { groupOf } from "../../ir/loop/build.js";
import { convolution, distance, exactSums, magnitude, operands, outputs } from "../../ir/schedule/winograd-cases.js";
import { MACHINES } from "./machines.js";

const withFeatures = (m: Machine, ...features: readonly string[]): Machine => ({ ...m, features: [...m.features, ...features] });
const sites = (kernel: Kernel, m: Machine): { readonly chosen: string; readonly options: readonly string[] } => {
  let seen = { chosen: "none", options: [] as readonly string[] };
  scheduleKernel(kernel, m, (site, options, fallback) => {
    if (site === "contract.winograd") seen = { chosen: String(fallback), options: options.map(String) };
    return fallback;
  });
  return seen;
};

describe("Winograd's algorithm by default", () => {
  const image = (size: number, channels: number) => ({ n: 1, h: size, w: size, c: channels, k: channels, pads: [1, 1, 1, 1] });
  it("F(4x4) for images, F(2x2) or direct sums where the weights outweigh the tiles", () => {
    for (const m of [MACHINES.avx2, MACHINES.avx512]) {
      for (const [size, channels] of [
        [56, 64],
        [28, 128],
        [14, 256],
      ])
        expect(sites(convolution({ ...image(size, channels), dtype: "f32" }), m).chosen).toMatch(/^F4 /);
      expect(sites(convolution({ ...image(7, 512), dtype: "f32" }), m).chosen).not.toMatch(/^F4 /);
      expect(sites(convolution({ ...image(2, 512), dtype: "f32" }), m).chosen).toBe("direct");
    }
  });
  it("none with strictFloat, though integers stay exact; F(4x4) beside products of bytes, where the weights stay small", () => {
    const float = convolution({ ...image(28, 64), dtype: "f32" });
    const integer = convolution({ ...image(28, 64), dtype: "i8", zero: 3 });
    const strict = { ...MACHINES.avx2, strictFloat: true };
    expect(sites(float, strict)).toEqual({ chosen: "none", options: [] });
    expect(scheduleKernel(float, strict).steps.map((s) => s.step)).not.toContain("winograd");
    expect(sites(integer, strict).chosen).toMatch(/^F4 /);
    const vnni = withFeatures(MACHINES.avx512, "avx512vnni");
    expect(sites(integer, vnni).chosen).toMatch(/^F4 /);
    expect(sites(convolution({ ...image(7, 512), dtype: "i8" }), vnni).chosen).toBe("direct");
  });
  it("integer tiles leave a register for the product where it is added apart, and divide the channels", () => {
    for (const [size, channels] of [
      [14, 256],
      [7, 512],
    ]) {
      const { options } = sites(convolution({ ...image(size, channels), dtype: "u8" }), MACHINES.avx2);
      const tiles = options.flatMap((o) => {
        const [, positions, vectors] = /tile (\d+) x (\d+)/.exec(o) ?? [];
        return positions ? [{ positions: Number(positions), vectors: Number(vectors) }] : [];
      });
      expect(tiles.length).toBeGreaterThan(4);
      for (const { positions, vectors } of tiles) {
        expect(positions * vectors + vectors + 2).toBeLessThanOrEqual(MACHINES.avx2.vectorRegisters);
        expect(channels % (8 * vectors)).toBe(0);
      }
    }
  });
  it("bytes are centred at zero where F(4x4) then sums them in fewer parts", () => {
    const kernel = convolution({ n: 1, h: 9, w: 8, c: 256, k: 32, pads: [1, 1, 1, 1], dtype: "u8" });
    const first = <T extends Choice>(_: string, options: readonly T[], fallback: T): T =>
      options.find((o) => String(o).startsWith("F4")) ?? fallback;
    const { kernel: scheduled, steps } = scheduleKernel(kernel, MACHINES.avx2, first);
    expect(steps.slice(0, 2).map((s) => s.step)).toEqual(["bytes", "winograd"]);
    expect(scheduled.buffers.find((b) => b.name.startsWith("wu"))?.shape[1]).toBe(36);
    const data = operands(kernel, 7);
    expect(outputs(scheduled, data).y0).toEqual(outputs(kernel, data, false).y0);
    const shallow = convolution({ n: 1, h: 9, w: 8, c: 64, k: 32, pads: [1, 1, 1, 1], dtype: "u8" });
    expect(scheduleKernel(shallow, MACHINES.avx2).steps.map((s) => s.step)).not.toContain("bytes");
  });
  it("nothing beyond the tolerance: 2e-5 of the range", () => {
    const deep = convolution({ ...image(14, 16), c: 4096, dtype: "f32" });
    expect(winogradBound(4, 4096)).toBeGreaterThan(2e-5);
    expect(sites(deep, MACHINES.avx2).options.some((o) => o.startsWith("F4"))).toBe(false);
  });
  it("the first and the last plan mean the same, and are replayed from their steps", () => {
    for (const [g, dtype] of [
      [{ n: 1, h: 9, w: 14, c: 20, k: 24, pads: [1, 1, 1, 1] }, "f32"],
      [{ n: 2, h: 8, w: 8, c: 12, k: 19, pads: [0, 1, 2, 1] }, "f32"],
      [{ n: 1, h: 9, w: 10, c: 18, k: 20, pads: [1, 1, 1, 1] }, "i8"],
    ] as const) {
      const kernel = convolution({ ...g, dtype, zero: 3 });
      const data = operands(kernel, 5);
      const want = outputs(kernel, data, false).y0;
      for (const m of Object.values(MACHINES)) {
        const { options } = sites(kernel, m);
        const tried = [options[1], options[options.length - 1]];
        expect(tried.length).toBeGreaterThan(0);
        for (const plan of tried) {
          const { kernel: scheduled, steps } = scheduleKernel(kernel, m, (site, all, fallback) =>
            site === "contract.winograd" ? (all.find((o) => o === plan) ?? fallback) : fallback,
          );
          expect(steps.map((s) => s.step)).toContain("winograd");
          verifyKernel(scheduled);
          expect({ ...applySteps(kernel, JSON.parse(JSON.stringify(steps))), name: scheduled.name }).toEqual(scheduled);
          const got = outputs(scheduled, data).y0;
          if (dtype === "i8") expect(got, plan).toEqual(want);
          else expect(distance(want, got), plan).toBeLessThan(2 * winogradBound(4, g.c) * magnitude(exactSums(g, data)));
        }
      }
    }
  });
  it("weights are transformed once, when the kernel is compiled, in f64", () => {
    const kernel = convolution({ ...image(56, 64), dtype: "f32" });
    const { kernel: scheduled } = scheduleKernel(kernel, MACHINES.avx2);
    const u = scheduled.prepare.find((p) => p.buffer.startsWith("wu"));
    expect(u?.kernel.buffers.map((b) => [b.name, b.role])).toEqual([
      ["c0", "const"],
      [u?.buffer, "out"],
    ]);
    expect(JSON.stringify(u?.kernel.stages)).toContain('"f64"');
    expect(scheduled.buffers.some((b) => b.name === "c0")).toBe(false);
  });
  it("kernels of other shapes keep their schedules", () => {
    const { kernel } = groupOf({ "%x": tensorType("f32", [4, 16]), "#w": tensorType("f32", [32, 16]) }, [
      ["dense", ["%x", "#w", ""], {}, "%y"],
    ]);
    expect(sites(hoistConstants(kernel), MACHINES.avx2).chosen).toBe("none");
  });
});
