/** What fails in a plugin or a preprocessor says whose it is: every member, every way to fail. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadPlugin } from "../../src/plugin.js";
import { QcError } from "../../src/support/diag.js";
import { writeNpy } from "../../src/support/npy.js";
import { qc } from "./qc.js";

const work = mkdtempSync(join(tmpdir(), "qc-foreign-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
let files = 0;
const file = (text: string): string => {
  const name = `p${files++}.mjs`;
  writeFileSync(join(work, name), text);
  return `./${name}`;
};
const member = (text: string) => file(`export default (qc) => ({ name: "p", apiVersion: 1, ${text} });\n`);

beforeAll(() => {
  writeFileSync(
    join(work, "m.qc"),
    `module "m" version 1\nfunc @main(%x: f32[1, 4]) -> f32[1, 4] {\n  %y = relu(%x)\n  return %y\n}\n`,
  );
  writeNpy(join(work, "x.npy"), { dtype: "f32", shape: [1, 4], data: Float32Array.of(-1, 2, -3, 4) });
  writeFileSync(join(work, "list.txt"), "x.npy\n");
});

describe("a plugin", () => {
  const LISTS = "ops passes frontends sketches schedulers strategies backends schemes calibrators repairs pipeline".split(" ");
  const WRONG = [
    "null",
    "5",
    '"x"',
    "[null]",
    "[5]",
    "[{}]",
    "[[]]",
    '[{ name: "" }]',
    '[{ name: "n" }]',
    '[{ name: "n", run: 5 }]',
    "{}",
  ];

  it.each(LISTS)("whose %s are something else is refused by the member's name", async (list) => {
    for (const value of WRONG) {
      const error = await loadPlugin(member(`${list}: ${value}`), work).then(
        () => null,
        (e: unknown) => e,
      );
      expect(error, value).toBeInstanceOf(QcError);
      expect((error as QcError).message, value).toMatch(new RegExp(`^QC-PLUGIN-009: plugin 'p' \\(\\./p\\d+\\.mjs\\): ${list}`));
    }
  });

  it.each(["importers", "targets"])("whose %s are something else is refused by the member's name", async (map) => {
    for (const value of ["null", "5", "[]", "{ a: null }", "{ a: 5 }"])
      await expect(loadPlugin(member(`${map}: ${value}`), work), value).rejects.toThrow(new RegExp(`QC-PLUGIN-009: .*${map}`));
  });

  it.each([
    ["throws null", "throw null;", /error QC-PLUGIN-002: plugin '.*' fails to load: it threw null/],
    ["throws as it is made", "export default () => { throw 5; };", /error QC-PLUGIN-002: .* it threw 5/],
    ["is no module", "export default (", /error QC-PLUGIN-002: /],
    ["rejects", 'export default () => Promise.reject(new Error("no"));', /error QC-PLUGIN-002: .* no\n/],
    [
      "never settles",
      "export default () => new Promise(() => {});",
      /error QC-PLUGIN-010: plugin '.*' gave no answer within 1 s/,
    ],
    ["never settles as it loads", "await new Promise(() => {});", /error QC-PLUGIN-010: /],
    ["ends the program", "process.exit(0);", /error QC-PLUGIN-012: plugin '.*' ended the program before qc was done/],
    ["ends it later", 'export default { name: "p", apiVersion: 1, get ops() { process.exit(0); } };', /QC-PLUGIN-012: /],
    ["takes itself for another", "export default 5;", /error QC-PLUGIN-003: /],
  ])("that %s is named, and nothing is built", (_, text, why) => {
    const r = qc(work, ["compile", "m.qc", "-o", "out", "--plugin", file(text)], { QC_FOREIGN_SECONDS: "1" });
    expect(r.err).toMatch(why);
    expect(r.err).not.toMatch(/QC-INTERNAL|\n {4}at /);
    expect(r.code).toBe(1);
    expect(readdirSync(work)).not.toContain("out");
  });
});

describe("a preprocessor", () => {
  it.each([
    ["never settles as it loads", "await new Promise(() => {});", /error QC-PLUGIN-010: the preprocessor '.*' gave no answer/],
    [
      "never settles",
      "export default () => new Promise(() => {});",
      /error QC-PLUGIN-010: the preprocessor '.*', on '.*x\.npy', gave no/,
    ],
    [
      "throws null",
      "export default () => { throw null; };",
      /error QC-DATA-014: the preprocessor '.*' failed on .*: it threw null/,
    ],
    [
      "ends the program",
      "export default () => process.exit(0);",
      /error QC-PLUGIN-012: the preprocessor '.*', on '.*', ended the program/,
    ],
  ])("that %s is named, and nothing is built", (_, text, why) => {
    const args = ["optimize", "m.qc", "-o", "out", "--rep_dataset", "list.txt", "--preprocessor", file(text)];
    const r = qc(work, args, { QC_FOREIGN_SECONDS: "1" });
    expect(r.err).toMatch(why);
    expect(r.err).not.toMatch(/QC-INTERNAL|\n {4}at /);
    expect(r.code).toBe(1);
    expect(readdirSync(work)).not.toContain("out");
  });
});
