import { fileURLToPath } from "node:url";
import koffi from "koffi";
import { fail } from "../support/diag.js";
import { isFile } from "../support/fs.js";
import type { TypedArray } from "../support/npy.js";
import { type Description, descriptorReader } from "./descriptor.js";

/** A pointer owned by libqcrt. */
export interface Ptr {
  readonly opaque: "libqcrt";
}
/** An out-parameter: one cell that the callee fills. */
export type Cell = [Ptr | null];

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
  readonly contextDestroy: (context: Ptr) => void;
  /** The memory stays bound: the array must stay alive, and its buffer attached, until the next call for the same index. */
  readonly setInput: (context: Ptr, index: number, data: TypedArray, bytes: number) => number;
  readonly setOutput: (context: Ptr, index: number, data: TypedArray, bytes: number) => number;
  readonly run: (context: Ptr, inputs: null, outputs: null) => number;
  readonly reset: (context: Ptr) => number;
  readonly profile: (context: Ptr, on: number) => number;
  /** Decodes what describe() returns. */
  readonly readDescriptor: (descriptor: Ptr) => Description;
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

function bind(path: string): Library {
  const lib = open(path);
  const ptr = "void *";
  const cell = koffi.out(koffi.pointer(ptr));
  const options = koffi.struct({
    struct_bytes: "size_t",
    arena: ptr,
    arena_bytes: "size_t",
    threads: "int32_t",
    spin_us: "int32_t",
  });
  const create = lib.func("qc_context_create", "int", [ptr, koffi.pointer(options), cell]);
  const library: Library = {
    path,
    abiVersion: lib.func("qc_abi_version", "uint32_t", []),
    lastError: lib.func("qc_last_error", "str", []),
    load: lib.func("qc_load", "int", ["str", cell]),
    close: lib.func("qc_close", "void", [ptr]),
    describe: lib.func("qc_describe", ptr, [ptr]),
    contextCreate: (net, given, context) =>
      create(net, { struct_bytes: koffi.sizeof(options), arena: null, arena_bytes: 0, ...given }, context),
    contextDestroy: lib.func("qc_context_destroy", "void", [ptr]),
    setInput: lib.func("qc_set_input", "int", [ptr, "int32_t", ptr, "size_t"]),
    setOutput: lib.func("qc_set_output", "int", [ptr, "int32_t", ptr, "size_t"]),
    run: lib.func("qc_run", "int", [ptr, ptr, ptr]),
    reset: lib.func("qc_reset", "int", [ptr]),
    profile: lib.func("qc_profile", "int", [ptr, "int"]),
    readDescriptor: descriptorReader(),
    profileRead: lib.func("qc_profile_read", "int64_t", [ptr, ptr, "int32_t"]),
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
