import { existsSync } from "node:fs";
import { fail } from "../../../support/diag.js";
import { type Library, loadBindings } from "./bindings.js";

const NEWEST = 21;
const OLDEST = 15;

/** File names under which distributions install libLLVM, newest version first. */
export function libraryNames(): readonly string[] {
  const versions = Array.from({ length: NEWEST - OLDEST + 1 }, (_, i) => NEWEST - i);
  return versions.flatMap((v) => [
    `libLLVM.so.${v}.1`,
    `libLLVM-${v}.so`,
    `libLLVM-${v}.so.1`,
    `/usr/lib/llvm-${v}/lib/libLLVM.so`,
    `/usr/lib/llvm-${v}/lib/libLLVM.so.1`,
    `/usr/lib64/llvm${v}/lib64/libLLVM.so`,
  ]);
}

const ADVICE =
  "apt install libllvm19 (any version from 15 on will do), or set QC_LIBLLVM to the path of a libLLVM shared library";

function tryLoad(path: string): Library | string {
  try {
    return loadBindings(path) ?? "older than LLVM 15";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Loads libLLVM: `path` (QC_LIBLLVM) if given, else the newest of the names that load.
 * Errors: QC-LLVM-001 none found; QC-LLVM-002 the given path, or the only libraries found, cannot be used.
 */
export function findLibrary(path: string | undefined, names: readonly string[] = libraryNames()): Library {
  if (path) {
    if (path.includes("/") && !existsSync(path)) {
      fail("QC-LLVM-002", `QC_LIBLLVM names '${path}', which does not exist`, { help: ADVICE });
    }
    const given = tryLoad(path);
    if (typeof given !== "string") return given;
    return fail("QC-LLVM-002", `QC_LIBLLVM names '${path}', which cannot be used: ${given}`, { help: ADVICE });
  }
  const broken: string[] = [];
  for (const name of names) {
    if (name.startsWith("/") && !existsSync(name)) continue;
    const library = tryLoad(name);
    if (typeof library !== "string") return library;
    if (!library.includes("No such file")) broken.push(`${name}: ${library}`);
  }
  if (broken.length > 0) fail("QC-LLVM-002", `libLLVM is installed but cannot be used: ${broken.join("; ")}`, { help: ADVICE });
  return fail("QC-LLVM-001", `libLLVM ${OLDEST} to ${NEWEST} was not found`, { help: ADVICE });
}
