import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runKernel, runPrepares } from "../../../src/backends/js/run-kernel.js";
import { kernelsText } from "../../../src/backends/llvm/emit/kernels.js";
import { memFunctionsIR } from "../../../src/backends/llvm/libllvm/mem-functions.js";
import { kernelPasses } from "../../../src/backends/llvm/passes.js";
import type { Kernel, Buffer as LoopBuffer } from "../../../src/ir/loop/stmt.js";
import { createGen } from "../../../src/ir/op/sample.js";
import { dataFromBytes, type TypedArray } from "../../../src/ir/op/tensor.js";
import { dtypeInfo } from "../../../src/ir/type/dtype.js";
import { perTensor } from "../../../src/ir/type/quant.js";
import { numElements, tensorType } from "../../../src/ir/type/tensor-type.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { groupOf } from "../../ir/loop/build.js";
import { dotKernel } from "./dot-kernel.js";
import { openNative } from "./native.js";

const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;
const bytesOf = (b: LoopBuffer): number => numElements(b.shape) * dtypeInfo(b.dtype).bytes;

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

const harness = (list: readonly Kernel[]): string => `
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

const canRun = has("aarch64-linux-gnu-gcc") && has("qemu-aarch64");

it.skipIf(!canRun).each([
  ["neoverse-n1", ["sdot"]],
  ["neoverse-v1", ["sdot", "usdot"]],
] as const)(
  "byte products of %s under qemu = js",
  (cpu, expected) => {
    const native = openNative();
    const target = native.target(`llvm -mtriple=aarch64-linux-gnu -mcpu=${cpu}`);
    const kernels = kernelsFor(target);
    const data = kernels.map((k, i) => dataOf(k, i + 1));
    const machine = { triple: target.mtriple, cpu: target.mcpu, features: target.flags, optLevel: 3 } as const;
    const text = kernelsText(kernels, target, 64);
    const main = native.llvm.compile({ texts: [text], ...machine, passes: kernelPasses(native.llvm.version), emit: ["asm"] });
    for (const name of expected) expect(main.asm).toMatch(new RegExp(`\\b${name}\\b`));
    const folder = mkdtempSync(join(tmpdir(), "qc-dot-"));
    try {
      const objects = [main.object, native.llvm.compile({ texts: [memFunctionsIR()], ...machine }).object].map((bytes, i) => {
        writeFileSync(join(folder, `${i}.o`), bytes);
        return join(folder, `${i}.o`);
      });
      writeFileSync(join(folder, "main.c"), harness(kernels));
      const program = join(folder, "main");
      execFileSync("aarch64-linux-gnu-gcc", ["-static", "-O1", join(folder, "main.c"), ...objects, "-o", program]);
      const input = kernels.flatMap((k, i) =>
        k.buffers.map((b) => {
          const given = data[i][b.name];
          return given ? Buffer.from(given.buffer, given.byteOffset, bytesOf(b)) : Buffer.alloc(bytesOf(b));
        }),
      );
      const output = execFileSync("qemu-aarch64", ["-cpu", "max", program], { input: Buffer.concat(input), maxBuffer: 1 << 28 });
      let at = 0;
      for (const [i, k] of kernels.entries()) {
        const want = runKernel(k, data[i]);
        for (const b of k.buffers) {
          const got = dataFromBytes(b.dtype, output.subarray(at, at + bytesOf(b)));
          at += bytesOf(b);
          if (b.role === "out" || b.role === "inout") expect(got, `kernel ${i}, ${k.name}`).toEqual(want[b.name]);
        }
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  60_000,
);
