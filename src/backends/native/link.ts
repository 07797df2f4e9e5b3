import { archOfElf, NATIVE_ARCHS, type NativeArch } from "../../ir/target/arch.js";
import { fail } from "../../support/diag.js";
import { withTempFolder } from "../../support/temp-folder.js";
import { findCompiler, findLinker } from "./find-tools.js";
import { type Linker, linkInto, linkWith, type ObjectFile, writeObjects } from "./link-with.js";
import { runTool } from "./tools.js";

const LIMIT_MS = 120_000;

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

/**
 * Objects to a shared library: no undefined symbols, only `exports` visible, unreferenced sections dropped, relocations read-only, no
 * build id and no paths inside, so equal objects give equal bytes.
 * Errors: QC-LINK-001 no linker, 007 none that works, 003 undefined symbol, 004 the linker failed, 005 time limit, 006 not an object.
 */
export function linkShared(options: LinkOptions): void {
  const { objects, output, exports = ["qc_model"], keepSymbols = false, limitMs = LIMIT_MS } = options;
  const first = objects.find((o) => o instanceof Uint8Array);
  if (first === undefined) fail("QC-LINK-006", "there are no objects to link");
  linkWith(options.linker ?? findLinker(elfArch(first)), { objects, output, exports, keepSymbols, limitMs });
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
