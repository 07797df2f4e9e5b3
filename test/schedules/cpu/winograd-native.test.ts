import { describe, expect, it } from "vitest";
import { runKernel, runPrepares } from "../../../src/backends/js/run-kernel.js";
import { openToolchain } from "../../../src/build/toolchain.js";
import { winogradBound } from "../../../src/ir/schedule/steps/winograd-math.js";
import { targetKey } from "../../../src/ir/target/resolve.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { buildNative } from "../../backends/llvm/native.js";
import { itOnTargets } from "../../backends/llvm/targets.js";
import { convolution, exactSums, operands } from "../../ir/schedule/winograd-cases.js";

const SHAPES = [
  { n: 1, h: 14, w: 14, c: 64, k: 64, pads: [1, 1, 1, 1] },
  { n: 2, h: 7, w: 9, c: 20, k: 36, pads: [1, 1, 1, 1] },
  { n: 1, h: 13, w: 11, c: 34, k: 19, pads: [0, 1, 2, 1] },
  { n: 1, h: 21, w: 20, c: 8, k: 16, pads: [0, 0, 0, 0] },
] as const;

describe("--strict-float", () => {
  it("reaches the schedules through the target, and keeps records of such builds apart", () => {
    const [plain, strict] = [openToolchain("llvm"), openToolchain("llvm", { strictFloat: true })].map((t) => t.target);
    const kernel = convolution({ ...SHAPES[0], dtype: "f32" });
    const steps = (target: typeof plain) => scheduleKernel(kernel, target).steps.map((s) => s.step);
    expect(steps(plain)).toContain("winograd");
    expect(steps(strict)).not.toContain("winograd");
    expect(targetKey(strict)).not.toBe(targetKey(plain));
  });
});

/** Best and last plan of every shape in machine code: integers as the JS executor has them, floats within the stated error of exact sums. */
describe("Winograd's algorithm in machine code", () => {
  itOnTargets(["llvm", "llvm -mcpu=skylake"], (target, native) => {
    const cases = SHAPES.flatMap((shape) =>
      (["f32", "i8"] as const).flatMap((dtype) => {
        const kernel = convolution({ ...shape, dtype, zero: 3, activation: false });
        const data = operands(kernel, 3);
        return [1, -1].map((nth) => {
          let label = "";
          const { kernel: scheduled } = scheduleKernel(kernel, target, (site, options, fallback) => {
            if (!site.endsWith(".winograd")) return fallback;
            const plan = options.at(nth) ?? fallback;
            label = String(plan);
            return plan;
          });
          return { shape, dtype, kernel, scheduled, data, ready: runPrepares(scheduled, data), label };
        });
      }),
    );
    expect(cases.every((c) => /^F[24] /.test(c.label))).toBe(true);
    const built = buildNative(
      native,
      cases.map((c) => c.scheduled),
      target,
    );
    cases.forEach(({ shape, dtype, kernel, scheduled, data, ready, label }, i) => {
      const got = built.run(i, ready).y0;
      if (dtype === "i8") {
        expect(got, label).toEqual(runKernel(kernel, runPrepares(kernel, data)).y0);
        return;
      }
      const [want, js] = [exactSums(shape, data), runKernel(scheduled, ready).y0 as Float32Array];
      const range = want.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
      const far = (a: ArrayLike<number>) => want.reduce((m, v, n) => Math.max(m, Math.abs(v - a[n])), 0) / range;
      const bound = winogradBound(label.startsWith("F4") ? 4 : 2, shape.c);
      expect(far(got as Float32Array), label).toBeLessThan(bound);
      expect(far(js), label).toBeLessThan(bound);
    });
  });
});
