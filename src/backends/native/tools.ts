import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { archHere, type NativeArch } from "../../ir/target/arch.js";
import { fail } from "../../support/diag.js";
import { knob } from "../../support/env.js";
import { isFile } from "../../support/fs.js";

/** The full path of a program, or null: a name is looked up in PATH. */
export function findProgram(name: string, path: string = process.env.PATH ?? ""): string | null {
  const places = name.includes("/")
    ? [name]
    : path
        .split(delimiter)
        .filter(Boolean)
        .map((dir) => join(dir, name));
  for (const place of places) {
    try {
      accessSync(place, constants.X_OK);
      if (isFile(place)) return place;
    } catch {
      // not here
    }
  }
  return null;
}

export type Linker = { readonly kind: "lld" | "cc"; readonly path: string };

const LLD_NAMES = [...[21, 20, 19, 18, 17, 16, 15].map((v) => `ld.lld-${v}`), "ld.lld"];

/** C compilers for an architecture, of which the first that exists is used. */
export function compilerNames(arch: NativeArch): readonly string[] {
  const native = archHere() === arch;
  const cross = [`${arch}-linux-gnu-gcc`, `${arch}-linux-gnu-gcc-12`];
  return native ? ["cc", "gcc", "clang", "clang-19", ...cross] : cross;
}

/** QC_CC, or the first C compiler for the architecture; null where there is none. Errors: QC-LINK-002 QC_CC names nothing. */
export function compilerFor(arch: NativeArch): string | null {
  const given = knob("QC_CC");
  for (const name of given ? [given] : compilerNames(arch)) {
    const path = findProgram(name);
    if (path) return path;
  }
  if (given) fail("QC-LINK-002", `QC_CC names '${given}', which does not exist`, { help: compilerHelp(arch) });
  return null;
}

const compilerHelp = (arch: NativeArch): string =>
  `${archHere() === arch ? "apt install gcc" : `apt install gcc-${arch.replace("_", "-")}-linux-gnu`}, or set QC_CC`;

/** QC_CC or the first C compiler found for the architecture. Errors: QC-LINK-002. */
export const findCompiler = (arch: NativeArch): string =>
  compilerFor(arch) ?? fail("QC-LINK-002", `no C compiler for ${arch} was found`, { help: compilerHelp(arch) });

/** QC_LLD, else the newest lld in PATH, else a C compiler. Errors: QC-LINK-001. */
export function findLinker(arch: NativeArch): Linker {
  const given = knob("QC_LLD");
  const advice = "apt install lld-19 (any version from 15 on will do), or set QC_LLD to the path of ld.lld";
  for (const name of given ? [given] : LLD_NAMES) {
    const path = findProgram(name);
    if (path) return { kind: "lld", path };
  }
  if (given) fail("QC-LINK-001", `QC_LLD names '${given}', which does not exist`, { help: advice });
  for (const name of compilerNames(arch)) {
    const path = findProgram(name);
    if (path) return { kind: "cc", path };
  }
  return fail("QC-LINK-001", `no linker for ${arch} was found`, { help: advice });
}

/**
 * Runs a linker or compiler to its end. Errors: QC-LINK-003 an undefined symbol (named), QC-LINK-004 any other failure (with what the
 * tool printed), QC-LINK-005 longer than `limitMs`.
 */
export function runTool(path: string, args: readonly string[], limitMs: number): void {
  const done = spawnSync(path, args, { timeout: limitMs, killSignal: "SIGKILL", encoding: "utf8", maxBuffer: 1 << 24 });
  if (done.error && (done.error as NodeJS.ErrnoException).code === "ETIMEDOUT") {
    fail("QC-LINK-005", `'${path}' did not end within ${limitMs / 1000} s`, { help: "the machine is busy: try again" });
  }
  if (done.error)
    fail("QC-LINK-004", `'${path}' cannot be run: ${done.error.message}`, { help: "QC_LLD and QC_CC name another one" });
  if (done.status === 0) return;
  const said = `${done.stderr}${done.stdout}`.trim();
  const undefinedSymbols = new Set(
    Array.from(said.matchAll(/undefined (?:hidden )?(?:symbol: |reference to [`'])([^\s'`]+)/g), ([, symbol]) => symbol),
  );
  if (undefinedSymbols.size > 0) {
    fail("QC-LINK-003", `undefined symbol ${[...undefinedSymbols].map((s) => `'${s}'`).join(", ")}`, {
      help: "a model library may not need any other: something must define it",
    });
  }
  if (/No space left on device/.test(said)) {
    fail("QC-IO-001", "the disk is full", { help: "free some space, or choose an output folder on another disk" });
  }
  const ended = done.signal ? `was stopped by ${done.signal}` : `ended with ${done.status}`;
  fail("QC-LINK-004", `'${path}' ${ended}${said ? `: ${said.slice(0, 4000)}` : ""}`, {
    help: "check that it runs by itself; QC_LLD and QC_CC name another one",
  });
}
