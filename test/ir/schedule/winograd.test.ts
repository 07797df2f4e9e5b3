import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Kernel } from "../../../src/ir/loop/stmt.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";
import { applyStep, applySteps } from "../../../src/ir/schedule/apply.js";
import { legal, type Step, type StepOf } from "../../../src/ir/schedule/step.js";
import { winograd } from "../../../src/ir/schedule/steps/winograd.js";
import { amplification, winogradBound } from "../../../src/ir/schedule/steps/winograd-math.js";
import { type TensorType, tensorType } from "../../../src/ir/type/tensor-type.js";
import { groupOf } from "../loop/build.js";
import { convolution, distance, exactSums, type Geometry, magnitude, operands, outputs } from "./winograd-cases.js";

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
