import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runKernel } from "../../../src/backends/js/run-kernel.js";
import { elfArch, linkShared } from "../../../src/backends/native/link.js";
import { difference, drawCase, lowerCase, operandData } from "../../../src/check/draw/op-case.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { openNative } from "./native.js";
import { canRunUnderQemu, compileForArm, runUnderQemu } from "./under-qemu.js";

const native = openNative();
const cases = builtinOps.flatMap((def) =>
  [5, 6].map((seed) => {
    const c = drawCase(def, seed);
    const group = lowerCase(def, c, (i) => i % 2 === 1);
    return { name: `${def.name}, seed ${seed}`, kernel: group.kernel, data: operandData(group, c) };
  }),
);
const kernels = cases.map((x) => x.kernel);

it("every op links for an aarch64 with SVE, with nothing undefined", () => {
  const { objects } = compileForArm(kernels, native, "neoverse-v1");
  expect(elfArch(objects[0])).toBe("aarch64");
  const folder = mkdtempSync(join(tmpdir(), "qc-aarch64-"));
  try {
    linkShared({ objects, output: join(folder, "k.so"), exports: kernels.map((_, k) => `kernel_${k}`) });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it.skipIf(!canRunUnderQemu)(
  "every op, aarch64 under qemu = js",
  () => {
    const { objects } = compileForArm(kernels, native, "cortex-a53");
    const results = runUnderQemu(
      kernels,
      objects,
      cases.map((x) => x.data),
    );
    const failures = cases.flatMap(({ name, kernel, data }, i) => {
      const want = runKernel(kernel, data);
      return kernel.buffers.flatMap((b) => {
        const got = results[i][b.name];
        const differs = got && difference({ type: tensorType(b.dtype, b.shape), data: want[b.name] }, got);
        return differs ? [`${name}, ${b.name}: ${differs}`] : [];
      });
    });
    expect(failures).toEqual([]);
  },
  60_000,
);
