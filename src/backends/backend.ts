/** What makes code of a program: one backend for a kind of target. Everything above knows backends by this interface alone. */
import type { BlobStore } from "../ir/blob/blob-store.js";
import type { Program } from "../ir/loop/program.js";
import type { Kernel } from "../ir/loop/stmt.js";
import type { NativeArch } from "../ir/target/arch.js";
import type { MachinePeak } from "../ir/target/roofline.js";
import type { TargetSpec } from "../ir/target/syntax.js";
import type { Target } from "../ir/target/target.js";
import type { Diag } from "../support/diag.js";
import type { ObjectFile } from "./native/link-with.js";

export interface Backend {
  /** The first word of its target strings. */
  readonly name: string;
  readonly doc: string;
  accepts(target: TargetSpec): boolean;
  /** Finds the libraries and tools that it cannot do without, and fills the target in. Errors: coded, before any work is done. */
  open(target: TargetSpec): Engine;
}

/** A backend with its tools, for one target. */
export interface Engine {
  readonly target: Target;
  /** What makes the code, with versions: { llvm: "19.1.7" }. For model.json. */
  readonly toolchain: Readonly<Record<string, string>>;
  /** What `--emit` may ask for besides what a build always holds. */
  readonly emits: readonly string[];
  /**
   * Tries the tools that a build ends with, before any work is done. Returns warnings: about tools that are passed over since they do not work, or
   * do so only in part. Errors: coded, where none works.
   */
  ready(request: { readonly bundle: boolean }): readonly Diag[];
  /** What code for the target needs and this machine lacks; empty: it runs here. */
  missingHere(): readonly string[];
  /** The program in the words that `emit` knows. */
  legalize?(program: Program): Program;
  /** The program as text; constants stand apart where the backend links them. Errors: coded, where a program cannot be said. */
  emit(program: Program, blobs: BlobStore, options: EmitOptions): Emitted;
  /** Objects that together define `qc_model` and need nothing; null where the tool that makes them is not installed. */
  build(emitted: Emitted, options: { readonly asm: boolean }): Built | null;
  /** For searches of schedules: absent where there is nothing to search. */
  readonly measure?: Measure;
}

export interface EmitOptions {
  /** Name and version of the compiler. */
  readonly producer: string;
}

/** A text file, in pieces so that a large one is never in memory as a whole. */
export interface Text {
  readonly name: string;
  pieces(): Iterable<string>;
  /** The word of `--emit` that asks for it; null: part of every build. */
  readonly wanted: string | null;
}

export interface Emitted {
  /** Names the program in messages. */
  readonly name: string;
  readonly texts: readonly Text[];
  /** Constants that are linked to the code. */
  constants(arch: NativeArch): readonly ObjectFile[];
}

export interface Built {
  readonly objects: readonly ObjectFile[];
  readonly asm?: string;
}

/** Code of one kernel, and a hash of it: kernels of equal hashes are the same code whatever steps led to them. */
export interface KernelCode {
  readonly text: string;
  readonly hash: string;
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

export interface SymbolObject {
  readonly symbol: string;
  readonly object: Uint8Array;
}

/** Single kernels as machine code in this process: what the tuner's worker builds, runs and times. */
export interface Measure {
  code(kernel: Kernel): KernelCode;
  /** Machine code of one kernel under a symbol of its own. */
  compile(code: KernelCode, symbol: string): Uint8Array;
  /** Links objects into one library, for one link costs as much as two builds, and loads it. */
  load(kernels: readonly SymbolObject[]): LoadedKernels;
  /** What one core of this machine can do at best; takes about a second. */
  peak(): MachinePeak;
}

/** Work below which waking threads costs more than it saves: measured 3 to 6 microseconds a wake, at about 20 operations a nanosecond. */
export const PARALLEL_WORK = 100_000;
