import { dirname, resolve } from "node:path";
import { fail, type TextPos } from "../support/diag.js";
import { isFile, readText } from "../support/fs.js";

/** One line of a list: a sample, with the class it belongs to where the list says so. */
export interface SampleEntry {
  readonly path: string;
  readonly label: number | null;
  /** Where it was listed; absent for a sample that was named itself. */
  readonly pos?: TextPos;
}

/**
 * Reads a LEIP list (index.txt, rep_dataset.txt): `relative/path class_index` or a bare path a line; the base is the list's folder.
 * Paths may hold blanks; empty lines and lines that begin with # are skipped. A path that is no list is one sample by itself.
 */
export function readSampleList(path: string): SampleEntry[] {
  if (!isSampleList(path)) return [{ path: resolve(path), label: null }];
  const base = dirname(resolve(path));
  const entries = readText(path)
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .flatMap((line, i): SampleEntry[] => {
      const text = line.trim();
      if (text === "" || text.startsWith("#")) return [];
      return [{ ...parseLine(text, base), pos: { file: path, line: i + 1, column: 1, text: line } }];
    });
  if (entries.length === 0)
    fail("QC-DATA-015", `the list '${path}' names no sample`, {
      help: "write one path a line, each with its class after a blank",
    });
  return entries;
}

/** Lists are text files by name: .txt, .lst and .list; everything else is a sample. */
export function isSampleList(path: string): boolean {
  return /\.(txt|lst|list)$/i.test(path);
}

/** `a b.png 3` is class 3 of `a b.png`, unless a file `a b.png 3` exists. */
function parseLine(text: string, base: string): { path: string; label: number | null } {
  const [, name, label] = /^(.*\S)\s+(\d+)$/.exec(text) ?? [];
  if (name === undefined || isFile(resolve(base, text))) return { path: resolve(base, text), label: null };
  return { path: resolve(base, name), label: Number(label) };
}

/** The entries, each with its class; QC-DATA-016 names the first line that has none. */
export function requireLabels(entries: readonly SampleEntry[]): (SampleEntry & { readonly label: number })[] {
  return entries.map((entry) => {
    const { label, path, pos } = entry;
    if (label === null)
      return fail("QC-DATA-016", `'${path}' has no class`, { pos, help: "write the class index after the path: images/7.png 7" });
    return { ...entry, label };
  });
}
