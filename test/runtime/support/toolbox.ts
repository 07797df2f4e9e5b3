import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../../..");
export const FIXTURES = join(ROOT, "test/runtime/fixtures");
export const RUNTIME_C = join(ROOT, "runtime-c");
/** The sources of the library, without the main program of bundles. */
export const RUNTIME_UNITS = readdirSync(RUNTIME_C)
  .filter((name) => name.endsWith(".c") && name !== "bundle_main.c")
  .map((name) => join(RUNTIME_C, name));

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(program: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Ran {
  const r = spawnSync(program, args, { encoding: "utf8", timeout: 120_000, ...options });
  return { status: r.error ? null : r.status, stdout: r.stdout ?? "", stderr: r.error ? r.error.message : r.stderr };
}

export const has = (program: string): boolean => run(program, ["--version"]).status === 0;

/** Runs what must succeed; its complaint is the failure. */
export function must(program: string, args: readonly string[], options: { cwd?: string } = {}): string {
  const r = run(program, args, options);
  if (r.status !== 0) throw new Error(`${program} ${args.join(" ")}\n${r.stdout}${r.stderr}`);
  return r.stdout;
}

export const compiler = (): string => ["cc", "clang-19", "gcc", "clang"].find(has) ?? "cc";

/** A compiler that has a sanitizer's library, whose programs run here, or undefined. */
export function compilerWith(sanitizer: string, work: string): string | undefined {
  const probe = join(work, "probe.c");
  writeFileSync(probe, "int main(void) { return 0; }\n");
  return ["gcc", "clang-19", "clang"].filter(has).find((cc) => {
    const out = join(work, `probe-${cc}`);
    return run(cc, [`-fsanitize=${sanitizer}`, probe, "-o", out]).status === 0 && run(out, []).status === 0;
  });
}

/** Compiles fixtures/fake_model.c as the LLVM backend would: no library, no undefined symbol. */
export function buildFake(out: string, defines: readonly string[] = []): string {
  const flags = ["-std=c11", "-O2", "-shared", "-fPIC", "-nostdlib", "-Wl,-z,defs", "-Wall", "-Wextra"];
  must(compiler(), [...flags, ...defines.map((d) => `-D${d}`), "-I", RUNTIME_C, join(FIXTURES, "fake_model.c"), "-o", out]);
  return out;
}
