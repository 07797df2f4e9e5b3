import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The part of docs/makers/performance.md about the compiler itself, as `npm run bench:compiler` left it; nothing before its first run. */
export function chartSection(project: string): readonly string[] {
  const file = join(project, "bench/results/compiler.md");
  return existsSync(file) ? [readFileSync(file, "utf8").trim()] : [];
}
