import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";

/** Checksums of the LLVM text and kernel keys of examples/glyphs. QC_BLESS=1 writes them anew, after a change that is meant to change what is emitted. */
const KNOWN = "test/scripts/emitted-glyphs.json";

describe("npm run unchanged", () => {
  const run = (...args: string[]) =>
    execFileSync(process.execPath, ["--import", "jiti/register", "scripts/unchanged.ts", "--portable", ...args], {
      encoding: "utf8",
    });
  it("finds the emitted code of the example as it was", () => {
    if (process.env.QC_BLESS) run("--record", KNOWN);
    expect(run("--against", KNOWN)).toMatch(/^2 builds, 0 changed$/m);
  });
});
