/**
 * Which plugins `qc plugins --check` has found right, remembered in the folder of QC_CACHE_DIR by the content of their files: a changed plugin, and
 * any plugin under another version of qc, is unchecked again.
 */
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Context } from "../context.js";
import type { Module } from "../ir/graph/module.js";
import type { Plugin } from "../plugin.js";
import { knob } from "../support/env.js";
import { isFile, writeFileAtomic } from "../support/fs.js";
import { sha256OfParts } from "../support/hash.js";
import { version } from "./toolchain.js";

/** Imports of files by relative paths, static and dynamic. */
const RELATIVE_IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;
const ENDINGS = ["", ".ts", ".mjs", ".js"];

/** The file and those that it imports by relative paths, theirs too. */
function filesOf(file: string, known: Set<string> = new Set()): ReadonlySet<string> {
  if (known.has(file)) return known;
  known.add(file);
  for (const [, path] of readFileSync(file, "utf8").matchAll(RELATIVE_IMPORT)) {
    const base = resolve(dirname(file), path);
    const found = [base, base.replace(/\.js$/, "")].flatMap((b) => ENDINGS.map((e) => b + e)).find(isFile);
    if (found) filesOf(found, known);
  }
  return known;
}

function recordOf(file: string): string {
  const parts = [...filesOf(file)].flatMap((f) => [readFileSync(f), "\0"]);
  return join(knob("QC_CACHE_DIR"), "checked-plugins", `${sha256OfParts([version(), "\0", ...parts])}.json`);
}

export const isChecked = (file: string): boolean => isFile(recordOf(file));

/** Remembers that the file was found right. Errors: QC-IO-*, where the folder cannot be written. */
export function rememberChecked(file: string, name: string, how: { readonly seed: number; readonly cases: number }): void {
  writeFileAtomic(recordOf(file), `${JSON.stringify({ plugin: name, qc: version(), ...how, time: new Date().toISOString() })}\n`);
}

/** Says, once in a context, which plugins take part in a build without having been checked: by an op in the module, or a pass in the pipeline. */
export function reportUnchecked(m: Module, ctx: Context): void {
  const used = new Set(m.funcs.flatMap((f) => f.body.map((n) => n.op)));
  for (const plugin of ctx.plugins) {
    const part = partIn(plugin, used);
    if (part === null || plugin.file === undefined || isChecked(plugin.file)) continue;
    const message = `plugin '${plugin.name}' is unchecked: whether ${part} means what it says was not held yet`;
    if (ctx.diags.some((d) => d.code === "QC-PLUGIN-007" && d.message === message)) continue;
    ctx.report({ severity: "warning", code: "QC-PLUGIN-007", message, help: `qc plugins --check ${plugin.file}` });
  }
}

function partIn({ ops = [], pipeline = [] }: Plugin, used: ReadonlySet<string>): string | null {
  const op = ops.find((d) => used.has(d.name));
  if (op) return `op '${op.name}'`;
  return pipeline.length > 0 ? `'${pipeline[0].passes}' after '${pipeline[0].after}'` : null;
}
