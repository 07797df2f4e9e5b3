/** C compilers of this machine, and what generated C must compile with. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "../../../src/backends/native/tools.js";

export const STRICT = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-std=c99", "-ffp-contract=off"];

export interface Compiler {
  readonly name: string;
  /** null: not on this machine, or it cannot make such programs. */
  readonly path: string | null;
  readonly flags: readonly string[];
  /** What runs its programs, where this machine does not itself. */
  readonly runner: readonly string[];
}

function compiler(name: string, programs: readonly string[], flags: readonly string[], runner: readonly string[] = []): Compiler {
  const path = programs.map((p) => findProgram(p)).find((p) => p !== null) ?? null;
  const how = { name, flags, runner };
  return { ...how, path: path && makesPrograms(path, how) ? path : null };
}

function makesPrograms(path: string, { flags, runner }: Pick<Compiler, "flags" | "runner">): boolean {
  const folder = mkdtempSync(join(tmpdir(), "qc-cc-"));
  try {
    writeFileSync(join(folder, "a.c"), '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n');
    const done = spawnSync(path, [...flags, "a.c", "-o", "a.out"], { cwd: folder });
    const [command, ...args] = [...runner, join(folder, "a.out")];
    return done.status === 0 && spawnSync(command, args).status === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const CLANGS = ["clang", "clang-19", "clang-18", "clang-17", "clang-16", "clang-15", "clang-14"];
const M32 = ["-O1", "-m32", "-msse2", "-mfpmath=sse"];
const SANITIZE = ["-g", "-fsanitize=undefined,address", "-fno-sanitize-recover=all"];

/** Every compiler that generated C is held to; floats in 32 bits by SSE, for x87 rounds differently. */
export const COMPILERS: readonly Compiler[] = [
  compiler("gcc", ["gcc"], ["-O2"]),
  compiler("clang", CLANGS, ["-O2"]),
  compiler("gcc, 32 bits", ["gcc"], M32),
  compiler("gcc, 32 bits emulated", ["gcc"], M32, ["qemu-i386"]),
  compiler("gcc for aarch64, emulated", ["aarch64-linux-gnu-gcc"], ["-O2"], ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"]),
  compiler("gcc, sanitized", ["gcc"], ["-O1", ...SANITIZE]),
  compiler("clang, sanitized", CLANGS, ["-O1", ...SANITIZE, "-fsanitize=float-cast-overflow"]),
];
