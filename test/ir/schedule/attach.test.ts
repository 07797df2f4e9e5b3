import { describe, expect, it } from "vitest";
import { runKernel, runPrepares } from "../../../src/backends/js/run-kernel.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";
import { applyStep } from "../../../src/ir/schedule/apply.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { MACHINES } from "../../schedules/cpu/machines.js";
import { convolution, operands } from "./winograd-cases.js";

describe("attach", () => {
  const kernel = convolution({
    n: 1,
    h: 8,
    w: 6,
    c: 16,
    k: 16,
    groups: 16,
    pads: [1, 1, 1, 1],
    strides: [2, 2],
    dtype: "i8",
    zero: 3,
  });
  const whole = scheduleKernel(kernel, MACHINES.avx2).kernel;
  const split = applyStep(whole, { step: "split", stage: "contract", loop: "i1", factor: 2, tail: "cut" });

  it("makes the rows that an iteration reads, and those between two iterations twice", () => {
    const out = applyStep(split, { step: "attach", stage: "fill.x0w", to: "contract", loop: "i1.o" });
    verifyKernel(out);
    expect(out.stages.map((s) => s.name)).toEqual(["contract"]);
    const { body } = out.stages[0];
    const inside = body.k === "for" ? body.body : null;
    expect(inside?.k === "alloc" && inside.buffer.shape[1]).toBe(5);
    const data = operands(kernel, 3);
    expect(runKernel(out, runPrepares(out, data), { checked: true }).y0).toEqual(runKernel(kernel, runPrepares(kernel, data)).y0);
  });
  it.each([
    ["fill.x0w", "contract", "i2.i", /dimension 2 is not filled by one loop around the rest/],
    ["contract", "contract", "i1.o", /does not fill one scratch buffer/],
    ["contract", "fill.x0w", "i1", /does not fill one scratch buffer/],
    ["fill.x0w", "contract", "nothing", /no loop 'nothing'/],
  ])("%s to %s at %s is refused", (stage, to, loop, why) => {
    expect(() => applyStep(split, { step: "attach", stage, to, loop })).toThrow(why);
  });
});
