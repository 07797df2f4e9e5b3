/** Kernels as a program for 64-bit Arm, in the emulator. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelsText } from "../../../src/backends/llvm/emit/kernels.js";
import { memFunctionsIR } from "../../../src/backends/llvm/libllvm/mem-functions.js";
import { kernelPasses } from "../../../src/backends/llvm/passes.js";
import type { Kernel, Buffer as LoopBuffer } from "../../../src/ir/loop/stmt.js";
import { dataFromBytes, type TypedArray } from "../../../src/ir/op/tensor.js";
import { dtypeInfo } from "../../../src/ir/type/dtype.js";
import { numElements } from "../../../src/ir/type/tensor-type.js";
import type { Native } from "./native.js";

const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;
export const canRunUnderQemu = has("aarch64-linux-gnu-gcc") && has("qemu-aarch64");

const bytesOf = (b: LoopBuffer): number => numElements(b.shape) * dtypeInfo(b.dtype).bytes;

/** The objects of the kernels, which export `kernel_<i>`, and the assembly. */
export function compileForArm(kernels: readonly Kernel[], native: Native, cpu: string) {
  const target = native.target(`llvm -mtriple=aarch64-linux-gnu -mcpu=${cpu}`);
  const machine = { triple: target.mtriple, cpu: target.mcpu, features: target.flags, optLevel: 3 } as const;
  const texts = [kernelsText(kernels, target, 64)];
  const main = native.llvm.compile({ texts, ...machine, passes: kernelPasses(native.llvm.version), emit: ["asm"] });
  return { objects: [main.object, native.llvm.compile({ texts: [memFunctionsIR()], ...machine }).object], asm: main.asm };
}

/** Reads all operands of all kernels from stdin, runs each kernel once, and writes all operands to stdout. */
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

/** What each kernel leaves in the buffers that it writes, by name; buffers without data begin as zeros. */
export function runUnderQemu(
  kernels: readonly Kernel[],
  objects: readonly Uint8Array[],
  data: readonly Readonly<Record<string, TypedArray>>[],
): readonly Readonly<Record<string, TypedArray>>[] {
  const folder = mkdtempSync(join(tmpdir(), "qc-qemu-"));
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  try {
    const program = join(folder, "main");
    const files = [file("main.c", harness(kernels)), ...objects.map((bytes, i) => file(`${i}.o`, bytes))];
    execFileSync("aarch64-linux-gnu-gcc", ["-static", "-O1", ...files, "-o", program]);
    const input = kernels.flatMap((k, i) =>
      k.buffers.map((b) => {
        const given = data[i][b.name];
        return given ? Buffer.from(given.buffer, given.byteOffset, bytesOf(b)) : Buffer.alloc(bytesOf(b));
      }),
    );
    const output = execFileSync("qemu-aarch64", ["-cpu", "max", program], { input: Buffer.concat(input), maxBuffer: 1 << 28 });
    let at = 0;
    return kernels.map((k) =>
      Object.fromEntries(
        k.buffers.flatMap((b) => {
          const bytes = output.subarray(at, at + bytesOf(b));
          at += bytesOf(b);
          return b.role === "out" || b.role === "inout" ? [[b.name, dataFromBytes(b.dtype, bytes)]] : [];
        }),
      ),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
