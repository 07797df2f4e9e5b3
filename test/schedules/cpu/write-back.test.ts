/** Convolutions whose results a transpose moves to NCHW: tiles are written where they belong, their vectors transposed in registers. */
import { describe, expect, it } from "vitest";
import { runKernel, runPrepares } from "../../../src/backends/js/run-kernel.js";
import type { Attrs } from "../../../src/ir/attr/attr.js";
import type { Kernel } from "../../../src/ir/loop/stmt.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";
import { createGen } from "../../../src/ir/op/sample.js";
import type { TypedArray } from "../../../src/ir/op/tensor.js";
import { applySteps } from "../../../src/ir/schedule/apply.js";
import { perTensor } from "../../../src/ir/type/quant.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { buildNative } from "../../backends/llvm/native.js";
import { itOnTargets } from "../../backends/llvm/targets.js";
import { f32, groupOf } from "../../ir/loop/build.js";
import { MACHINES } from "./machines.js";

const shared = { strides: [1, 1], dilations: [1, 1], layout: "channels_last" };
const toFirst = { perm: [0, 3, 1, 2] };
type Shape = readonly number[];

const floats = (x: Shape, w: Shape, attrs: Attrs = {}): Kernel =>
  groupOf({ "%x": f32(...x), "#w": f32(...w), "#b": f32(w[0]) }, [
    ["conv", ["%x", "#w", "#b"], { ...shared, pads: [0, 0, 0, 0], ...attrs }, "%c"],
    ["relu", ["%c"], {}, "%r"],
    ["transpose", ["%r"], toFirst, "%y"],
  ]).kernel;

const withSum = (x: Shape, w: Shape): Kernel =>
  groupOf({ "%x": f32(...x), "#w": f32(...w), "%z": f32(...x.slice(0, 3), w[0]) }, [
    ["conv", ["%x", "#w"], { ...shared, pads: [0, 0, 0, 0] }, "%c"],
    ["add", ["%c", "%z"], {}, "%s"],
    ["transpose", ["%s"], toFirst, "%y"],
  ]).kernel;

const bytes = (x: Shape, w: Shape, last: "requantize" | "dequantize", attrs: Attrs = {}): Kernel =>
  groupOf({ "%x": tensorType("i8", x, perTensor(0.05, 3)), "#w": tensorType("i8", w, perTensor(0.01, 0)) }, [
    ["conv", ["%x", "#w"], { ...shared, pads: [0, 0, 0, 0], ...attrs }, "%c"],
    last === "requantize"
      ? ["requantize", ["%c"], { dtype: "i8", scale: 0.1, zero: -2, mode: "onnx-float" }, "%q"]
      : ["dequantize", ["%c"], {}, "%q"],
    ["transpose", ["%q"], toFirst, "%y"],
  ]).kernel;

const around = { pads: [1, 1, 1, 1] };
const KERNELS: Readonly<Record<string, Kernel>> = {
  "1x1": floats([1, 8, 8, 12], [32, 1, 1, 12]),
  "1x1, tails": floats([1, 7, 9, 5], [40, 1, 1, 5]),
  "1x1, two images": floats([2, 4, 7, 8], [16, 1, 1, 8]),
  "1x1, few pixels": floats([1, 1, 3, 8], [48, 1, 1, 8]),
  "1x1 with a sum": withSum([1, 6, 7, 9], [24, 1, 1, 9]),
  "3x3, stride 2": floats([1, 13, 15, 6], [32, 3, 3, 6], { ...around, strides: [2, 2] }),
  "3x3, Winograd": floats([1, 16, 12, 32], [32, 3, 3, 32], around),
  "3x3, Winograd, edges": floats([1, 14, 13, 32], [48, 3, 3, 32], around),
  depthwise: floats([1, 9, 10, 32], [32, 3, 3, 1], { ...around, groups: 32, strides: [2, 2] }),
  "1x1, bytes": bytes([1, 7, 8, 16], [32, 1, 1, 16], "requantize"),
  "1x1, bytes to floats": bytes([1, 6, 9, 20], [48, 1, 1, 20], "dequantize"),
  "3x3, bytes": bytes([1, 11, 12, 8], [32, 3, 3, 8], "requantize", around),
  "depthwise, bytes to floats": bytes([1, 8, 14, 32], [32, 3, 3, 1], "dequantize", { ...around, groups: 32 }),
};

function data(kernel: Kernel): Record<string, TypedArray> {
  const g = createGen(11);
  const given = kernel.buffers.filter((b) => b.role === "in" || b.role === "const");
  return Object.fromEntries(given.map((b) => [b.name, g.tensor({ dtype: b.dtype, shape: b.shape }).data]));
}

/** Largest difference in parts of the largest value; integers must agree. */
function error(want: TypedArray, got: TypedArray): number {
  const scale = want instanceof Float32Array ? [...want].reduce((m, v) => Math.max(m, Math.abs(v)), 1e-30) : 1e-30;
  return [...want].reduce((m: number, v, i) => Math.max(m, Math.abs(Number(v) - Number(got[i])) / scale), 0);
}

describe("a convolution writes its tiles in NCHW", () => {
  for (const [name, kernel] of Object.entries(KERNELS)) {
    it(name, () => {
      const want = runKernel(kernel, data(kernel), { checked: true }).y0;
      for (const [on, machine] of Object.entries(MACHINES)) {
        const { kernel: scheduled, steps } = scheduleKernel(kernel, machine);
        verifyKernel(scheduled);
        expect(applySteps(kernel, JSON.parse(JSON.stringify(steps))).stages).toEqual(scheduled.stages);
        const scratch = (k: Kernel) => k.buffers.flatMap((b) => (b.role === "scratch" ? [b.name] : []));
        expect(
          scratch(kernel).filter((b) => scratch(scheduled).includes(b)),
          `${on}: no sums in memory`,
        ).toEqual([]);
        const got = runKernel(scheduled, runPrepares(scheduled, data(kernel), { checked: true }), { checked: true }).y0;
        expect(error(want, got), on).toBeLessThan(1e-4);
      }
    });
  }
});

describe("the same in machine code", () => {
  itOnTargets(["llvm", "llvm -mcpu=skylake", "llvm -mcpu=x86-64"], (target, native) => {
    const kernels = Object.values(KERNELS).map((kernel) => scheduleKernel(kernel, target).kernel);
    const built = buildNative(native, kernels, target, { optLevel: 1 });
    Object.entries(KERNELS).forEach(([name, kernel], i) => {
      const want = runKernel(kernel, data(kernel)).y0;
      expect(error(want, built.run(i, runPrepares(kernels[i], data(kernel))).y0), name).toBeLessThan(1e-4);
    });
  });
});
