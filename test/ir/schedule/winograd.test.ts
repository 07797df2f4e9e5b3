import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runKernel, runPrepares } from "../../../src/backends/js/run-kernel.js";
import { hoistConstants } from "../../../src/ir/loop/hoist.js";
import type { Kernel } from "../../../src/ir/loop/stmt.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";
import type { TypedArray } from "../../../src/ir/op/tensor.js";
import { applyStep, applySteps } from "../../../src/ir/schedule/apply.js";
import { legal, type Step, type StepOf } from "../../../src/ir/schedule/step.js";
import { winograd } from "../../../src/ir/schedule/steps/winograd.js";
import { amplification, winogradBound } from "../../../src/ir/schedule/steps/winograd-math.js";
import type { Machine } from "../../../src/ir/target/machine.js";
import { type TensorType, tensorType } from "../../../src/ir/type/tensor-type.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import type { Choice } from "../../../src/support/choose.js";
import { groupOf } from "../loop/build.js";
import { MACHINES } from "./machines.js";
import { convolution, exactSums, type Geometry, operands } from "./winograd-cases.js";

const outputs = (kernel: Kernel, data: Readonly<Record<string, TypedArray>>, checked = true): Record<string, TypedArray> =>
  runKernel(kernel, runPrepares(kernel, data, { checked }), { checked });

const magnitude = (a: TypedArray): number => (a as Float32Array).reduce((m, v) => Math.max(m, Math.abs(Number(v))), 0);
const distance = (a: TypedArray, b: TypedArray): number =>
  (a as Float32Array).reduce((m, v, i) => Math.max(m, Math.abs(Number(v) - Number(b[i]))), 0);

const geometry = fc.record({
  n: fc.constantFrom(1, 2),
  h: fc.integer({ min: 3, max: 9 }),
  w: fc.integer({ min: 3, max: 9 }),
  c: fc.integer({ min: 1, max: 9 }),
  k: fc.integer({ min: 1, max: 10 }),
  pads: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
  seed: fc.nat(1000),
});
const cut = fc.record({
  m: fc.constantFrom(2 as const, 4 as const),
  block: fc.integer({ min: 1, max: 8 }),
  positions: fc.integer({ min: 1, max: 4 }),
  channels: fc.constantFrom(2, 4, 8),
  staged: fc.boolean(),
  serial: fc.boolean(),
});

/** The step with sizes that the geometry allows; null where the result has one row or column, which is no loop. */
function stepFor(g: Geometry, o: Omit<StepOf<"winograd">, "step" | "stage">): StepOf<"winograd"> | null {
  const [y, x] = [g.h + g.pads[0] + g.pads[2] - 2, g.w + g.pads[1] + g.pads[3] - 2];
  if (y < 2 || x < 2 || g.k < 2) return null;
  const block = Math.min(o.block, g.n * Math.ceil(y / o.m) * Math.ceil(x / o.m));
  return { step: "winograd", stage: "contract", ...o, block, positions: Math.min(o.positions, block) };
}

describe("the step keeps the meaning", () => {
  it("floats of any size and padding, within the bound", () => {
    let applied = 0;
    fc.assert(
      fc.property(geometry, cut, (g, o) => {
        const kernel = convolution({ ...g, dtype: "f32" });
        const step = stepFor(g, o);
        if (!step || g.c < 2) return;
        const next = applyStep(kernel, JSON.parse(JSON.stringify(step)) as Step);
        verifyKernel(next);
        const data = operands(kernel, g.seed);
        const [want, got] = [outputs(kernel, data, false).y0, outputs(next, data).y0];
        const sums = magnitude(exactSums(g, data));
        expect(distance(want, got)).toBeLessThanOrEqual(sums * (winogradBound(o.m, g.c) + winogradBound(2, g.c)));
        applied++;
      }),
      { numRuns: 60, seed: 3 },
    );
    expect(applied).toBeGreaterThan(30);
  });

  it("integers exactly, through bias and requantization", () => {
    let applied = 0;
    fc.assert(
      fc.property(
        geometry,
        cut,
        fc.constantFrom("i8" as const, "u8" as const),
        fc.integer({ min: 0, max: 100 }),
        (g, o, dtype, zero) => {
          const even = { ...g, c: 2 * Math.ceil(g.c / 2) };
          const kernel = convolution({ ...even, dtype, zero });
          const step = stepFor(even, o);
          if (!step) return;
          const next = applyStep(kernel, step);
          verifyKernel(next);
          const data = operands(kernel, g.seed);
          expect(outputs(next, data).y0).toEqual(outputs(kernel, data, false).y0);
          applied++;
        },
      ),
      { numRuns: 60, seed: 4 },
    );
    expect(applied).toBeGreaterThan(30);
  });

  it("short tiles at the end of one axis or both: floats within the bound, integers exactly, in one part and in two", () => {
    const sizes = [
      [6, 6],
      [5, 8],
      [9, 10],
      [12, 6],
      [13, 9],
    ];
    for (const [h, w] of sizes) {
      for (const [dtype, c] of [
        ["f32", 6],
        ["i8", 6],
        ["i8", 256],
      ] as const) {
        const g = { n: 1, h, w, c, k: 5, pads: [1, 1, 1, 1] };
        const kernel = convolution({ ...g, dtype, requantized: false, activation: false });
        const block = Math.ceil(h / 4) * Math.ceil(w / 4);
        for (const [positions, staged] of [
          [1, false],
          [Math.min(4, block), true],
        ] as const) {
          const cut = { block, positions, channels: 4, staged, short: true } as const;
          const next = applySteps(kernel, [
            { step: "writeback", buffer: "y0" },
            { step: "winograd", stage: "contract", m: 4, ...cut },
          ]);
          verifyKernel(next);
          const data = operands(kernel, h + c);
          // the largest sums there are
          if (c === 256) [data.x0, data.c0] = [data.x0, data.c0].map((a) => (a as Int8Array).map(() => -128));
          const [want, got] = [outputs(kernel, data, false).y0, outputs(next, data).y0];
          if (dtype === "i8") expect(got).toEqual(want);
          else expect(distance(want, got)).toBeLessThanOrEqual(magnitude(exactSums(g, data)) * 2 * winogradBound(4, c));
        }
      }
    }
  });

  // F(4x4) takes 226 channels of i8 in one part, 452 in two, 114 with a zero point at the end of the range
  for (const [m, c, zero] of [
    [2, 1024, 0],
    [4, 226, 0],
    [4, 452, 0],
    [4, 256, -128],
  ] as const) {
    it(`integers exactly at the ends of their ranges: F(${m}x${m}) over ${c} channels, zero point ${zero}`, () => {
      const g = { n: 1, h: 4, w: 4, c, k: 4, pads: [1, 1, 1, 1] };
      const kernel = convolution({ ...g, dtype: "i8", zero, requantized: false });
      const block = m === 2 ? 4 : 1;
      const step = { step: "winograd", stage: "contract", m, block, positions: 1, channels: 4 } as const;
      const next = applySteps(kernel, [{ step: "writeback", buffer: "y0" }, step]);
      const data = operands(kernel, 1);
      // all of one sign, and rows and taps of one sign each
      for (const [x, w] of [
        [(_: number) => 127, (_: number) => -128],
        [(_: number) => -128, (_: number) => -128],
        [(i: number) => (Math.floor(i / c) % 2 ? -128 : 127), (i: number) => (Math.floor(i / c) % 2 ? -127 : 127)],
      ]) {
        data.x0 = Int8Array.from(data.x0 as Int8Array, (_, i) => x(i));
        data.c0 = Int8Array.from(data.c0 as Int8Array, (_, i) => w(i));
        expect(outputs(next, data, false).y0).toEqual(outputs(kernel, data, false).y0);
      }
    });
  }
});

describe("what is refused", () => {
  const step = { step: "winograd", stage: "contract", m: 2, block: 1, positions: 1, channels: 4 } as const;
  const why = (kernel: Kernel, s: StepOf<"winograd"> = step): string => legal(winograd, kernel, s)?.message ?? "legal";
  const plain = { n: 1, h: 8, w: 8, c: 4, k: 8, pads: [1, 1, 1, 1], dtype: "f32" as const };
  it("other windows, strides, dilations, groups and layouts", () => {
    expect(why(convolution(plain))).toBe("legal");
    expect(why(convolution({ ...plain, strides: [2, 2] }))).toContain("stride");
    expect(why(convolution({ ...plain, dilations: [2, 2] }))).toContain("stride or dilation");
    expect(why(convolution({ ...plain, window: 5 }))).toContain("3 x 3");
    expect(why(convolution({ ...plain, groups: 2 }))).toContain("[batch, rows, columns, channels]");
  });
  it("weights that are no constants", () => {
    const types: Record<string, TensorType> = { "%x": tensorType("f32", [1, 6, 6, 4]), "%w": tensorType("f32", [8, 3, 3, 4]) };
    const attrs = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], layout: "channels_last" };
    const { kernel } = groupOf(types, [
      ["conv", ["%x", "%w", ""], attrs, "%c"],
      ["relu", ["%c"], {}, "%y"],
    ]);
    expect(why(kernel)).toContain("no constants");
  });
  it("integers that would not be exact: too many channels, operands too wide, odd depth", () => {
    const integer = { ...plain, dtype: "i8" as const, zero: 3 };
    expect(why(convolution(integer))).toBe("legal");
    expect(why(convolution(integer), { ...step, m: 4 })).toBe("legal");
    expect(why(convolution({ ...integer, c: 4096 }), { ...step, m: 4 })).toContain("may not fit i32");
    // 2 * 1801 channels in parts of an even number of channels each: there are none
    expect(why(convolution({ ...integer, c: 3602 }), { ...step, m: 4 })).toContain("may not fit i32");
    expect(why(convolution({ ...integer, dtype: "i16" }))).toContain("do not fit i16");
    expect(why(convolution({ ...integer, c: 5 }))).toContain("pairs");
  });
  it("sizes that do not fit", () => {
    expect(why(convolution(plain), { ...step, block: 17 })).toContain("16 tiles");
    expect(why(convolution(plain), { ...step, positions: 2 })).toContain("block has 1");
  });
  it("short tiles where there are none, or in blocks of some of the tiles", () => {
    const short = { ...step, m: 4, short: true } as const;
    expect(why(convolution({ ...plain, h: 10 }), { ...short, block: 6 })).toBe("legal");
    expect(why(convolution({ ...plain, h: 10 }), { ...short, block: 3 })).toContain("no axis ends with a short tile");
    expect(why(convolution({ ...plain, h: 11 }), { ...short, block: 6 })).toContain("no axis ends with a short tile");
    expect(why(convolution({ ...plain, h: 10 }), { ...short, m: 2, block: 20 })).toContain("no axis ends with a short tile");
  });
});

/** Errors on random data and the bound that is stated for them, both over the range of the sums. */
function measured(m: 2 | 4, c: number, rectified: boolean): number {
  const g = { n: 1, h: 12, w: 12, c, k: 16, pads: [1, 1, 1, 1] };
  const kernel = convolution({ ...g, dtype: "f32", activation: false });
  const step = { step: "winograd", stage: "contract", m, block: 9, positions: 3, channels: 16 } as const;
  const data = operands(kernel, c);
  if (rectified) data.x0 = (data.x0 as Float32Array).map((v) => Math.max(0, v));
  const want = exactSums(g, data);
  return (
    distance(want, outputs(applySteps(kernel, [{ step: "writeback", buffer: "y0" }, step]), data, false).y0) / magnitude(want)
  );
}

describe("the stated error", () => {
  it("grows as the analysis says", () => {
    expect(amplification(2)).toBeCloseTo(5 / 3, 10);
    expect(amplification(4)).toBeCloseTo(8.773, 3);
    expect(amplification("short")).toBeLessThan(amplification(4));
  });
  for (const m of [2, 4] as const) {
    for (const c of [16, 64, 256, 512]) {
      it(`F(${m}x${m}) over ${c} channels: below the bound, and not far below`, () => {
        for (const rectified of [false, true]) {
          const error = measured(m, c, rectified);
          expect(error).toBeLessThan(winogradBound(m, c));
          expect(error).toBeGreaterThan(winogradBound(m, c) / 8);
        }
      });
    }
  }
});

const withFeatures = (m: Machine, ...features: readonly string[]): Machine => ({ ...m, features: [...m.features, ...features] });
const sites = (kernel: Kernel, m: Machine): { readonly chosen: string; readonly options: readonly string[] } => {
  let seen = { chosen: "none", options: [] as readonly string[] };
  scheduleKernel(kernel, m, (site, options, fallback) => {
    if (site === "contract.winograd") seen = { chosen: String(fallback), options: options.map(String) };
    return fallback;
  });
  return seen;
};

describe("defaults", () => {
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
