/** What comes from a file cannot act on a terminal: no control characters, no lines of its own, no flood. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDiag, QcError, shownJson, shownLines, shownText } from "../../src/support/diag.js";
import { formatTable } from "../../src/support/table.js";

/** Control characters but for the ends of lines, and what orders or breaks text in other ways. */
const ACTING = /(?!\n)[\p{Control}\p{Line_Separator}\p{Paragraph_Separator}\p{Bidi_Control}]/u;
const hostile = fc
  .array(fc.oneof(fc.constantFrom("\x1b[31m", "\n", "\r", "\0", "\u202e", "\x9b2J", "\x07", "error QC-IO-001: "), fc.string()))
  .map((parts) => parts.join(""));

describe("a diagnostic", () => {
  it("shows names and messages of any characters in lines of its own only", () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (name, message, text) => {
        const pos = { file: name, line: 1, column: 3, text };
        const shown = formatDiag({
          severity: "error",
          code: "QC-X-001",
          message,
          loc: { file: name, node: name },
          pos,
          help: message,
        });
        expect(shown).not.toMatch(ACTING);
        const starts = shown.split("\n").map((line) => /^(error QC-X-001: | {2}--> | {3}\| | {3}= help: )/.test(line));
        expect(starts.every((s) => s)).toBe(true);
        const error = new QcError([{ severity: "error", code: "QC-X-001", message }]);
        expect(error.message).not.toMatch(ACTING);
        expect(error.message.split("\n")).toHaveLength(1);
      }),
    );
  });
  it("is short whatever its names are", () => {
    const long = "A".repeat(5e6);
    const loc = { file: "x.onnx", node: long };
    expect(formatDiag({ severity: "error", code: "QC-X-001", message: `op '${long}' is`, loc }).length).toBeLessThan(1000);
    expect(formatDiag({ severity: "error", code: "QC-X-001", message: "a b ".repeat(1e6) }).length).toBeLessThan(5000);
    expect(shownText("a\x1b[0m\nb")).toBe("a\\x1b[0m\\nb");
  });
  it("sets the caret below its character, in a long line too", () => {
    const text = `${"a".repeat(1000)}!${"b".repeat(1000)}`;
    const [, , line, caret] = formatDiag({
      severity: "error",
      code: "QC-X-001",
      message: "m",
      pos: { file: "f", line: 1, column: 1001, text },
    }).split("\n");
    expect(line[caret.indexOf("^")]).toBe("!");
  });
});

describe("what a command prints", () => {
  it("keeps lines and colours, and nothing else that acts", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = shownLines(text);
        expect(shown.replace(/\p{Control}\[[\d;]*m|\t/gu, "")).not.toMatch(ACTING);
        expect(shown.split("\n")).toHaveLength(text.split("\n").length);
      }),
    );
  });
  it("as JSON reads back, and holds nothing that acts", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = shownJson({ [text]: text });
        expect(shown).not.toMatch(ACTING);
        expect(JSON.parse(shown)).toEqual({ [text]: text });
      }),
    );
  });
  it("in a table stands in its own cell", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = formatTable(["name", "n"], [[text, 1]], { tty: false });
        expect(shown).not.toMatch(ACTING);
        expect(shown.split("\n")).toHaveLength(2);
      }),
    );
  });
});
