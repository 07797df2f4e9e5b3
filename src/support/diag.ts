/**
 * Diagnostics: a coded message that says what, where and what to do.
 * A stage throws a QcError holding one or more; the command line prints them and exits 1 (the input is at fault) or 2 (the call is).
 */

/** Where a node came from. `from` holds the locations that a rewrite merged or replaced, newest first. */
export interface Loc {
  readonly file: string;
  readonly node: string;
  /** The pass that made this node; absent on imported nodes. */
  readonly pass?: string;
  readonly from?: readonly Loc[];
}

/** A position in a text file, 1-based. */
export interface TextPos {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The whole source line, for the caret. */
  readonly text?: string;
}

export type Severity = "error" | "warning" | "remark";

export interface Diag {
  readonly severity: Severity;
  /** `QC-<AREA>-<NNN>`; listed in docs/errors.md. */
  readonly code: string;
  readonly message: string;
  readonly loc?: Loc;
  readonly pos?: TextPos;
  /** What to type or change next. */
  readonly help?: string;
}

export class QcError extends Error {
  /** `usage` (the call is wrong, exit code 2) or `input` (the model, data or machine is, exit code 1). */
  readonly kind: "input" | "usage";
  readonly diags: readonly Diag[];

  constructor(diags: readonly Diag[], kind: "input" | "usage" = "input") {
    super(diags.map((d) => `${d.code}: ${d.message}`).join("\n"));
    this.name = "QcError";
    this.diags = diags;
    this.kind = kind;
  }

  get code(): string {
    return this.diags[0]?.code ?? "QC-INTERNAL-000";
  }
}

/** Throws one error diagnostic. */
export function fail(code: string, message: string, at: { loc?: Loc; pos?: TextPos; help?: string } = {}): never {
  throw new QcError([{ severity: "error", code, message, ...at }]);
}

/** Throws one usage error: a wrong option, a missing argument. Exit code 2. */
export function failUsage(code: string, message: string, help?: string): never {
  throw new QcError([{ severity: "error", code, message, help }], "usage");
}

function locLines(loc: Loc, depth: number): string[] {
  const made = loc.pass ? ` (made by pass ${loc.pass})` : "";
  const lines = [`${"  ".repeat(depth)}  --> ${loc.file}: node '${loc.node}'${made}`];
  if (depth < 4) for (const inner of loc.from ?? []) lines.push(...locLines(inner, depth + 1));
  return lines;
}

/** The printed form: headline, place, source line with caret, help. */
export function formatDiag(d: Diag): string {
  const lines = [`${d.severity} ${d.code}: ${d.message}`];
  if (d.loc) lines.push(...locLines(d.loc, 0));
  if (d.pos) {
    lines.push(`  --> ${d.pos.file}:${d.pos.line}:${d.pos.column}`);
    if (d.pos.text !== undefined) lines.push(`   | ${d.pos.text}`, `   | ${" ".repeat(Math.max(0, d.pos.column - 1))}^`);
  }
  if (d.help) lines.push(`   = help: ${d.help}`);
  return lines.join("\n");
}
