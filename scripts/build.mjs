#!/usr/bin/env node
// npm run build: src --> dist (tsc), runtime-c --> dist/runtime (C compiler). Files that no longer have a source are removed from dist.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildRuntime } from "./build-runtime.mjs";

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

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    build();
  } catch (error) {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  }
}
