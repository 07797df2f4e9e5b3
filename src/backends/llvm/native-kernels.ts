/** Single kernels as machine code in this process: what the tuner's worker builds, runs and times. */
import { join } from "node:path";
import koffi from "koffi";
import type { InstrTable } from "../../ir/instr/define.js";
import type { Kernel } from "../../ir/loop/stmt.js";
import type { Target } from "../../ir/target/target.js";
import { shortHash } from "../../support/hash.js";
import { withTempFolder } from "../../support/temp-folder.js";
import { measuredKernelText } from "./emit/measured.js";
import { linkShared } from "./libllvm/link.js";
import { memFunctionsIR } from "./libllvm/mem-functions.js";
import type { LLVM } from "./libllvm/open.js";
import { kernelPasses } from "./passes.js";

const ALIGN = 64;
const ENTRY = "kernel";

/** LLVM IR of one kernel, and a hash of it: kernels of equal hashes are the same code whatever steps led to them. */
export interface KernelCode {
  readonly text: string;
  readonly hash: string;
}

export function kernelCode(kernel: Kernel, target: Target, instrs: InstrTable): KernelCode {
  const text = measuredKernelText(kernel, ENTRY, target, instrs, ALIGN);
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

/** A kernel's memory: tables of pointers, one after the other, to its buffers in their order, scratch included, each at a multiple of 64 bytes. */
export interface OperandTables {
  readonly pointers: BigUint64Array;
  readonly sets: number;
}

/** What runs the parallel loops: `void (pool, body, ctx, extent)` and its first argument, as pointers. */
export interface Pool {
  readonly parallelFor: unknown;
  readonly pool: unknown;
}

/** Runs the kernel `repeats` times, run i on table (first + i) mod sets. Without a pool on this thread alone. */
export type NativeKernel = (tables: OperandTables, first: number, repeats: number, pool: Pool | null) => void;

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

/** Where an array lies. */
export const addressOf = (bytes: Uint8Array): bigint =>
  BigInt(koffi.address(bytes.buffer as never) as unknown as bigint) + BigInt(bytes.byteOffset);

/** Zeroed memory at a multiple of 64 bytes. */
export function alignedBytes(bytes: number): Uint8Array {
  const room = new Uint8Array(Math.max(1, bytes) + 2 * ALIGN);
  const skip = (ALIGN - Number(addressOf(room) % BigInt(ALIGN))) % ALIGN;
  return room.subarray(skip, skip + bytes);
}
