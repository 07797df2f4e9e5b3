#!/usr/bin/env node
// runtime-c --> dist/runtime. Part of `npm run build`.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { flag, isStarted, runScript } from "./command-line.mjs";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const sourceDir = join(root, "runtime-c");
const outDir = join(root, "dist", "runtime");
const products = ["libqcrt.so", "libqcrt.a", "qc.h"];
/** The files of the library; bundle_main.c is the main program of `qc compile --bundle`. */
const units = readdirSync(sourceDir).flatMap((name) =>
  name.endsWith(".c") && name !== "bundle_main.c" ? [name.slice(0, -2)] : [],
);
const flags = "-std=c11 -O2 -g0 -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections -Wall -Wextra -Wpedantic".split(
  " ",
);
const linkFlags = ["-shared", "-Wl,--gc-sections", "-Wl,-soname,libqcrt.so", "-Wl,-z,defs", "-Wl,-z,relro,-z,now"];

function run(program, args) {
  const r = spawnSync(program, args, { encoding: "utf8" });
  if (r.error || r.status !== 0) throw new Error(`${program} ${args.join(" ")}\n${r.error?.message ?? r.stderr}`);
}

/** The first C compiler that answers. */
export function findCompiler() {
  const names = [process.env.QC_CC, "cc", "clang-19", "gcc", "clang"].filter(Boolean);
  const found = names.find((name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0);
  if (!found) throw new Error(`no C compiler among ${names.join(", ")}: install one (apt-get install gcc libc6-dev)`);
  return found;
}

function isStale() {
  const built = products.map((name) => join(outDir, name));
  if (!built.every((file) => existsSync(file))) return true;
  const oldest = Math.min(...built.map((file) => statSync(file).mtimeMs));
  const sources = readdirSync(sourceDir).map((name) => join(sourceDir, name));
  return [...sources, fileURLToPath(import.meta.url)].some((file) => statSync(file).mtimeMs > oldest);
}

/** Builds into dist/runtime and returns that folder. Files appear whole, by renaming. */
export function buildRuntime({ ifStale = false } = {}) {
  if (ifStale && !isStale()) return outDir;
  const cc = findCompiler();
  mkdirSync(outDir, { recursive: true });
  const work = mkdtempSync(join(outDir, ".build-"));
  try {
    const objects = units.map((unit) => join(work, `${unit}.o`));
    units.forEach((unit, i) => {
      run(cc, [...flags, "-c", join(sourceDir, `${unit}.c`), "-o", objects[i]]);
    });
    run(cc, [...linkFlags, ...objects, "-o", join(work, "libqcrt.so"), "-lpthread", "-ldl"]);
    run("ar", ["rcsD", join(work, "libqcrt.a"), ...objects]);
    copyFileSync(join(sourceDir, "qc.h"), join(work, "qc.h"));
    for (const name of products) renameSync(join(work, name), join(outDir, name));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return outDir;
}

const command = {
  run: "node scripts/build-runtime.mjs",
  about:
    "Compiles runtime-c into dist/runtime: libqcrt.so, libqcrt.a and qc.h. QC_CC in the environment names another C compiler.",
  options: { "if-stale": flag("only where a source is newer than what was built") },
};
if (isStarted(import.meta.url))
  await runScript(command, (o) => console.log(`runtime: ${buildRuntime({ ifStale: o["if-stale"] })}`));
