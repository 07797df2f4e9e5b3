#!/usr/bin/env node
// npm test [-- vitest's arguments]: sets the machine up, builds, runs the tests.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { setUp } from "./setup.mjs";

const root = resolve(fileURLToPath(import.meta.url), "../..");
try {
  await setUp({ tests: true });
  const vitest = join(dirname(createRequire(join(root, "package.json")).resolve("vitest/package.json")), "vitest.mjs");
  const { status, signal } = spawnSync(process.execPath, [vitest, "run", ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
  });
  process.exitCode = signal ? 1 : (status ?? 1);
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
