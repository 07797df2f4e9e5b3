#!/usr/bin/env node
// Writes src/ir/text/generated from src/ir/text/qc.g4. Needs Java; the result is committed, so a build does not.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { flag, isStarted, runScript } from "./command-line.mjs";

const require = createRequire(import.meta.url);
const root = resolve(fileURLToPath(import.meta.url), "../..");
const grammar = join(root, "src", "ir", "text", "qc.g4");
const target = join(root, "src", "ir", "text", "generated");

/**
 * ESM needs file names with endings, no imports of what is a type only or not used at all:
 *   import { ATN } from "antlr4ts/atn/ATN"  -->  import { ATN } from "antlr4ts/atn/ATN.js"
 */
export function toEsm(text) {
  return text
    .replace(/^import (\{ (\w+) \}|\* as (\w+)) from "([^"]+)";\n/gm, (_, what, name, space, file) => {
      const used = text.match(new RegExp(`\\b${name ?? space}\\b`, "g")).length > (file.endsWith(`/${name}`) ? 2 : 1);
      if (!used) return "";
      const isValue = space !== undefined || !file.startsWith("antlr4ts/") || name in require(file);
      return `import ${isValue ? "" : "type "}${what} from "${file}.js";\n`;
    })
    .replace(/^\/\/import .*\n/gm, "")
    .replace(/^\/\/ Generated from .*$/m, "// Generated from qc.g4 by scripts/generate-parser.mjs. Do not edit.\n// @ts-nocheck");
}

function generate() {
  const folder = mkdtempSync(join(tmpdir(), "qc-parser-"));
  try {
    const cli = join(root, "node_modules", "antlr4ts-cli", "antlr4ts");
    const args = [cli, "-no-visitor", "-no-listener", "-Xexact-output-dir", "-o", folder, grammar];
    const done = spawnSync(process.execPath, args, { encoding: "utf8" });
    const said = `${done.stdout}${done.stderr}`.trim();
    if (done.status !== 0 || /\b(error|warning)\(/.test(said)) throw new Error(`antlr4ts failed: ${said || done.error?.message}`);
    const files = readdirSync(folder).filter((f) => f.endsWith(".ts"));
    return new Map(files.map((f) => [f, toEsm(readFileSync(join(folder, f), "utf8"))]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {{ check: boolean }} options */
function main({ check }) {
  const made = generate();
  const stale = [...made].filter(([f, text]) => !existsSync(join(target, f)) || readFileSync(join(target, f), "utf8") !== text);
  const names = stale.map(([f]) => f).join(", ");
  if (check) {
    if (stale.length)
      throw new Error(`the committed parser is not the grammar's: ${names}; run node scripts/generate-parser.mjs`);
    return;
  }
  mkdirSync(target, { recursive: true });
  for (const [f, text] of stale) writeFileSync(join(target, f), text);
  console.log(stale.length ? `wrote ${names}` : "the parser is up to date");
}

const command = {
  run: "node scripts/generate-parser.mjs",
  about: "Writes src/ir/text/generated from src/ir/text/qc.g4. Needs Java; the result is committed, so that a build does not.",
  options: { check: flag("writes nothing; exit code 1 where the committed parser is not the grammar's") },
};
if (isStarted(import.meta.url)) await runScript(command, main);
