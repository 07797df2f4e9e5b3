import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { archHere, type NativeArch } from "../../ir/target/arch.js";
import { fail } from "../../support/diag.js";
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

/** C compilers for an architecture, of which the first that exists is used. */
export function compilerNames(arch: NativeArch): readonly string[] {
  const native = archHere() === arch;
  const cross = [`${arch}-linux-gnu-gcc`, `${arch}-linux-gnu-gcc-12`];
  return native ? ["cc", "gcc", "clang", "clang-19", ...cross] : cross;
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
