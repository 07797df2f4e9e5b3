import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { macroPrefix } from "../../src/backends/header.js";

describe("the macros of a model", () => {
  it("are identifiers, differ where the names do, and keep a plain name as it is", () => {
    const name = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: fc.constantFrom("a", "A", "_", "-", ".", "0", "м"), maxLength: 4 }),
    );
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(macroPrefix(a)).toMatch(/^[A-Z][A-Z0-9_]{0,44}$/);
        expect(macroPrefix(a) === macroPrefix(b)).toBe(a === b);
      }),
      { numRuns: 2000 },
    );
    expect(macroPrefix("mobilenet_v2")).toBe("MOBILENET_V2");
    expect(macroPrefix("2layers")).toMatch(/^M2LAYERS_H[0-9A-F]{8}$/);
  });
});
