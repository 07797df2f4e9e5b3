/**
 * The text bench: `.qc` files that say how to run themselves and what must come out, in the manner of LLVM's FileCheck.
 *   // RUN: qc opt %s --passes=cse      of the first section, for all sections that have none of their own
 *   // CHECK: text                      stands in the output, behind the match before it
 *   // CHECK-NEXT: text                 stands on the next line
 *   // CHECK-NOT: text                  does not stand between the matches around it
 *   // CHECK-LABEL: text                divides the output: the checks between two labels look between their lines only
 *   // EXPECT-ERROR: CODE line:column   the command fails with it; a line may be relative to this one: +1:7
 *   // -----                            ends a section; each runs alone
 * White space counts once; `{{...}}` is a regular expression.
 */

type Kind = "CHECK" | "CHECK-NEXT" | "CHECK-NOT" | "CHECK-LABEL";

export interface Check {
  readonly kind: Kind;
  readonly pattern: string;
  /** 1-based, of the file. */
  readonly line: number;
}

export interface ExpectedError {
  readonly code: string;
  readonly line: number | null;
  readonly column: number | null;
  /** Where the expectation stands. */
  readonly at: number;
}

export interface Section {
  /** Number of lines of the file before it. */
  readonly before: number;
  readonly lines: readonly string[];
  readonly runs: readonly string[];
  readonly checks: readonly Check[];
  readonly errors: readonly ExpectedError[];
  /** The first comment that is no directive. */
  readonly title: string;
}

const DIRECTIVE = /^\s*\/\/\s*(RUN|CHECK(?:-NEXT|-NOT|-LABEL)?|EXPECT-ERROR):\s*(.*?)\s*$/;
const SPLIT = /^\s*\/\/ -----\s*$/;

export function readSections(text: string): readonly Section[] {
  const sections: Section[] = [];
  let start = 0;
  const lines = text.split("\n");
  for (let i = 0; i <= lines.length; i++) {
    if (i < lines.length && !SPLIT.test(lines[i])) continue;
    sections.push(readSection(lines.slice(start, i), start, sections[0]?.runs ?? []));
    start = i + 1;
  }
  return sections;
}

function readSection(lines: readonly string[], before: number, inherited: readonly string[]): Section {
  const runs: string[] = [];
  const checks: Check[] = [];
  const errors: ExpectedError[] = [];
  lines.forEach((text, i) => {
    const match = DIRECTIVE.exec(text);
    if (!match) return;
    const line = before + i + 1;
    if (match[1] === "RUN") runs.push(match[2]);
    else if (match[1] === "EXPECT-ERROR") errors.push(readExpected(match[2], line));
    else checks.push({ kind: match[1] as Kind, pattern: match[2], line });
  });
  const title = lines.map((l) => /^\s*\/\/\s*(.*)$/.exec(l)?.[1] ?? "").find((l) => l !== "" && !DIRECTIVE.test(`// ${l}`)) ?? "";
  return { before, lines, runs: runs.length ? runs : inherited, checks, errors, title };
}

function readExpected(text: string, at: number): ExpectedError {
  const match = /^(QC-[A-Z0-9]+-\d+)(?:\s+(\+?\d+):(\d+))?$/.exec(text);
  if (!match) throw new Error(`line ${at}: EXPECT-ERROR is written CODE line:column`);
  const line = match[2] === undefined ? null : match[2].startsWith("+") ? at + Number(match[2]) : Number(match[2]);
  return { code: match[1], line, column: match[3] === undefined ? null : Number(match[3]), at };
}

/** The section as a file of its own whose line numbers are those of the whole file. */
export const sectionText = (s: Section): string => `${"\n".repeat(s.before)}${s.lines.join("\n")}\n`;

const squeeze = (text: string): string => text.trim().replace(/\s+/g, " ");

function matcher(pattern: string): RegExp {
  const parts = squeeze(pattern).split(/\{\{(.*?)\}\}/);
  return new RegExp(parts.map((p, i) => (i % 2 ? `(?:${p})` : p.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))).join(""));
}

/** The first check that does not hold of the output, in words; null when all do. */
export function failedCheck(checks: readonly Check[], output: string): string | null {
  const lines = output.split("\n").map(squeeze);
  const labels = checks.filter((c) => c.kind === "CHECK-LABEL");
  const starts: number[] = [];
  for (const label of labels) {
    const from = (starts.at(-1) ?? -1) + 1;
    const found = lines.findIndex((l, i) => i >= from && matcher(label.pattern).test(l));
    if (found < 0) return `line ${label.line}: CHECK-LABEL: ${label.pattern}: not in the output`;
    starts.push(found);
  }
  let group = -1;
  let at = -1;
  let pending: Check[] = [];
  const end = () => starts[group + 1] ?? lines.length;
  const banned = (until: number): string | null => {
    for (const c of pending) {
      const hit = lines.findIndex((l, i) => i > at && i < until && matcher(c.pattern).test(l));
      if (hit >= 0) return `line ${c.line}: CHECK-NOT: ${c.pattern}: stands in: ${lines[hit]}`;
    }
    pending = [];
    return null;
  };
  for (const c of checks) {
    if (c.kind === "CHECK-NOT") {
      pending.push(c);
      continue;
    }
    let found: number;
    if (c.kind === "CHECK-LABEL") found = starts[group + 1];
    else if (c.kind === "CHECK-NEXT") found = at + 1 < end() && matcher(c.pattern).test(lines[at + 1]) ? at + 1 : -1;
    else found = lines.findIndex((l, i) => i > at && i < end() && matcher(c.pattern).test(l));
    if (found < 0) {
      const seen = lines.slice(Math.max(0, at + 1), end()).join("\n    ");
      return `line ${c.line}: ${c.kind}: ${c.pattern}: not found in:\n    ${seen}`;
    }
    const bad = banned(found);
    if (bad) return bad;
    if (c.kind === "CHECK-LABEL") group++;
    at = found;
  }
  return banned(end());
}

/** The section with its CHECK block rewritten to the whole output; CHECK-NOT lines that hold stay. */
export function blessed(s: Section, output: string): readonly string[] {
  const kept = s.checks.filter(
    (c) => c.kind === "CHECK-NOT" && !output.split("\n").some((l) => matcher(c.pattern).test(squeeze(l))),
  );
  const block: string[] = kept.map((c) => `// CHECK-NOT:   ${c.pattern}`);
  let inside = false;
  for (const line of output.split("\n")) {
    if (line.trim() === "" || /^module /.test(line)) continue;
    const isHead = /^(func|kernel) /.test(line);
    block.push(
      `// ${isHead ? "CHECK-LABEL:" : inside ? "CHECK-NEXT: " : "CHECK:      "} ${line.trim().replace(/\s*\{\s*$/, isHead ? "" : " {")}`,
    );
    inside = isHead || (inside && line !== "}");
  }
  const isCheck = (l: string) => /^\s*\/\/\s*CHECK/.test(l);
  const first = s.lines.findIndex(isCheck);
  const rest = s.lines.filter((l) => !isCheck(l));
  const at =
    first >= 0
      ? s.lines.slice(0, first).filter((l) => !isCheck(l)).length
      : rest.findIndex((l) => l.trim() !== "" && !/^\s*\/\//.test(l));
  return [...rest.slice(0, at), ...block, ...rest.slice(at)];
}
