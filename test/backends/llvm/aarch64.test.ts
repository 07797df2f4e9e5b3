import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runKernel } from "../../../src/backends/js/run-kernel.js";
import { kernelsText } from "../../../src/backends/llvm/emit/kernels.js";
import { memFunctionsIR } from "../../../src/backends/llvm/libllvm/mem-functions.js";
import { kernelPasses } from "../../../src/backends/llvm/passes.js";
import { elfArch, linkShared } from "../../../src/backends/native/link.js";
import { difference, drawCase, lowerCase, operandData } from "../../../src/check/draw/op-case.js";
import type { Kernel } from "../../../src/ir/loop/stmt.js";
import { dataFromBytes } from "../../../src/ir/op/tensor.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { dtypeInfo } from "../../../src/ir/type/dtype.js";
import { numElements, tensorType } from "../../../src/ir/type/tensor-type.js";
import { openNative } from "./native.js";

const native = openNative();
const cases = builtinOps.flatMap((def) =>
  [5, 6].map((seed) => {
    const c = drawCase(def, seed);
    const group = lowerCase(def, c, (i) => i % 2 === 1);
    return { name: `${def.name}, seed ${seed}`, kernel: group.kernel, data: operandData(group, c) };
  }),
);
const kernels = cases.map((x) => x.kernel);

function compileFor(cpu: string): readonly Uint8Array[] {
  const target = native.target(`llvm -mtriple=aarch64-linux-gnu -mcpu=${cpu}`);
  const machine = { triple: target.mtriple, cpu: target.mcpu, features: target.flags, optLevel: 3 } as const;
  const passes = kernelPasses(native.llvm.version);
  const main = native.llvm.compile({ texts: [kernelsText(kernels, target, 64)], ...machine, passes });
  return [main.object, native.llvm.compile({ texts: [memFunctionsIR()], ...machine }).object];
}

function withFolder<T>(body: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "qc-aarch64-"));
  try {
    return body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it("every op links for an aarch64 with SVE, with nothing undefined", () => {
  const objects = compileFor("neoverse-v1");
  expect(elfArch(objects[0])).toBe("aarch64");
  withFolder((folder) => linkShared({ objects, output: join(folder, "k.so"), exports: kernels.map((_, k) => `kernel_${k}`) }));
});

/** Reads all operands of all kernels from stdin, runs each kernel once, and writes all operands to stdout. */
const HARNESS = (list: readonly Kernel[]): string => `
#include <stdio.h>
#include <stdlib.h>
${list.map((_, k) => `extern void kernel_${k}(void **, long);`).join("\n")}
static void (*const kernels[])(void **, long) = {${list.map((_, k) => `kernel_${k}`).join(", ")}};
static const long counts[] = {${list.map((k) => k.buffers.length).join(", ")}};
static const long sizes[] = {${list.flatMap((k) => k.buffers.map(bytesOf)).join(", ")}};
int main(void) {
  const long *size = sizes;
  for (int k = 0; k < ${list.length}; k++) {
    void *buffers[64];
    for (int i = 0; i < counts[k]; i++) {
      buffers[i] = aligned_alloc(64, (size[i] + 127) / 64 * 64);
      if (fread(buffers[i], 1, size[i], stdin) != (size_t)size[i]) return 1;
    }
    kernels[k](buffers, 1);
    for (int i = 0; i < counts[k]; i++) fwrite(buffers[i], 1, size[i], stdout), free(buffers[i]);
    size += counts[k];
  }
  return 0;
}
`;

function bytesOf(b: Kernel["buffers"][0]): number {
  return numElements(b.shape) * dtypeInfo(b.dtype).bytes;
}

const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

it.skipIf(!has("aarch64-linux-gnu-gcc") || !has("qemu-aarch64"))(
  "every op, aarch64 under qemu = js",
  () =>
    withFolder((folder) => {
      const objects = compileFor("cortex-a53").map((bytes, i) => {
        writeFileSync(join(folder, `${i}.o`), bytes);
        return join(folder, `${i}.o`);
      });
      writeFileSync(join(folder, "main.c"), HARNESS(kernels));
      const program = join(folder, "main");
      execFileSync("aarch64-linux-gnu-gcc", ["-static", "-O1", join(folder, "main.c"), ...objects, "-o", program]);
      const input = cases.flatMap(({ kernel, data }) =>
        kernel.buffers.map((b) => {
          const given = data[b.name];
          return given ? Buffer.from(given.buffer, given.byteOffset, bytesOf(b)) : Buffer.alloc(bytesOf(b));
        }),
      );
      const output = execFileSync("qemu-aarch64", [program], { input: Buffer.concat(input), maxBuffer: 1 << 28 });
      let at = 0;
      const failures = cases.flatMap(({ name, kernel, data }) => {
        const want = runKernel(kernel, data);
        return kernel.buffers.flatMap((b) => {
          const got = dataFromBytes(b.dtype, output.subarray(at, at + bytesOf(b)));
          at += bytesOf(b);
          if (b.role !== "out" && b.role !== "inout") return [];
          const differs = difference({ type: tensorType(b.dtype, b.shape), data: want[b.name] }, got);
          return differs === null ? [] : [`${name}, ${b.name}: ${differs}`];
        });
      });
      expect(failures).toEqual([]);
    }),
  60_000,
);
