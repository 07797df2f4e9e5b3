/** Kernels as one C program, which is handed their operands and hands back their results. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHelpers } from "../../../src/backends/c/helpers.js";
import { kernelText } from "../../../src/backends/c/kernel.js";
import { memoryName, pragmas, typedefs } from "../../../src/backends/c/prelude.js";
import type { Buffer, Kernel } from "../../../src/ir/loop/stmt.js";
import { dataFromBytes, type TypedArray } from "../../../src/ir/op/tensor.js";
import { dtypeInfo } from "../../../src/ir/type/dtype.js";
import { numElements } from "../../../src/ir/type/tensor-type.js";
import { type Compiler, STRICT } from "./compilers.js";

const bytesOf = (b: Buffer): number => numElements(b.shape) * dtypeInfo(b.dtype).bytes;

/** Every buffer is a block of its own of exactly its size, so that a sanitizer sees each byte too far. */
const MAIN = `
int main(int argc, char **argv) {
  size_t at = 0;
  FILE *in = fopen(argv[1], "rb"), *out = fopen(argv[2], "wb");
  if (argc != 3 || !in || !out) return 1;
  for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
    void *buffers[64];
    for (size_t b = 0; b < counts[k]; b++) {
      buffers[b] = malloc(sizes[at + b] ? sizes[at + b] : 1);
      if (!buffers[b] || fread(buffers[b], 1, sizes[at + b], in) != sizes[at + b]) return 2;
    }
    kernels[k](buffers);
    for (size_t b = 0; b < counts[k]; b++) {
      if (fwrite(buffers[b], 1, sizes[at + b], out) != sizes[at + b]) return 3;
      free(buffers[b]);
    }
    at += counts[k];
  }
  return fclose(out) || fclose(in);
}
`;

export function kernelsProgram(kernels: readonly Kernel[]): string {
  const helpers = createHelpers();
  const functions = kernels.map((kernel, k) => {
    const each = <T>(of: (b: Buffer, i: number) => T) => kernel.buffers.map(of);
    const form = { kernel, params: each((_, i) => i), aligns: each(() => 8), overlaps: each(() => false) };
    const { text, parameters } = kernelText(form, `kernel_${k}`, kernel.name, memoryName, helpers);
    const args = parameters.map((p) => `(${p.type} *)b[${p.pointer}]`).join(", ");
    return `${text}\nstatic void call_${k}(void **b) { ${args ? "" : "(void)b; "}kernel_${k}(${args}); }`;
  });
  const text = functions.join("\n");
  return [
    "#include <stddef.h>\n#include <stdint.h>\n#include <stdio.h>\n#include <stdlib.h>",
    pragmas(false),
    typedefs(text, false),
    helpers.text(),
    text,
    `static void (*const kernels[])(void **) = {${kernels.map((_, k) => `call_${k}`).join(", ")}};`,
    `static const size_t counts[] = {${kernels.map((k) => k.buffers.length).join(", ")}};`,
    `static const size_t sizes[] = {${kernels.flatMap((k) => k.buffers.map(bytesOf)).join(", ")}};`,
    MAIN,
  ].join("\n");
}

export type KernelData = Readonly<Record<string, TypedArray>>;

/** All buffers of each kernel after it ran on its data. */
export function runKernels(
  compiler: Compiler,
  kernels: readonly Kernel[],
  data: readonly KernelData[],
): Record<string, TypedArray>[] {
  const folder = mkdtempSync(join(tmpdir(), "qc-c-kernels-"));
  try {
    writeFileSync(join(folder, "kernels.c"), kernelsProgram(kernels));
    const flags = [...STRICT, ...compiler.flags];
    execFileSync(compiler.path ?? "cc", [...flags, "kernels.c", "-o", "kernels"], { cwd: folder, encoding: "utf8" });
    const input = kernels.flatMap((k, i) =>
      k.buffers.map((b) => {
        const given = data[i][b.name];
        return given ? Buffer.from(given.buffer, given.byteOffset, bytesOf(b)) : Buffer.alloc(bytesOf(b));
      }),
    );
    writeFileSync(join(folder, "in"), Buffer.concat(input));
    const [command, ...args] = [...compiler.runner, join(folder, "kernels"), "in", "out"];
    execFileSync(command, args, { cwd: folder, encoding: "utf8" });
    const out = readFileSync(join(folder, "out"));
    let at = 0;
    return kernels.map((k) =>
      Object.fromEntries(
        k.buffers.map((b) => {
          const bytes = new Uint8Array(out.subarray(at, at + bytesOf(b)));
          at += bytesOf(b);
          return [b.name, dataFromBytes(b.dtype, bytes)];
        }),
      ),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
