import fc from "fast-check";
import { expect, it } from "vitest";
import { diffLines, diffText } from "../../src/passes/instruments/line-diff.js";

const lines = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });

it("turns the one text into the other", () => {
  fc.assert(
    fc.property(lines, lines, (a, b) => {
      const diff = diffLines(a, b)!;
      expect(diff.filter((l) => l.mark !== "+").map((l) => l.text)).toEqual(a);
      expect(diff.filter((l) => l.mark !== "-").map((l) => l.text)).toEqual(b);
    }),
  );
});

it("is as short as the longest common subsequence allows", () => {
  const common = (a: readonly string[], b: readonly string[]): number => {
    const row = new Array<number>(b.length + 1).fill(0);
    for (const x of a) {
      let diagonal = 0;
      for (let j = 0; j < b.length; j++) {
        const above = row[j + 1];
        row[j + 1] = x === b[j] ? diagonal + 1 : Math.max(above, row[j]);
        diagonal = above;
      }
    }
    return row[b.length];
  };
  fc.assert(
    fc.property(lines, lines, (a, b) => {
      const edits = diffLines(a, b)!.filter((l) => l.mark !== " ").length;
      expect(edits).toBe(a.length + b.length - 2 * common(a, b));
    }),
  );
});

it("gives up beyond the limit and leaves out what is far from a change", () => {
  expect(diffLines(["a", "b"], ["c", "d"], 3)).toBeNull();
  const text = Array.from({ length: 9 }, (_, i) => String(i));
  expect(diffText(diffLines(text, text.with(4, "x"))!, 1)).toBe("  ...\n  3\n- 4\n+ x\n  5\n  ...");
});
