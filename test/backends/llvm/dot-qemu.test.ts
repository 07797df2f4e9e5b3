import { expect, it } from "vitest";
import { runKernel, runPrepares } from "../../../src/backends/js/run-kernel.js";
import type { Kernel } from "../../../src/ir/loop/stmt.js";
import { createGen } from "../../../src/ir/op/sample.js";
import type { TypedArray } from "../../../src/ir/op/tensor.js";
import { perTensor } from "../../../src/ir/type/quant.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { groupOf } from "../../ir/loop/build.js";
import { dotKernel } from "./dot-kernel.js";
import { openNative } from "./native.js";
import { canRunUnderQemu, compileForArm, runUnderQemu } from "./under-qemu.js";

/** The dot products alone, and integer convolutions as the default schedule of the target makes them. */
function kernelsFor(target: Parameters<typeof scheduleKernel>[1]): readonly Kernel[] {
  const conv = (x: "u8" | "i8", c: number, r: number, groups: number): Kernel => {
    const pads = Array.from({ length: 4 }, () => (r - 1) / 2);
    const spatial = { strides: [1, 1], pads, dilations: [1, 1], groups, layout: "channels_last" };
    const types = {
      "%x": tensorType(x, [1, 6, 6, c], perTensor(0.1, 9)),
      "#w": tensorType("i8", [16, r, r, c / groups], perTensor(0.02)),
    };
    return scheduleKernel(groupOf(types, [["conv", ["%x", "#w", ""], spatial, "%c"]]).kernel, target).kernel;
  };
  return [
    dotKernel("i8", 4),
    dotKernel("u8", 4),
    conv("u8", 8, 1, 1),
    conv("i8", 8, 1, 1),
    conv("u8", 12, 3, 1),
    conv("i8", 3, 3, 1),
    conv("u8", 16, 3, 16),
  ];
}

function dataOf(kernel: Kernel, seed: number): Record<string, TypedArray> {
  const g = createGen(seed);
  const all = [...kernel.buffers, ...kernel.prepare.flatMap((p) => p.kernel.buffers)];
  const given = all.filter((b) => b.role !== "scratch" && b.role !== "out");
  const originals = Object.fromEntries(given.map((b) => [b.name, g.tensor({ dtype: b.dtype, shape: b.shape }).data]));
  return runPrepares(kernel, originals);
}

it.skipIf(!canRunUnderQemu).each([
  ["neoverse-n1", ["sdot"]],
  ["neoverse-v1", ["sdot", "usdot"]],
] as const)(
  "byte products of %s under qemu = js",
  (cpu, expected) => {
    const native = openNative();
    const kernels = kernelsFor(native.target(`llvm -mtriple=aarch64-linux-gnu -mcpu=${cpu}`));
    const data = kernels.map((k, i) => dataOf(k, i + 1));
    const { objects, asm } = compileForArm(kernels, native, cpu);
    for (const name of expected) expect(asm).toMatch(new RegExp(`\\b${name}\\b`));
    runUnderQemu(kernels, objects, data).forEach((results, i) => {
      const want = runKernel(kernels[i], data[i]);
      expect(Object.keys(results)).toHaveLength(1);
      for (const [name, got] of Object.entries(results)) expect(got, `kernel ${i}, ${kernels[i].name}`).toEqual(want[name]);
    });
  },
  60_000,
);
