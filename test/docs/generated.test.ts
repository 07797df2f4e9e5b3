import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorCodes, generatedDocs } from "../../scripts/generate-docs.js";
import { catalogue, TABLES } from "../../src/support/errors/catalogue.js";

const root = join(import.meta.dirname, "../..");

describe("the error catalogue", () => {
  const used = errorCodes().map((c) => c.code);
  it("has cause and cure of every code that the source uses (else: src/support/errors)", () => {
    expect(used.filter((c) => !Object.hasOwn(catalogue, c))).toEqual([]);
    const isSentence = (text: string) => text.length >= 12 && text.includes(" ") && text.endsWith(".");
    expect(Object.entries(catalogue).filter(([, texts]) => !texts.every(isSentence))).toEqual([]);
  });
  it("has no code that the source does not use, and none twice", () => {
    expect(Object.keys(catalogue).filter((c) => !used.includes(c))).toEqual([]);
    const all = TABLES.flatMap((t) => Object.keys(t));
    expect(all.filter((c, i) => all.indexOf(c) !== i)).toEqual([]);
  });
});

describe("generated documentation", () => {
  it.each(Object.entries(generatedDocs()))("%s is fresh (else: npm run docs)", (path, text) => {
    expect(readFileSync(join(root, path), "utf8") === text, `${path} is stale: npm run docs writes it`).toBe(true);
  });
  it("finds every code with its words", () => {
    const codes = errorCodes();
    expect(codes.length).toBeGreaterThan(100);
    expect(codes.find((c) => c.code === "QC-CLI-025")).toMatchObject({
      usage: true,
      message: "the quantizer … needs samples to calibrate with",
    });
    expect(codes.find((c) => c.code === "QC-IO-001")?.message).toContain("disk");
    expect(codes.filter((c) => c.message === "").length).toBeLessThan(codes.length / 20);
  });
});
