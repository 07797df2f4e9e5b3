#!/usr/bin/env node
// src --> dist (tsc), runtime-c --> dist/runtime (C compiler).
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildRuntime } from "./build-runtime.mjs";
import { isStarted, runScript } from "./command-line.mjs";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const dist = join(root, "dist");

function compile() {
  const tsc = createRequire(join(root, "package.json")).resolve("typescript/bin/tsc");
  const state = join(dist, ".tsbuildinfo");
  if (!existsSync(join(dist, "cli", "main.js"))) rmSync(state, { force: true });
  const { status } = spawnSync(process.execPath, [tsc, "-p", root, "--tsBuildInfoFile", state], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

function removeStale(folder = "") {
  for (const entry of readdirSync(join(dist, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeStale(path);
    else if (/\.(js|d\.ts)$/.test(path) && !existsSync(join(root, "src", path.replace(/\.(js|d\.ts)$/, ".ts"))))
      rmSync(join(dist, path));
  }
}

export function build() {
  compile();
  removeStale();
  chmodSync(join(dist, "cli", "main.js"), 0o755);
  buildRuntime({ ifStale: true });
}

const command = {
  run: "npm run build --",
  about:
    "Compiles src into dist with tsc and runtime-c into dist/runtime with the C compiler. Files without a source are removed from dist.",
};
if (isStarted(import.meta.url)) await runScript(command, build);
