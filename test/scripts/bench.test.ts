import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const project = join(import.meta.dirname, "../..");

it("npm run bench times a kernel, prints its row and the table", { timeout: 240_000 }, () => {
  const args = ["--import", "jiti/register", "scripts/bench.ts", "--quick", "--group", "kernels", "--filter", "7x7, 960"];
  const r = spawnSync(process.execPath, args, { cwd: project, encoding: "utf8" });
  expect(r.status, r.stdout + r.stderr).toBe(0);
  expect(r.stdout).toMatch(/^kernels 1x1, 7x7, 960->320, 1: qc [\d.]+ ms; fp32 [\d.]+ ms, ratio [\d.]+$/m);
  expect(r.stdout).toMatch(/geometric mean/);
});
