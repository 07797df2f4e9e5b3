import { closeSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { archOfElf, NATIVE_ARCHS, type NativeArch } from "../../ir/target/arch.js";
import { fail } from "../../support/diag.js";
import { failIo, makeFolder } from "../../support/fs.js";
import { withTempFolder } from "../../support/temp-folder.js";
import { findCompiler, findLinker, type Linker, runTool } from "./tools.js";

const LIMIT_MS = 120_000;
/** Bytes of one write. */
const MOST = 1 << 30;

/** A relocatable object: its bytes, or what makes them piece by piece, so that large ones are never in memory as a whole. */
export type ObjectFile = Uint8Array | { readonly pieces: () => Iterable<Uint8Array> };

/** The architecture of an ELF object. Errors: QC-LINK-006. */
export function elfArch(object: Uint8Array): NativeArch {
  const view = new DataView(object.buffer, object.byteOffset, object.byteLength);
  const isElf = object.byteLength > 20 && view.getUint32(0) === 0x7f454c46;
  const arch = isElf ? archOfElf(view.getUint16(18, true)) : null;
  return arch ?? fail("QC-LINK-006", `this is not an object file for ${NATIVE_ARCHS.join(" or ")}`);
}

export interface LinkOptions {
  /** At least one is whole: it tells the architecture. */
  readonly objects: readonly ObjectFile[];
  readonly output: string;
  /** The dynamic symbols; everything else is local. Default: `qc_model`. */
  readonly exports?: readonly string[];
  /** Keep the names of local symbols, for profilers and debuggers. */
  readonly keepSymbols?: boolean;
  readonly linker?: Linker;
  readonly limitMs?: number;
}

function writeObjects(folder: string, objects: readonly ObjectFile[]): readonly string[] {
  return objects.map((object, i) => {
    const path = join(folder, `${i}.o`);
    writeObject(path, object);
    return path;
  });
}

/** Writes an object to a file. Errors: QC-IO-*. */
export function writeObject(path: string, object: ObjectFile): void {
  if (object instanceof Uint8Array) return writeTemporary(path, object);
  try {
    const file = openSync(path, "w");
    try {
      for (const piece of object.pieces()) {
        for (let done = 0; done < piece.byteLength; )
          done += writeSync(file, piece, done, Math.min(piece.byteLength - done, MOST));
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    failIo(error, "write", path);
  }
}

function writeTemporary(path: string, data: Uint8Array | string): void {
  try {
    writeFileSync(path, data);
  } catch (error) {
    failIo(error, "write", path);
  }
}

/** Links to a name beside the output, then renames: the output is whole or as it was. */
function linkInto(output: string, link: (temporary: string) => void): void {
  makeFolder(dirname(output));
  const temporary = join(dirname(output), `.${basename(output)}.qc-${process.pid}`);
  try {
    link(temporary);
    renameSync(temporary, output);
  } catch (error) {
    rmSync(temporary, { force: true });
    failIo(error, "write", output);
  }
}

/**
 * Objects to a shared library: no undefined symbols, only `exports` visible, unreferenced sections dropped, relocations read-only, no
 * build id and no paths inside, so equal objects give equal bytes.
 * Errors: QC-LINK-001 no linker, 003 undefined symbol, 004 the linker failed, 005 time limit, 006 not an object.
 */
export function linkShared(options: LinkOptions): void {
  const { objects, output, exports = ["qc_model"], keepSymbols = false, limitMs = LIMIT_MS } = options;
  const first = objects.find((o) => o instanceof Uint8Array);
  if (first === undefined) fail("QC-LINK-006", "there are no objects to link");
  const { kind, path } = options.linker ?? findLinker(elfArch(first));
  withTempFolder("link", (folder) => {
    const script = join(folder, "exports.map");
    writeTemporary(script, `{ global: ${exports.map((s) => `${s};`).join(" ")} local: *; };\n`);
    const flags = [
      ...["-z", "defs", "-z", "relro", "-z", "now", "-z", "noexecstack", "--gc-sections", "--build-id=none"],
      ...["--hash-style=gnu", `--version-script=${script}`, keepSymbols ? "--discard-locals" : "--strip-all"],
      // lld maps its output: on a full disk that ends in SIGBUS instead of an error
      ...(kind === "lld" ? ["--threads=1", "--no-mmap-output-file"] : []),
    ];
    const files = writeObjects(folder, objects);
    linkInto(output, (temporary) => {
      const common = ["-shared", ...files, "-o", temporary];
      const args = kind === "lld" ? [...flags, ...common] : ["-nostdlib", ...flags.map((f) => `-Wl,${f}`), ...common];
      runTool(path, args, limitMs);
    });
  });
}

export interface ExecutableOptions {
  readonly arch: NativeArch;
  readonly objects: readonly ObjectFile[];
  /** C files, archives and objects on disk. */
  readonly files: readonly string[];
  readonly includeDirs?: readonly string[];
  /** Further compiler flags, such as `-O2`. */
  readonly flags?: readonly string[];
  /** Default: `pthread`, `m`. */
  readonly libraries?: readonly string[];
  readonly output: string;
  readonly limitMs?: number;
}

/**
 * Objects and C files to one executable, through a C compiler for `arch` (QC_CC, or cc; aarch64-linux-gnu-gcc when crossing).
 * Errors: QC-LINK-002 no compiler; 003 to 005 as `linkShared`.
 */
export function linkExecutable(options: ExecutableOptions): void {
  const { arch, objects, files, includeDirs = [], flags = ["-O2"], libraries = ["pthread", "m"], output } = options;
  const compiler = findCompiler(arch);
  withTempFolder("link", (folder) => {
    const inputs = [...files, ...writeObjects(folder, objects)];
    const includes = includeDirs.map((dir) => `-I${dir}`);
    const libs = libraries.map((name) => `-l${name}`);
    linkInto(output, (temporary) => {
      const hardening = ["-s", "-Wl,--gc-sections", "-Wl,--build-id=none", "-Wl,-z,noexecstack"];
      runTool(compiler, [...flags, ...includes, ...inputs, ...hardening, "-o", temporary, ...libs], options.limitMs ?? LIMIT_MS);
    });
  });
}
