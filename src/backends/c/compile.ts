/** The library's C text to an object, by the C compiler of this machine. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { archHere } from "../../ir/target/arch.js";
import { failIo } from "../../support/fs.js";
import { withTempFolder } from "../../support/temp-folder.js";
import { compilerFor } from "../native/find-tools.js";
import { runTool } from "../native/tools.js";

const LIMIT_MS = 600_000;

/** Strict C99; no calls of memcpy, memset or libm that the text does not have: the library needs nothing. */
const FLAGS = [
  ...["-std=c99", "-O2", "-fPIC", "-fvisibility=hidden", "-ffreestanding", "-ffp-contract=off", "-fno-stack-protector"],
  ...["-fno-tree-loop-distribute-patterns", "-c"],
];

/** QC_CC, or the first C compiler of this machine; null where there is none. */
export function compilerHere(): string | null {
  const arch = archHere();
  return arch && compilerFor(arch);
}

/** Errors: QC-LINK-004, 005 the compiler fails, or takes too long. */
export function compileLibrary(compiler: string, text: string): Uint8Array {
  const runtime = fileURLToPath(new URL("../../../runtime-c/", import.meta.url));
  return withTempFolder("c", (folder) => {
    const [source, object] = [join(folder, "library.c"), join(folder, "library.o")];
    try {
      writeFileSync(source, text);
    } catch (error) {
      failIo(error, "write", source);
    }
    runTool(compiler, [...FLAGS, `-I${runtime}`, source, "-o", object], LIMIT_MS);
    return new Uint8Array(readFileSync(object));
  });
}
