/** The file of results of one machine: rows of later runs replace rows of the same group and name. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder, writeFileAtomic } from "../src/support/fs.js";
import type { Failure, Row } from "./compare.js";
import type { Machine } from "./machine.js";

export interface Results {
  readonly version: 1;
  readonly machine: Machine;
  /** Day of the newest row. */
  readonly measured: string;
  readonly rows: readonly Row[];
  readonly failures: readonly Failure[];
}

/** `AMD EPYC 9R14` --> `amd-epyc-9r14.json`, with the LLVM name of the processor where its own says little. */
export const resultsFile = (folder: string, { cpu }: Machine, cpuName: string): string =>
  join(folder, `${`${cpu} ${cpuName}`.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.json`);

export function readResults(path: string): Results | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Results) : null;
}

export function merge(old: Results | null, machine: Machine, rows: readonly Row[], failures: readonly Failure[]): Results {
  const key = (r: { readonly group: string; readonly name: string }) => `${r.group} ${r.name}`;
  const fresh = new Set([...rows, ...failures].map(key));
  const kept = <T extends Row | Failure>(list: readonly T[] | undefined) => (list ?? []).filter((r) => !fresh.has(key(r)));
  return {
    version: 1,
    machine,
    measured: new Date().toISOString().slice(0, 10),
    rows: [...kept(old?.rows), ...rows],
    failures: [...kept(old?.failures), ...failures],
  };
}

const rounded = (_: string, v: unknown): unknown =>
  typeof v === "number" && !Number.isInteger(v) ? Number(v.toPrecision(4)) : v;

/** One row a line: small, and readable in a diff. */
export function writeResults(path: string, { rows, failures, ...head }: Results): void {
  const list = (items: readonly unknown[]) => items.map((r) => `  ${JSON.stringify(r, rounded)}`).join(",\n");
  const text = JSON.stringify(head, rounded, 1).replace(/\n\}$/, "");
  makeFolder(dirname(path));
  writeFileAtomic(path, `${text},\n "rows": [\n${list(rows)}\n ],\n "failures": [\n${list(failures)}\n ]\n}\n`);
}
