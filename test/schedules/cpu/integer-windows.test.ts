/** Depthwise convolutions of bytes, any window on any number of axes: the loops as scheduled for every machine are the loops as lowered. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { runKernel, runPrepares } from "../../../src/backends/js/run-kernel.js";
import type { Kernel } from "../../../src/ir/loop/stmt.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";
import { createGen } from "../../../src/ir/op/sample.js";
import type { TypedArray } from "../../../src/ir/op/tensor.js";
import { perTensor } from "../../../src/ir/type/quant.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { groupOf } from "../../ir/loop/build.js";
import { INTEGER_MACHINES } from "./machines.js";

/** Windows of 1 to 3 elements an axis, ones among them often. */
function drawn(seed: number): { readonly kernel: Kernel; readonly data: Record<string, TypedArray> } {
  const g = createGen(seed);
  const rank = g.int(1, 3);
  const axes = <T>(draw: () => T): T[] => Array.from({ length: rank }, draw);
  const [window, strides, dilations] = [axes(() => g.pick([1, 1, 2, 3])), axes(() => g.int(1, 2)), axes(() => g.int(1, 2))];
  const pads = [...axes(() => g.int(0, 1)), ...axes(() => g.int(0, 1))];
  const size = window.map((w, d) => (w - 1) * dilations[d] + 1 + g.int(0, 4));
  const groups = g.pick([3, 4, 8, 16, 24, 32]);
  const outputs = groups * g.pick([1, 1, 2]);
  const dtype = g.pick(["i8", "u8"] as const);
  const last = g.int(0, 3) > 0;
  const place = (c: number, s: readonly number[], n: number): number[] => (last ? [n, ...s, c] : [n, c, ...s]);
  const types = {
    "%x": tensorType(dtype, place(groups, size, 1), perTensor(0.1, g.int(0, 9))),
    "#w": tensorType("i8", place(1, window, outputs), perTensor(0.02)),
  };
  const layout = last ? "channels_last" : "channels_first";
  const { kernel } = groupOf(types, [
    ["conv", ["%x", "#w", ""], { strides, pads, dilations, groups, layout }, "%c"],
    ["requantize", ["%c"], { dtype: "u8", scale: 3, zero: 4 }, "%y"],
  ]);
  const fed = kernel.buffers.filter((b) => b.role === "in" || b.role === "const");
  return { kernel, data: Object.fromEntries(fed.map((b) => [b.name, g.tensor({ dtype: b.dtype, shape: b.shape }).data])) };
}

it.each(Object.entries(INTEGER_MACHINES))("%s", (_, machine) => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { kernel, data } = drawn(seed);
      const scheduled = scheduleKernel(kernel, machine).kernel;
      verifyKernel(scheduled);
      const got = runKernel(scheduled, runPrepares(scheduled, data, { checked: true }), { checked: true }).y0;
      expect(got).toEqual(runKernel(kernel, data).y0);
    }),
    { numRuns: 60 },
  );
});
