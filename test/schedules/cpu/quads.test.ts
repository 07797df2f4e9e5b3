import { describe, expect, it } from "vitest";
import { runKernel, runPrepares } from "../../../src/backends/js/run-kernel.js";
import type { Kernel } from "../../../src/ir/loop/stmt.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";
import { createGen } from "../../../src/ir/op/sample.js";
import type { TypedArray } from "../../../src/ir/op/tensor.js";
import type { Machine } from "../../../src/ir/target/machine.js";
import { perTensor } from "../../../src/ir/type/quant.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { buildNative } from "../../backends/llvm/native.js";
import { itOnTargets } from "../../backends/llvm/targets.js";
import { groupOf } from "../../ir/loop/build.js";
import { INTEGER_MACHINES as MACHINES } from "./machines.js";

interface Conv {
  readonly x: readonly ["u8" | "i8", zero: number];
  readonly w?: readonly ["u8" | "i8", zero: number];
  /** n, h, w, c */
  readonly shape: readonly [number, number, number, number];
  /** k, r, s, c / groups */
  readonly weights: readonly [number, number, number, number];
  readonly stride?: number;
  readonly pad?: number;
  readonly groups?: number;
  readonly bias?: boolean;
}

const CONVS: Readonly<Record<string, Conv>> = {
  "1x1 of u8 in place": { x: ["u8", 0], shape: [1, 5, 7, 24], weights: [40, 1, 1, 24] },
  "1x1 of i8, bits turned": { x: ["i8", 5], shape: [1, 5, 6, 16], weights: [32, 1, 1, 16], bias: true },
  "1x1 with stride": { x: ["u8", 9], shape: [2, 7, 7, 8], weights: [16, 1, 1, 8], stride: 2 },
  "1x1 of odd depth": { x: ["u8", 3], shape: [1, 4, 4, 10], weights: [16, 1, 1, 10] },
  "3x3 with a halo of zero points": { x: ["u8", 130], shape: [1, 6, 6, 12], weights: [20, 3, 3, 12], pad: 1, bias: true },
  "3x3 of i8": { x: ["i8", -7], shape: [1, 6, 6, 8], weights: [16, 3, 3, 8], pad: 1 },
  "image of three channels": { x: ["i8", 3], shape: [1, 9, 9, 3], weights: [16, 3, 3, 3], stride: 2, pad: 1, bias: true },
  "image without padding": { x: ["u8", 114], shape: [1, 10, 9, 3], weights: [32, 3, 3, 3], stride: 2, bias: true },
  "images of i8 without padding": { x: ["i8", 3], shape: [2, 9, 10, 3], weights: [16, 3, 3, 3], stride: 2 },
  "weights of u8 around 128": { x: ["u8", 7], w: ["u8", 128], shape: [1, 4, 5, 8], weights: [16, 1, 1, 8] },
  "weights beyond i8": { x: ["u8", 7], w: ["u8", 100], shape: [1, 4, 5, 8], weights: [16, 3, 3, 8], pad: 1 },
  "1x1 with weights beyond i8": { x: ["i8", 5], w: ["u8", 131], shape: [2, 4, 5, 10], weights: [24, 1, 1, 10], bias: true },
  "i8 weights with a zero point": { x: ["u8", 9], w: ["i8", -3], shape: [1, 5, 5, 3], weights: [16, 3, 3, 3], stride: 2 },
  "weights beyond the caches": { x: ["u8", 7], shape: [1, 2, 2, 520], weights: [520, 1, 1, 520] },
  groups: { x: ["u8", 2], shape: [1, 4, 5, 64], weights: [64, 3, 3, 32], pad: 1, groups: 2 },
  depthwise: { x: ["u8", 0], shape: [1, 8, 8, 32], weights: [32, 3, 3, 1], pad: 1, groups: 32, bias: true },
  "depthwise of i8 with stride": { x: ["i8", 11], shape: [1, 9, 8, 16], weights: [16, 3, 3, 1], stride: 2, pad: 1, groups: 16 },
  "depthwise 5x5": { x: ["u8", 200], shape: [1, 7, 12, 16], weights: [16, 5, 5, 1], pad: 2, groups: 16 },
  "depthwise 5x5 with stride": { x: ["u8", 3], shape: [2, 8, 8, 16], weights: [16, 5, 5, 1], stride: 2, pad: 2, groups: 16 },
  "depthwise 7x7, odd": { x: ["u8", 1], shape: [1, 9, 9, 16], weights: [16, 7, 7, 1], pad: 3, groups: 16 },
  "depthwise without padding": { x: ["u8", 1], shape: [1, 9, 10, 48], weights: [48, 3, 3, 1], groups: 48 },
};

function kernelOf(c: Conv): Kernel {
  const { stride = 1, pad = 0, groups = 1 } = c;
  const [wt, wz] = c.w ?? ["i8", 0];
  const spatial = { strides: [stride, stride], pads: [pad, pad, pad, pad], dilations: [1, 1], groups, layout: "channels_last" };
  const types = {
    "%x": tensorType(c.x[0], c.shape, perTensor(0.1, c.x[1])),
    "#w": tensorType(wt, c.weights, perTensor(0.02, wz)),
    ...(c.bias ? { "#b": tensorType("i32", [c.weights[0]]) } : {}),
  };
  return groupOf(types, [
    ["conv", ["%x", "#w", c.bias ? "#b" : ""], spatial, "%c"],
    ["requantize", ["%c"], { dtype: "u8", scale: 3, zero: 4 }, "%y"],
  ]).kernel;
}

/** Full ranges: only sums that no instruction saturates come out right. */
function dataOf(kernel: Kernel): Record<string, TypedArray> {
  const g = createGen(9);
  return Object.fromEntries(
    kernel.buffers
      .filter((b) => b.role === "in" || b.role === "const")
      .map((b) => {
        const { data } = g.tensor({ dtype: b.dtype, shape: b.shape });
        const { min, max } = { u8: { min: 0, max: 255 }, i8: { min: -128, max: 127 } }[b.dtype as "u8"] ?? {
          min: -999,
          max: 999,
        };
        data.forEach((_, i) => {
          (data as Int8Array)[i] = i % 3 === 0 ? (i % 2 ? min : max) : g.int(min, max);
        });
        return [b.name, data];
      }),
  );
}

const stepsOf = (c: Conv, m: Machine): readonly string[] => scheduleKernel(kernelOf(c), m).steps.map((s) => s.step);

describe("integer convolutions in groups of products", () => {
  for (const [label, c] of Object.entries(CONVS)) {
    const kernel = kernelOf(c);
    const data = dataOf(kernel);
    const want = runKernel(kernel, data).y0;
    it.each(Object.entries(MACHINES))(`${label}: %s`, (_, machine) => {
      const scheduled = scheduleKernel(kernel, machine).kernel;
      verifyKernel(scheduled);
      expect(runKernel(scheduled, runPrepares(scheduled, data, { checked: true }), { checked: true }).y0).toEqual(want);
    });
  }

  it("quads where the machine has an exact instruction for them, pairs elsewhere", () => {
    const of = (name: string, m: string) => stepsOf(CONVS[name], MACHINES[m]);
    for (const m of ["avx512vnni", "avxvnni", "dotprod", "i8mm"]) {
      expect(of("1x1 of u8 in place", m)).toContain("quads");
      expect(of("3x3 of i8", m)).toContain("quads");
      expect(of("image of three channels", m)).toContain("quads");
      expect(of("image without padding", m)).toContain("quads");
      expect(of("1x1 of odd depth", m)).toContain("quads");
      expect(of("weights beyond i8", m)).toEqual(expect.arrayContaining(["recentre", "quads"]));
      expect(of("1x1 with weights beyond i8", m)).toEqual(expect.arrayContaining(["recentre", "quads"]));
      expect(of("depthwise", m)).toEqual(expect.arrayContaining(["windows", "quads"]));
    }
    expect(of("3x3 of i8", "avx2")).toContain("pairs");
    const large = scheduleKernel(kernelOf(CONVS["weights beyond the caches"]), MACHINES.avx2).kernel;
    expect(large.buffers.find((b) => b.name === "c0p")?.dtype).toBe("i8");
    expect(of("depthwise", "avx2")).toEqual(expect.arrayContaining(["windows", "pairs"]));
  });

  it("a 1x1 convolution of bytes has no copy of its activation", () => {
    const { kernel } = scheduleKernel(kernelOf(CONVS["1x1 of u8 in place"]), MACHINES.avx512vnni);
    expect(kernel.buffers.filter((b) => b.role === "scratch")).toEqual([]);
    const turned = scheduleKernel(kernelOf(CONVS["1x1 of i8, bits turned"]), MACHINES.avx512vnni).kernel;
    expect(turned.buffers.filter((b) => b.role === "scratch")).toEqual([]);
  });
});

describe("the same in machine code", () => {
  itOnTargets(["llvm", "llvm -mcpu=znver3", "llvm -mcpu=alderlake", "llvm -mcpu=x86-64"], (target, native) => {
    const cases = Object.entries(CONVS).map(([label, c]) => {
      const kernel = kernelOf(c);
      const data = dataOf(kernel);
      const scheduled = scheduleKernel(kernel, target).kernel;
      return { label, want: runKernel(kernel, data).y0, scheduled, data: runPrepares(scheduled, data) };
    });
    const built = buildNative(
      native,
      cases.map((c) => c.scheduled),
      target,
    );
    cases.forEach((c, i) => {
      expect(built.run(i, c.data).y0, c.label).toEqual(c.want);
    });
  });
});
