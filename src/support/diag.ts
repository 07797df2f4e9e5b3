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
    super(diags.map((d) => `${d.code}: ${shownMessage(d.message)}`).join("\n"));
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

/** Characters of a name, and of a whole message, that are shown. */
const NAME_SHOWN = 200;
const MESSAGE_SHOWN = 4000;

/** Characters that move a cursor, colour, ring or reorder what stands around them: C0, DEL, C1, line separators, directions. */
const UNSHOWN = /[\p{Control}\p{Line_Separator}\p{Paragraph_Separator}\p{Bidi_Control}]/gu;

const escapeOf = (c: string): string => {
  const known = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[c];
  const code = c.charCodeAt(0);
  return known ?? (code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`);
};

const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most)}... (${text.length} characters)`;

/** Text from a file as a terminal may have it: one line, control characters as \x1b, \n, \u202e, cut after `most` characters. */
export function shownText(text: string, most = NAME_SHOWN): string {
  return cut(text, most).replace(UNSHOWN, escapeOf);
}

/** Lines for people as a terminal may have them: line ends, tabs and colours stay, all else that acts is escaped. */
export function shownLines(text: string): string {
  return text.replace(new RegExp(`\\x1b\\[[\\d;]*m|${UNSHOWN.source}`, "gu"), (c) =>
    c === "\n" || c === "\t" || c.length > 1 ? c : escapeOf(c),
  );
}

/** JSON whose strings hold nothing that acts on a terminal: characters beyond ASCII that do are \\u escapes, as JSON has them. */
export const shownJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(UNSHOWN, (c) =>
    c < "\x7f" ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** The same for a sentence: words without a blank, names among them, are cut as well. */
function shownMessage(text: string): string {
  const words = cut(text, MESSAGE_SHOWN).replace(/\S{201,}/g, (word) => cut(word, NAME_SHOWN));
  return words.replace(UNSHOWN, escapeOf);
}

function locLines(loc: Loc, depth: number): string[] {
  const made = loc.pass ? ` (made by pass ${loc.pass})` : "";
  const lines = [`${"  ".repeat(depth)}  --> ${shownText(loc.file, MESSAGE_SHOWN)}: node '${shownText(loc.node)}'${made}`];
  if (depth < 4) for (const inner of loc.from ?? []) lines.push(...locLines(inner, depth + 1));
  return lines;
}

/** A source line and a caret below its column; of a long line the part around the caret. */
function caretLines(text: string, column: number): string[] {
  const from = Math.max(0, column - 1 - NAME_SHOWN / 2);
  const line = shownText(text.slice(from, from + NAME_SHOWN).replaceAll("\t", " "));
  const before = shownText(text.slice(from, Math.max(from, column - 1)).replaceAll("\t", " "));
  return [`   | ${line}`, `   | ${" ".repeat(before.length)}^`];
}

/** The printed form: headline, place, source line with caret, help. Nothing in it but ours moves the cursor or begins a line. */
export function formatDiag(d: Diag): string {
  const lines = [`${d.severity} ${d.code}: ${shownMessage(d.message)}`];
  if (d.loc) lines.push(...locLines(d.loc, 0));
  if (d.pos) {
    lines.push(`  --> ${shownText(d.pos.file, MESSAGE_SHOWN)}:${d.pos.line}:${d.pos.column}`);
    if (d.pos.text !== undefined) lines.push(...caretLines(d.pos.text, d.pos.column));
  }
  if (d.help) lines.push(`   = help: ${shownMessage(d.help)}`);
  return lines.join("\n");
}
