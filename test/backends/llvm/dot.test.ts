import { describe, expect, it } from "vitest";
import { runKernel } from "../../../src/backends/js/run-kernel.js";
import { dotInstructions } from "../../../src/backends/llvm/emit/dot-instructions.js";
import { kernelsText } from "../../../src/backends/llvm/emit/kernels.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";
import { dotData, dotKernel } from "./dot-kernel.js";
import { buildNative, openNative } from "./native.js";
import { itOnTargets } from "./targets.js";

/** Every width that is one instruction of some target, several, or less than one. */
const KERNELS = (["u8", "i8"] as const).flatMap((t) => [1, 2, 4, 8, 16, 32].map((lanes) => dotKernel(t, lanes)));

/** The sums in exact integers, wrapped once. */
function sumsOf(data: ReturnType<typeof dotData>): readonly number[] {
  const [a, b, y] = [data.a, data.b, data.y].map((x) => [...(x as Int32Array)]);
  return y.map((old, i) => {
    const products = [0, 1, 2, 3].map((j) => BigInt(a[4 * i + j]) * BigInt(b[4 * i + j]));
    return Number(
      BigInt.asIntN(
        32,
        products.reduce((sum, p) => sum + p, BigInt(old)),
      ),
    );
  });
}

it.each(KERNELS.map((k) => [k.name, k] as const))("%s adds up products exactly in the JS engine", (_, kernel) => {
  const data = dotData(kernel);
  verifyKernel(kernel);
  expect([...(runKernel(kernel, data).y as Int32Array)]).toEqual(sumsOf(data));
});

describe("machine code adds up the same products: nothing saturates", () => {
  itOnTargets(["llvm", "llvm -mcpu=znver3", "llvm -mcpu=alderlake", "llvm -mcpu=x86-64"], (target, native) => {
    const built = buildNative(native, KERNELS, target);
    KERNELS.forEach((kernel, i) => {
      const data = dotData(kernel);
      expect([...(built.run(i, data).y as Int32Array)], kernel.name).toEqual(sumsOf(data));
    });
  });
});

describe("a processor that has the instruction runs it", () => {
  const native = openNative();
  const PROCESSORS = [
    "llvm -mtriple=x86_64-unknown-linux-gnu -mcpu=cascadelake",
    "llvm -mtriple=x86_64-unknown-linux-gnu -mcpu=alderlake",
    "llvm -mtriple=aarch64-unknown-linux-gnu -mcpu=neoverse-v1",
  ].map((target) => native.target(target));

  it.each(dotInstructions.map((i) => [`${i.name} on ${i.lanes} lanes with ${i.needs.join(", ")}`, i] as const))("%s", (_, i) => {
    const target = PROCESSORS.find((t) => i.needs.every((n) => t.features.includes(n)));
    if (!target) throw new Error(`no processor with ${i.needs.join(", ")}`);
    const text = kernelsText([dotKernel(i.of[0] as "u8" | "i8", i.lanes)], target, 64);
    expect(text.split(`call <${i.lanes} x i32> ${i.intrinsic}(`)).toHaveLength(2);
    const machine = { triple: target.mtriple, cpu: target.mcpu, features: target.flags };
    const { asm } = native.llvm.compile({ texts: [text], ...machine, optLevel: 2, emit: ["asm"] });
    expect(asm).toMatch(new RegExp(`\\b${i.name}\\b`));
  });
});
