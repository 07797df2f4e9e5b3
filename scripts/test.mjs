#!/usr/bin/env node
// Arguments are vitest's, all of them, but --help.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { help } from "./command-line.mjs";
import { setUp } from "./setup.mjs";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const command = {
  run: "npm test -- [FILE | OPTIONS OF VITEST]...",
  about:
    "Sets the machine up, builds, and runs the tests, or those of the files named. `npx vitest --help` lists further options.",
  examples: [
    ["npm test -- test/cli", "a part"],
    ["npm test -- -t winograd", "tests with the word in their names"],
  ],
};

async function main() {
  const args = process.argv.slice(2);
  if (args.includes("--help")) return console.log(help(command));
  await setUp({ tests: true });
  const vitest = join(dirname(createRequire(join(root, "package.json")).resolve("vitest/package.json")), "vitest.mjs");
  const { status, signal } = spawnSync(process.execPath, [vitest, "run", ...args], { cwd: root, stdio: "inherit" });
  process.exitCode = signal ? 1 : (status ?? 1);
}

try {
  await main();
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
