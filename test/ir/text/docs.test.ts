/** The texts in docs/ir.md are what they say. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { verifyModule } from "../../../src/ir/op/verify.js";
import { parseText } from "../../../src/ir/text/parse-module.js";
import { printKernel } from "../../../src/ir/text/print-kernel.js";
import { funcText } from "../../../src/ir/text/print-module.js";
import { irContext } from "../../helpers/ir-context.js";

const doc = readFileSync(path.join(import.meta.dirname, "../../../docs/ir.md"), "utf8");
const blocks = (language: string) =>
  [...doc.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((m) => m[1]);

describe("docs/ir.md", () => {
  it("shows texts that qc reads and prints in the same form", () => {
    const ctx = irContext();
    const texts = blocks("qc");
    expect(texts.length).toBeGreaterThan(1);
    for (const text of texts) {
      const { module, kernels } = parseText(text, "ir.md", ctx);
      if (module) expect(verifyModule(module, ctx.ops, ctx.blobs)).toEqual([]);
      for (const f of module?.funcs ?? []) expect(text).toContain(funcText(module!, f, ctx));
      for (const k of kernels) expect(text).toBe(printKernel(k));
    }
  });

  it("lists every code that src/ir/text uses", () => {
    const folder = path.join(import.meta.dirname, "../../../src/ir/text");
    const sources = ["syntax", "read-type", "parse-module", "parse-states", "parse-kernel"].map((f) =>
      readFileSync(path.join(folder, `${f}.ts`), "utf8"),
    );
    const used = new Set(sources.flatMap((s) => [...s.matchAll(/"QC-TEXT-(\d+)"/g)].map((m) => m[1])));
    for (const code of used) expect(doc.slice(doc.indexOf("## Errors")), code).toMatch(new RegExp(`\\b${code}\\b`));
  });
});
