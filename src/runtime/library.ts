import { fileURLToPath } from "node:url";
import koffi from "koffi";
import { fail, QcError } from "../support/diag.js";
import { isFile } from "../support/fs.js";
import type { TypedArray } from "../support/npy.js";
import { libc } from "./native-memory.js";

/**
 * The address of something that libqcrt owns. Arguments and results are numbers, texts and typed arrays only: koffi converts them without a
 * call into JavaScript, which a worker that is being terminated could not answer; koffi would abort the process.
 */
export type Ptr = number;
/** An out-parameter: one cell that the callee fills with an address. */
export type Cell = BigUint64Array;
export const cell = (): Cell => new BigUint64Array(1);

/** QC_ABI_VERSION of runtime-c/qc.h. */
export const ABI_VERSION = 1;

/** The functions of runtime-c/qc.h in use; those that return a status return 0 for success. */
export interface Library {
  readonly path: string;
  readonly abiVersion: () => number;
  readonly lastError: () => string;
  readonly load: (path: string, net: Cell) => number;
  readonly close: (net: Ptr) => void;
  readonly describe: (net: Ptr) => Ptr;
  readonly contextCreate: (net: Ptr, options: ContextOptions, context: Cell) => number;
  readonly contextDestroy: (context: Ptr) => number;
  /** The memory stays bound: the array must stay alive, and its buffer attached, until the next call for the same index. */
  readonly setInput: (context: Ptr, index: number, data: TypedArray, bytes: number) => number;
  readonly setOutput: (context: Ptr, index: number, data: TypedArray, bytes: number) => number;
  readonly run: (context: Ptr, inputs: null, outputs: null) => number;
  readonly reset: (context: Ptr) => number;
  readonly profile: (context: Ptr, on: number) => number;
  readonly profileRead: (context: Ptr, ns: BigInt64Array, phases: number) => number;
}

/** qc_options without its size. */
export interface ContextOptions {
  readonly threads: number;
  readonly spin_us: number;
}

function find(): string {
  // src/runtime/library.ts and dist/runtime/library.js both lie two folders below the package
  const path = fileURLToPath(new URL("../../dist/runtime/libqcrt.so", import.meta.url));
  if (isFile(path)) return path;
  return fail("QC-RT-001", `the runtime library '${path}' is missing`, {
    help: "npm run build compiles it (a C compiler is needed)",
  });
}

function open(path: string): ReturnType<typeof koffi.load> {
  try {
    return koffi.load(path);
  } catch (error) {
    return fail("QC-RT-002", `the runtime library cannot be loaded: ${(error as Error).message}`, {
      help: "npm run build compiles it for this machine",
    });
  }
}

/** By path: a library stays mapped, and koffi keeps the types and functions of every binding (60 KB). */
const bound = new Map<string, Library>();

/** Opens libqcrt; `path` names another one than that of this package. QC-RT-001 where it is missing, QC-RT-002 where it does not fit. */
export function openLibrary(path: string = find()): Library {
  const library = bound.get(path) ?? bind(path);
  bound.set(path, library);
  return library;
}

/**
 * Binds the functions before they are needed, where they can be: koffi aborts the process when the worker that defines a function is being
 * terminated. What cannot be opened is told by openLibrary.
 */
export function bindEarly(): void {
  libc();
  try {
    openLibrary();
  } catch (error) {
    if (!(error instanceof QcError)) throw error;
  }
}

/** A qc_options: struct_bytes, arena, arena_bytes (of 8 bytes each; the arena is the context's own), threads, spin_us. */
function optionsBytes({ threads, spin_us }: ContextOptions): Uint8Array {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setInt32(24, threads, true);
  view.setInt32(28, spin_us, true);
  return bytes;
}

function bind(path: string): Library {
  const lib = open(path);
  const [at, memory] = ["uintptr_t", "void *"];
  const create = lib.func("qc_context_create", "int", [at, memory, memory]);
  const library: Library = {
    path,
    abiVersion: lib.func("qc_abi_version", "uint32_t", []),
    lastError: lib.func("qc_last_error", "str", []),
    load: lib.func("qc_load", "int", ["str", memory]),
    close: lib.func("qc_close", "void", [at]),
    describe: lib.func("qc_describe", at, [at]),
    contextCreate: (net, options, context) => create(net, optionsBytes(options), context),
    contextDestroy: lib.func("qc_context_destroy", "int", [at]),
    setInput: lib.func("qc_set_input", "int", [at, "int32_t", memory, "size_t"]),
    setOutput: lib.func("qc_set_output", "int", [at, "int32_t", memory, "size_t"]),
    run: lib.func("qc_run", "int", [at, memory, memory]),
    reset: lib.func("qc_reset", "int", [at]),
    profile: lib.func("qc_profile", "int", [at, "int"]),
    profileRead: lib.func("qc_profile_read", "int64_t", [at, memory, "int32_t"]),
  };
  const version = library.abiVersion();
  if (version === ABI_VERSION) return library;
  return fail("QC-RT-002", `the runtime library '${path}' has ABI version ${version}, this package ${ABI_VERSION}`, {
    help: "npm run build compiles it again",
  });
}

/** Turns a status into an error QC-RT-1NN (NN: its number in qc.h) that quotes the library. */
export function check(library: Library, status: number, help?: string): void {
  if (status !== 0) fail(`QC-RT-${100 + status}`, library.lastError(), { help: help ?? ADVICE[status] });
}

const RECOMPILE = "compile the model again with `qc compile` or `qc optimize`";
const ADVICE: Readonly<Record<number, string>> = {
  2: "name a folder that `qc compile` wrote, or its model.so, compiled for this kind of machine",
  3: "name the model.so that `qc compile` wrote",
  4: RECOMPILE,
  5: RECOMPILE,
  7: "the arena is allocated when the network is loaded; close networks that are not in use",
  9: "ask for fewer threads",
};
