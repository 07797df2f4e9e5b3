/** Single kernels as machine code in this process: what the tuner's worker builds, runs and times. */
import { join } from "node:path";
import koffi from "koffi";
import type { Kernel } from "../../ir/loop/stmt.js";
import type { Target } from "../../ir/target/target.js";
import { shortHash } from "../../support/hash.js";
import { withTempFolder } from "../../support/temp-folder.js";
import type { KernelCode, LoadedKernels, Measure, NativeKernel, SymbolObject } from "../backend.js";
import { linkShared } from "../native/link.js";
import { measuredKernelText } from "./emit/measured.js";
import { memFunctionsIR } from "./libllvm/mem-functions.js";
import type { LLVM } from "./libllvm/open.js";
import { measurePeak } from "./machine-peak.js";
import { kernelPasses } from "./passes.js";

/** Of the buffers that kernels are measured on. */
const ALIGN = 64;
const ENTRY = "kernel";

export function kernelCode(kernel: Kernel, target: Target): KernelCode {
  const text = measuredKernelText(kernel, ENTRY, target, ALIGN);
  return { text, hash: shortHash(text, 24) };
}

/** Machine code of one kernel under a symbol of its own. Errors: those of LLVM.compile. */
export function compileKernelCode(code: KernelCode, symbol: string, target: Target, llvm: LLVM): Uint8Array {
  const machine = { triple: target.mtriple, cpu: target.mcpu, features: target.flags };
  const text = code.text.replace(`define void @${ENTRY}(`, `define void @${symbol}(`);
  return llvm.compile({ texts: [text], optLevel: 3, ...machine, passes: kernelPasses(llvm.version) }).object;
}

/** The memory functions that LLVM may call: needed once by every set of kernels. */
export function memoryObject(target: Target, llvm: LLVM): Uint8Array {
  const machine = { triple: target.mtriple, cpu: target.mcpu, features: target.flags };
  return llvm.compile({ texts: [memFunctionsIR()], optLevel: 3, ...machine }).object;
}

/** Links objects into one library, for one link costs as much as two builds, and loads it. Errors: QC-LINK-*. */
export function loadKernels(kernels: readonly SymbolObject[], memory: Uint8Array): LoadedKernels {
  return withTempFolder("kernel", (folder) => {
    const path = join(folder, "kernels.so");
    linkShared({ objects: [...kernels.map((k) => k.object), memory], output: path, exports: kernels.map((k) => k.symbol) });
    const library = koffi.load(path);
    const run = kernels.map(({ symbol }): NativeKernel => {
      const call = library.func(symbol, "void", ["void *", "int64_t", "int64_t", "int64_t", "void *", "void *"]);
      return ({ pointers, sets }, first, repeats, pool) =>
        call(pointers, first, repeats, sets, pool?.parallelFor ?? null, pool?.pool ?? null);
    });
    return { run, unload: () => library.unload() };
  });
}

/** The tuner's side of a target of this machine. The memory functions are compiled once, with the first set of kernels. */
export function measureFor(llvm: LLVM, target: Target): Measure {
  let memory: Uint8Array | null = null;
  return {
    code: (kernel) => kernelCode(kernel, target),
    compile: (code, symbol) => compileKernelCode(code, symbol, target, llvm),
    load(kernels) {
      memory ??= memoryObject(target, llvm);
      return loadKernels(kernels, memory);
    },
    peak: () => measurePeak(llvm, target),
  };
}
