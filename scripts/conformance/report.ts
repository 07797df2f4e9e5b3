/** docs/makers/conformance.md: totals, by op, reasons. The same results give the same text. */
import { type Case, FLAWED } from "./cases.js";
import type { Outcome, Verdict } from "./run-case.js";

export interface Row {
  readonly c: Case;
  readonly op: string;
  readonly verdict: Verdict;
}

const OUTCOMES: readonly Outcome[] = ["pass", "frozen", "unsupported", "wrong"];

const count = (rows: readonly Row[], o: Outcome): number => rows.filter((r) => r.verdict.outcome === o).length;
const counts = (rows: readonly Row[]): readonly number[] => OUTCOMES.map((o) => count(rows, o));
/** Passes, frozen ones included. */
export const passes = (rows: readonly Row[]): number => count(rows, "pass") + count(rows, "frozen");

function groupBy<T>(rows: readonly T[], key: (r: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const r of rows) groups.set(key(r), [...(groups.get(key(r)) ?? []), r]);
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
const blankZero = (n: number): string => (n ? String(n) : "");
const escaped = (s: string): string => s.replace(/\|/g, "\\|").replace(/\s+/g, " ").replace(/</g, "&lt;");

export function totalsTable(rows: readonly Row[]): string[] {
  const groups = groupBy(rows, (r) => `${r.c.set} ${r.c.group}`);
  return [
    line(["set", "cases", "pass", "of these frozen", "unsupported", "wrong"]),
    "|---|---|---|---|---|---|",
    ...[...groups].map(([name, g]) =>
      line([name, g.length, passes(g), count(g, "frozen"), count(g, "unsupported"), count(g, "wrong")]),
    ),
    line(["**all**", rows.length, passes(rows), count(rows, "frozen"), count(rows, "unsupported"), count(rows, "wrong")]),
  ];
}

function opTable(rows: readonly Row[]): string[] {
  const cells = (set: string, g: readonly Row[]) => counts(g.filter((r) => r.c.set === set)).map(blankZero);
  return [
    line(["op", "Debian: pass", "frozen", "unsupported", "wrong", "newest: pass", "frozen", "unsupported", "wrong"]),
    `|---${"|---".repeat(8)}|`,
    ...[...groupBy(rows, (r) => r.op)].map(([op, g]) => line([op, ...cells("debian", g), ...cells("newest", g)])),
  ];
}

/** Reasons without the names of nodes and values, so that equal ones are counted together. */
const generalReason = (r: Row): string =>
  r.verdict.reason
    .replace(/\b(tensor|input|output) '[^']*'/g, "the $1")
    .replace(/\('[^']*'\)/g, "")
    .replace(/ {2,}/g, " ");

function reasonTable(rows: readonly Row[]): string[] {
  const groups = [...groupBy(rows, generalReason)].sort(([, a], [, b]) => b.length - a.length);
  return [
    line(["cases", "reason", "for example"]),
    "|---|---|---|",
    ...groups.map(([reason, g]) => line([g.length, escaped(reason), g[0].c.name])),
  ];
}

export function report(rows: readonly Row[], engine: string): string {
  const of = (o: Outcome) => rows.filter((r) => r.verdict.outcome === o);
  const wrong = of("wrong");
  return [
    "# ONNX conformance",
    "",
    `Written by \`npm run conformance\` (engine: ${engine}). Every ONNX backend test case goes through import, passes, code generation and`,
    "execution; outputs are compared with the recorded ones (relative 1e-3, absolute 1e-7, or the case's own tolerances; integers",
    "exactly; random ops by shape and type).",
    "",
    "*frozen*: passes when inputs whose values decide shapes or attributes are given to the compiler as constants. *unsupported*: refused",
    "with a coded error that names the node.",
    "",
    "## Totals",
    "",
    ...totalsTable(rows),
    "",
    "## By op",
    "",
    "*pass* leaves frozen ones out here. Cases that ONNX derives from an op's function body stand as *(expanded)*.",
    "",
    ...opTable(rows),
    "",
    "## Why cases are unsupported",
    "",
    ...reasonTable(of("unsupported")),
    "",
    "## Left out",
    "",
    ...Object.entries(FLAWED).map(([id, why]) => `- ${id}: ${why}`),
    "",
    ...(wrong.length
      ? ["## Wrong", "", ...wrong.map((r) => `- ${r.c.set}/${r.c.group}/${r.c.name}: ${escaped(r.verdict.reason)}`), ""]
      : []),
  ].join("\n");
}
