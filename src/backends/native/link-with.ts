/** One run of a linker on objects. Which linker is found elsewhere. */
import { closeSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { failIo, makeFolder } from "../../support/fs.js";
import { withTempFolder } from "../../support/temp-folder.js";
import { runTool } from "./tools.js";

/** ld.lld itself, or a C compiler that links. */
export type Linker = { readonly kind: "lld" | "cc"; readonly path: string };

/** Bytes of one write. */
const MOST = 1 << 30;

/** A relocatable object: its bytes, or what makes them piece by piece, so that large ones are never in memory as a whole. */
export type ObjectFile = Uint8Array | { readonly pieces: () => Iterable<Uint8Array> };

export interface SharedLibrary {
  readonly objects: readonly ObjectFile[];
  readonly output: string;
  /** The dynamic symbols; everything else is local. */
  readonly exports: readonly string[];
  /** Keep the names of local symbols, for profilers and debuggers. */
  readonly keepSymbols: boolean;
  readonly limitMs: number;
}

export function writeObjects(folder: string, objects: readonly ObjectFile[]): readonly string[] {
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
export function linkInto(output: string, link: (temporary: string) => void): void {
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

/** Errors: QC-LINK-003 undefined symbol, 004 the linker failed, 005 time limit; QC-IO-*. */
export function linkWith({ kind, path }: Linker, { objects, output, exports, keepSymbols, limitMs }: SharedLibrary): void {
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
