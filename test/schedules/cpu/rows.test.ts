import { describe, expect, it } from "vitest";
import { runKernel, runPrepares } from "../../../src/backends/js/run-kernel.js";
import type { Attrs } from "../../../src/ir/attr/attr.js";
import type { Kernel } from "../../../src/ir/loop/stmt.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";
import { walkStmt } from "../../../src/ir/loop/visit.js";
import { createGen } from "../../../src/ir/op/sample.js";
import type { TypedArray } from "../../../src/ir/op/tensor.js";
import { applySteps } from "../../../src/ir/schedule/apply.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { buildNative } from "../../backends/llvm/native.js";
import { itOnTargets } from "../../backends/llvm/targets.js";
import { f32, groupOf } from "../../ir/loop/build.js";
import { MACHINES } from "./machines.js";

const conv = (x: readonly number[], w: readonly number[], attrs: Attrs = {}): Kernel =>
  groupOf({ "%x": f32(...x), "#w": f32(...w), "#b": f32(w[0]), "%z": f32(w[0], 1, 1) }, [
    [
      "conv",
      ["%x", "#w", "#b"],
      { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], layout: "channels_first", ...attrs },
      "%c",
    ],
    ["mul", ["%c", "%z"], {}, "%m"],
    ["relu", ["%m"], {}, "%y"],
  ]).kernel;
const around = { pads: [1, 1, 1, 1] };

const KERNELS: Readonly<Record<string, Kernel>> = {
  "1x1, whole vectors": conv([1, 12, 8, 16], [16, 12, 1, 1]),
  "1x1, overlapping tail": conv([1, 12, 7, 9], [24, 12, 1, 1]),
  "1x1, fewer pixels than lanes": conv([1, 12, 3, 3], [8, 12, 1, 1]),
  "1x1, two images": conv([2, 5, 6, 8], [7, 5, 1, 1]),
  "depthwise, padded": conv([1, 6, 14, 24], [6, 1, 3, 3], { ...around, groups: 6 }),
  "depthwise, rows shorter than a vector": conv([1, 6, 14, 14], [6, 1, 3, 3], { ...around, groups: 6 }),
  "depthwise, 5x5, two images": conv([2, 3, 16, 20], [3, 1, 5, 5], { pads: [2, 2, 2, 2], groups: 3 }),
  "depthwise, dilated, one side": conv([1, 4, 12, 18], [4, 1, 3, 3], { pads: [2, 0, 1, 1], dilations: [2, 2], groups: 4 }),
  "3x3": conv([1, 4, 10, 18], [8, 4, 3, 3], around),
};

function data(kernel: Kernel): Record<string, TypedArray> {
  const g = createGen(9);
  const given = kernel.buffers.filter((b) => b.role === "in" || b.role === "const");
  return Object.fromEntries(given.map((b) => [b.name, g.tensor({ dtype: b.dtype, shape: b.shape }).data]));
}

/** Largest difference in parts of the largest value. */
function error(want: TypedArray, got: TypedArray): number {
  const scale = [...want].reduce((m: number, v) => Math.max(m, Math.abs(Number(v))), 1e-30);
  return [...want].reduce((m: number, v, i) => Math.max(m, Math.abs(Number(v) - Number(got[i])) / scale), 0);
}

describe("convolutions along rows of pixels", () => {
  for (const [name, kernel] of Object.entries(KERNELS)) {
    it(name, () => {
      const want = runKernel(kernel, data(kernel), { checked: true }).y0;
      for (const [on, machine] of Object.entries(MACHINES)) {
        const tiles: string[] = [];
        scheduleKernel(kernel, machine, (site, options, fallback) => {
          if (site.endsWith(".tile")) tiles.push(...options.map(String));
          return fallback;
        });
        expect(tiles.length, on).toBeGreaterThan(0);
        for (const tile of ["default", ...tiles]) {
          const { kernel: scheduled, steps } = scheduleKernel(kernel, machine, (site, options, fallback) =>
            site.endsWith(".tile") ? (options.find((o) => o === tile) ?? fallback) : fallback,
          );
          verifyKernel(scheduled);
          expect(applySteps(kernel, JSON.parse(JSON.stringify(steps))).stages).toEqual(scheduled.stages);
          const got = runKernel(scheduled, runPrepares(scheduled, data(kernel), { checked: true }), { checked: true }).y0;
          expect(error(want, got), `${on}, ${tile}`).toBeLessThan(1e-5);
        }
      }
    });
  }

  it("asks no questions in the interior", () => {
    const { kernel, steps } = scheduleKernel(conv([1, 6, 56, 56], [6, 1, 3, 3], { ...around, groups: 6 }), MACHINES.avx512);
    expect(steps.map((s) => s.step)).toContain("border");
    let cases = 0;
    walkStmt(kernel.stages[0].body, (s) => void (s.k === "if" && cases++));
    expect(cases).toBeGreaterThan(0);
  });
});

describe("convolutions along rows in machine code", () => {
  itOnTargets(["llvm", "llvm -mcpu=skylake", "llvm -mcpu=x86-64"], (target, native) => {
    const scheduled = Object.values(KERNELS).map((kernel) => scheduleKernel(kernel, target).kernel);
    const built = buildNative(native, scheduled, target, { optLevel: 1 });
    Object.entries(KERNELS).forEach(([name, kernel], i) => {
      const got = built.run(i, runPrepares(scheduled[i], data(kernel))).y0;
      expect(error(runKernel(kernel, data(kernel)).y0, got), name).toBeLessThan(1e-5);
    });
  });
});
