/** Text to syntax tree: the generated antlr4ts parser in SLL mode, which stops at the first error with a position and a caret. */
import { CharStreams, CommonTokenStream, type ParserRuleContext, type RecognitionException, type Token } from "antlr4ts";
import { PredictionMode } from "antlr4ts/atn/PredictionMode.js";
import { fail, type TextPos } from "../../support/diag.js";
import { qcLexer } from "./generated/qcLexer.js";
import { type FileContext, qcParser } from "./generated/qcParser.js";

/** A text with its name, for positions. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** Where something stands: a token, or a rule by its first token. */
export type Place = Token | ParserRuleContext;

/** 1-based position of an offset into the text. */
export function posAt({ file, text }: Source, offset: number): TextPos {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  let line = 1;
  for (let i = text.indexOf("\n"); i >= 0 && i < start; i = text.indexOf("\n", i + 1)) line++;
  const whole = text.slice(start, end < 0 ? text.length : end).replace(/\r$/, "");
  return { file, line, column: offset - start + 1, text: whole.length > 200 ? undefined : whole.replaceAll("\t", " ") };
}

const isToken = (p: Place): p is Token => "startIndex" in p;
export const tokenOf = (p: Place): Token => (isToken(p) ? p : p.start);

/** From here on antlr4ts takes more stack for a token's text than there is. */
const LONG = 50_000;

/** The text of a token of any length. Offsets count code points. */
export function tokenText({ text }: Source, token: Token): string {
  const { startIndex, stopIndex } = token;
  if (stopIndex - startIndex < LONG) return token.text ?? "";
  if (!/[\ud800-\udfff]/.test(text)) return text.slice(startIndex, stopIndex + 1);
  return Array.from(text)
    .slice(startIndex, stopIndex + 1)
    .join("");
}

/** Throws an error at a place in the text; `skip` characters into it. */
export function failAt(source: Source, code: string, place: Place, message: string, help?: string, skip = 0): never {
  return fail(code, message, { pos: posAt(source, Math.min(tokenOf(place).startIndex + skip, source.text.length)), help });
}

/** Runs a reader; where the text is nested deeper than the stack is, QC-TEXT-015 at its deepest place. */
export function guardDepth<T>(source: Source, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError && /call stack/.test(error.message))) throw error;
    return failAt(
      source,
      "QC-TEXT-015",
      tokenAt(deepest(source.text)) as Token,
      "the text is nested too deeply",
      "name inner parts with `let`",
    );
  }
}

/** Offset of the innermost bracket. */
function deepest(text: string): number {
  let [depth, most, at] = [0, -1, 0];
  for (let i = 0; i < text.length; i++) {
    if ("({[".includes(text[i]) && ++depth > most) [most, at] = [depth, i];
    else if (")}]".includes(text[i])) depth--;
  }
  return at;
}

/** The syntax tree of a text. QC-TEXT-001 at the first token that does not fit. */
export function parseSyntax(source: Source): FileContext {
  const lexer = new qcLexer(CharStreams.fromString(source.text));
  lexer.removeErrorListeners();
  const parser = new qcParser(new CommonTokenStream(lexer));
  parser.interpreter.setPredictionMode(PredictionMode.SLL);
  parser.removeErrorListeners();
  parser.addErrorListener({
    syntaxError: (_recognizer, token: Token | undefined, _line, _column, _message, error: RecognitionException | undefined) => {
      const expected = error?.expectedTokens ?? parser.getExpectedTokens();
      const names = expected.toArray().map((t) => describe(parser.vocabulary.getDisplayName(t)));
      syntaxError(source, token ?? parser.currentToken, [...new Set(names)]);
    },
  });
  return parser.file();
}

const TOKENS: Readonly<Record<string, string>> = {
  VALUE: "a value like %x or #w",
  SYMBOL: "a name like @main",
  NUMBER: "a number",
  STRING: "a text in quotes",
  IDENT: "a name",
  TYPE: "a type like f32[1, 4]",
  LIST: "a list like [1, 2]",
  DENSE: "dense<...>",
  ABSENT: "_",
  EOF: "the end of the file",
};
const describe = (name: string): string => TOKENS[name] ?? name;

function syntaxError(source: Source, token: Token, expected: readonly string[]): never {
  const atEnd = token.type === -1;
  if (token.text === '"') failAt(source, "QC-TEXT-001", token, "a text in quotes does not end on its line", 'write " at its end');
  const found = atEnd ? "the file ends" : `'${excerpt(token.text ?? "")}' stands`;
  const shown = expected.slice(0, 6).join(", ");
  const wanted =
    expected.length === 0 || expected.length > 12 ? "" : ` where ${shown}${expected.length > 6 ? ", ..." : ""} is expected`;
  const help =
    /^[a-z]+\d+$/.test(token.text ?? "") && expected.includes(TOKENS.TYPE)
      ? "the element types are f32, f16, bf16, f64, i4, u4, i8, ... u64, bool"
      : undefined;
  const place = atEnd ? tokenAt(source.text.trimEnd().length) : token;
  return failAt(source, "QC-TEXT-001", place as Token, `${found}${wanted || (atEnd ? " too early" : " where it cannot")}`, help);
}

const tokenAt = (startIndex: number): Pick<Token, "startIndex"> => ({ startIndex });
const excerpt = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}...` : text);
