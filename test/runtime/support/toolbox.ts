import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../../..");
export const FIXTURES = join(ROOT, "test/runtime/fixtures");
export const RUNTIME_C = join(ROOT, "runtime-c");
export const RUNTIME_UNITS = ["context", "cpu", "error", "model", "pool"].map((unit) => join(RUNTIME_C, `${unit}.c`));

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

/** Compiles fixtures/fake_model.c as the LLVM backend would: no library, no undefined symbol. */
export function buildFake(out: string, defines: readonly string[] = []): string {
  const flags = ["-std=c11", "-O2", "-shared", "-fPIC", "-nostdlib", "-Wl,-z,defs", "-Wall", "-Wextra"];
  must(compiler(), [...flags, ...defines.map((d) => `-D${d}`), "-I", RUNTIME_C, join(FIXTURES, "fake_model.c"), "-o", out]);
  return out;
}
