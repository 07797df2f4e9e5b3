import { describe, expect, it } from "vitest";
import { runKernel, runPrepares } from "../../../src/backends/js/run-kernel.js";
import { type Drawn, difference, drawCase, lowerCase, operandData } from "../../../src/check/draw/op-case.js";
import type { Attrs } from "../../../src/ir/attr/attr.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";
import { inferOp } from "../../../src/ir/op/registry.js";
import { createGen } from "../../../src/ir/op/sample.js";
import type { Tensor } from "../../../src/ir/op/tensor.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { applySteps } from "../../../src/ir/schedule/apply.js";
import { perAxis, perTensor } from "../../../src/ir/type/quant.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { MACHINES } from "./machines.js";

const g = createGen(7);
const opNamed = (name: string) => {
  const def = builtinOps.find((d) => d.name === name);
  if (!def) throw new Error(name);
  return def;
};
const draw = (name: string, inputs: readonly (Tensor | null)[], attrs: Attrs): Drawn => {
  const done = inferOp(
    opNamed(name),
    inputs.map((t) => t?.type ?? null),
    attrs,
    (code, message) => {
      throw new Error(`${code} ${message}`);
    },
  );
  return { inputs, attrs: done.attrs, types: done.types };
};

/** eval = js(scheduled) on every machine; returns the step names of the last one. */
function same(name: string, c: Drawn, isConst = (i: number) => i > 0): string[] {
  const def = opNamed(name);
  const want = def.eval(c.inputs, c.attrs as never, c.types);
  let steps: string[] = [];
  for (const [machineName, machine] of Object.entries(MACHINES)) {
    const group = lowerCase(def, c, isConst);
    const scheduled = scheduleKernel(group.kernel, machine);
    verifyKernel(scheduled.kernel);
    const replayed = applySteps(group.kernel, JSON.parse(JSON.stringify(scheduled.steps)));
    expect({ ...replayed, name: scheduled.kernel.name }).toEqual(scheduled.kernel);
    const data = runPrepares(scheduled.kernel, operandData(group, c), { checked: true });
    const got = runKernel(scheduled.kernel, data, { checked: true });
    want.forEach((t, i) =>
      expect(difference(t, got[`y${i}`]) && `${name} on ${machineName}: ${difference(t, got[`y${i}`])}`).toBeNull(),
    );
    steps = scheduled.steps.map((s) => s.step);
  }
  return steps;
}

const t = (dtype: Tensor["type"]["dtype"], shape: number[], quant: Tensor["type"]["quant"] = null) =>
  g.tensor({ dtype, shape, quant });
const last = { layout: "channels_last" } as const;
const conv = (x: number[], w: number[], attrs: Attrs, bias = true) =>
  draw("conv", [t("f32", x), t("f32", w), bias ? t("f32", [w[0]]) : null], {
    strides: [1, 1],
    pads: [0, 0, 0, 0],
    dilations: [1, 1],
    ...last,
    ...attrs,
  });

describe("default schedules of reductions mean the same and tile", () => {
  it("3x3 convolution with padding, channels that do not divide", () => {
    expect(same("conv", conv([2, 7, 9, 5], [19, 3, 3, 5], { pads: [1, 1, 1, 1] }))).toEqual(
      expect.arrayContaining(["cache", "tile", "vectorize", "contract"]),
    );
  });
  it("1x1 convolution, collapsed", () =>
    expect(same("conv", conv([1, 6, 7, 8], [40, 1, 1, 8], {}))).toEqual(expect.arrayContaining(["collapse", "tile"])));
  it("strided and dilated convolution", () =>
    expect(
      same("conv", conv([1, 13, 15, 4], [32, 3, 3, 4], { strides: [2, 2], dilations: [2, 1], pads: [1, 0, 0, 1] })),
    ).toContain("tile"));
  it("grouped convolution", () =>
    expect(same("conv", conv([1, 6, 6, 8], [64, 3, 3, 4], { groups: 2, pads: [1, 1, 1, 1] }))).toContain("tile"));
  it("depthwise convolution", () =>
    expect(same("conv", conv([1, 8, 9, 24], [24, 3, 3, 1], { groups: 24, pads: [1, 1, 1, 1] }))).toContain("tile"));
  it("1-D and 3-D convolutions", () => {
    same("conv", conv([2, 20, 6], [16, 5, 6], { strides: [1], dilations: [1], pads: [2, 2] }));
    same("conv", conv([1, 4, 5, 6, 3], [16, 2, 3, 3, 3], { strides: [1, 2, 1], dilations: [1, 1, 1], pads: [0, 1, 1, 1, 1, 1] }));
  });
  it("channels first", () => {
    same("conv", conv([1, 5, 9, 20], [7, 5, 3, 3], { layout: "channels_first", pads: [1, 1, 1, 1] }));
  });
  it("dense layers of one row and of many", () => {
    expect(same("dense", draw("dense", [t("f32", [1, 33]), t("f32", [50, 33]), t("f32", [50])], {}))).toContain("tile");
    expect(same("dense", draw("dense", [t("f32", [3, 5, 33]), t("f32", [50, 33]), null], {}))).toContain("tile");
  });
  it("matrix products with variable operands", () => {
    expect(same("matmul", draw("matmul", [t("f32", [2, 11, 9]), t("f32", [2, 9, 37])], {}), () => false)).toContain("tile");
  });
  it("pooling", () => {
    const pool = { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], dilations: [1, 1], ...last };
    expect(same("max_pool", draw("max_pool", [t("f32", [1, 9, 11, 20])], pool))).toContain("tile");
    same("avg_pool", draw("avg_pool", [t("f32", [1, 9, 11, 20])], pool));
  });
  it("integer convolution through pairs, exact", () => {
    const c = draw(
      "conv",
      [t("i8", [1, 7, 9, 6], perTensor(0.5, 3)), t("i8", [24, 3, 3, 6], perAxis(0, Array(24).fill(0.1))), t("i32", [24])],
      {
        strides: [1, 1],
        pads: [1, 1, 1, 1],
        dilations: [1, 1],
        ...last,
      },
    );
    expect(same("conv", c)).toEqual(expect.arrayContaining(["pairs", "cache", "tile"]));
  });
  it("integer convolutions of odd depth, unsigned, depthwise, dense", () => {
    const w = perTensor(0.25, 5);
    const window = { strides: [2, 2], pads: [1, 1, 0, 0], dilations: [1, 1], ...last };
    const odd = draw("conv", [t("u8", [1, 9, 9, 3], perTensor(0.5, 128)), t("u8", [16, 3, 3, 3], w), null], window);
    expect(same("conv", odd)).toEqual(expect.arrayContaining(["widen", "pairs"]));
    same(
      "conv",
      draw("conv", [t("i8", [1, 9, 9, 16], perTensor(0.5, -7)), t("i8", [16, 3, 3, 1], w), t("i32", [16])], {
        ...window,
        groups: 16,
      }),
    );
    expect(same("dense", draw("dense", [t("i8", [1, 32], perTensor(0.5, 4)), t("i8", [20, 32], w), null], {}))).toContain(
      "pairs",
    );
  });
});

describe("the default schedule of every op means the same", () => {
  for (const def of builtinOps) {
    it(def.name, () => {
      for (let seed = 1; seed <= 12; seed++) same(def.name, drawCase(def, seed), (i) => i % 2 === 1);
    });
  }
});
