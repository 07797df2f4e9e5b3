import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { kernelsText } from "../../../src/backends/llvm/emit/kernels.js";
import { elfArch, linkShared } from "../../../src/backends/llvm/libllvm/link.js";
import { memFunctionsIR } from "../../../src/backends/llvm/libllvm/mem-functions.js";
import { kernelPasses } from "../../../src/backends/llvm/passes.js";
import { instrTable } from "../../../src/ir/instr/define.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { drawCase, lowerCase } from "../../ir/ops/lower-op.js";
import { openNative } from "./native.js";

it.each(["cortex-a53", "neoverse-v1"])("every op compiles and links for aarch64 %s, with nothing undefined", (cpu) => {
  const native = openNative();
  const target = native.target(`llvm -mtriple=aarch64-linux-gnu -mcpu=${cpu}`);
  const kernels = builtinOps.map((def) => lowerCase(def, drawCase(def, 5), (i) => i % 2 === 1).kernel);
  const machine = { triple: target.mtriple, cpu: target.mcpu, features: target.flags, optLevel: 3 } as const;
  const passes = kernelPasses(native.llvm.version);
  const main = native.llvm.compile({ texts: [kernelsText(kernels, target, instrTable([]), 64)], ...machine, passes });
  const memory = native.llvm.compile({ texts: [memFunctionsIR()], ...machine });
  expect(elfArch(main.object)).toBe("aarch64");
  const folder = mkdtempSync(join(tmpdir(), "qc-aarch64-"));
  try {
    linkShared({ objects: [main.object, memory.object], output: join(folder, "k.so"), exports: kernels.map((_, k) => `kernel_${k}`) });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
