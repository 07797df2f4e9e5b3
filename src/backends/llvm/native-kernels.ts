/** Single kernels as machine code in this process: what the tuner's worker builds, runs and times. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import koffi from "koffi";
import type { InstrTable } from "../../ir/instr/define.js";
import type { Kernel } from "../../ir/loop/stmt.js";
import type { Target } from "../../ir/target/target.js";
import { shortHash } from "../../support/hash.js";
import { kernelsText } from "./emit/kernels.js";
import { linkShared } from "./libllvm/link.js";
import { memFunctionsIR } from "./libllvm/mem-functions.js";
import type { LLVM } from "./libllvm/open.js";
import { kernelPasses } from "./passes.js";

const ALIGN = 64;

/** LLVM IR of one kernel, and a hash of it: kernels of equal hashes are the same code whatever steps led to them. */
export interface KernelCode {
  readonly text: string;
  readonly hash: string;
}

export function kernelCode(kernel: Kernel, target: Target, instrs: InstrTable): KernelCode {
  const text = kernelsText([kernel], target, instrs, ALIGN);
  return { text, hash: shortHash(text, 24) };
}

/** Machine code of one kernel under a symbol of its own. Errors: those of LLVM.compile. */
export function compileKernelCode(code: KernelCode, symbol: string, target: Target, llvm: LLVM): Uint8Array {
  const machine = { triple: target.mtriple, cpu: target.mcpu, features: target.flags };
  const text = code.text.replace("define void @kernel_0(", `define void @${symbol}(`);
  return llvm.compile({ texts: [text], optLevel: 3, ...machine, passes: kernelPasses(llvm.version) }).object;
}

/** The memory functions that LLVM may call: needed once by every set of kernels. */
export function memoryObject(target: Target, llvm: LLVM): Uint8Array {
  const machine = { triple: target.mtriple, cpu: target.mcpu, features: target.flags };
  return llvm.compile({ texts: [memFunctionsIR()], optLevel: 3, ...machine }).object;
}

/** Runs the kernel `repeats` times on operands in the order of its buffers, scratch included, each at a multiple of 64 bytes. */
export type NativeKernel = (operands: readonly Uint8Array[], repeats: number) => void;

export interface LoadedKernels {
  readonly run: readonly NativeKernel[];
  /** Unmaps the code; nothing of `run` may be called again. */
  unload(): void;
}

/** Links objects into one library, for one link costs as much as two builds, and loads it. Errors: QC-LINK-*. */
export function loadKernels(
  kernels: readonly { readonly symbol: string; readonly object: Uint8Array }[],
  memory: Uint8Array,
): LoadedKernels {
  const folder = mkdtempSync(join(tmpdir(), "qc-kernel-"));
  try {
    const path = join(folder, "kernels.so");
    linkShared({ objects: [...kernels.map((k) => k.object), memory], output: path, exports: kernels.map((k) => k.symbol) });
    const library = koffi.load(path);
    const run = kernels.map(({ symbol }): NativeKernel => {
      const call = library.func(symbol, "void", ["void **", "int64_t"]);
      return (operands, repeats) => call(operands, repeats);
    });
    return { run, unload: () => library.unload() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Zeroed memory at a multiple of 64 bytes. */
export function alignedBytes(bytes: number): Uint8Array {
  const room = new ArrayBuffer(Math.max(1, bytes) + 2 * ALIGN);
  const address = Number(koffi.address(room as never) as unknown as bigint);
  return new Uint8Array(room, (ALIGN - (address % ALIGN)) % ALIGN, bytes);
}
