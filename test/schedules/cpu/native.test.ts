import { describe, expect } from "vitest";
import { runKernel, runPrepares } from "../../../src/backends/js/run-kernel.js";
import { drawNonFinite } from "../../../src/check/draw/non-finite.js";
import { difference, drawCase, lowerCase, operandData } from "../../../src/check/draw/op-case.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { buildNative } from "../../backends/llvm/native.js";
import { itOnTargets } from "../../backends/llvm/targets.js";

/** js(scheduled) = native(scheduled) for drawn cases of every op: exact for integers, within rounding for floats. */
describe("scheduled kernels mean the same in machine code", () => {
  itOnTargets(["llvm", "llvm -mcpu=skylake", "llvm -mcpu=x86-64"], (target, native) => {
    const cases = builtinOps.flatMap((def) =>
      [21, 22, 23].map((seed) => {
        const c = (seed === 23 ? drawNonFinite(def, seed) : null) ?? drawCase(def, seed);
        const group = lowerCase(def, c, (i) => i % 2 === 1);
        const { kernel } = scheduleKernel(group.kernel, target);
        return { label: `${def.name}, seed ${seed}`, c, kernel, data: runPrepares(kernel, operandData(group, c)) };
      }),
    );
    const built = buildNative(
      native,
      cases.map((c) => c.kernel),
      target,
      { optLevel: 1 },
    );
    cases.forEach(({ label, c, kernel, data }, i) => {
      const want = runKernel(kernel, data);
      const got = built.run(i, data);
      c.types.forEach((type, n) => {
        const differs = difference({ type, data: want[`y${n}`] }, got[`y${n}`]);
        expect(differs && `${label}, result ${n}: ${differs}`).toBeNull();
      });
    });
  });
});
