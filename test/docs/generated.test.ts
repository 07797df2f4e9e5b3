import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorCodes, generatedDocs } from "../../scripts/generate-docs.js";

const root = join(import.meta.dirname, "../..");

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
