import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KNOBS } from "../../src/support/env.js";
import { filesUnder, withoutComments } from "./imports.js";

const MAX_LINES = 400;
const sources = filesUnder("src")
  .filter((file) => file.endsWith(".ts") && !file.includes("/generated/"))
  .map((file) => ({ file, text: readFileSync(join("src", file), "utf8") }));

/** Code alone: comments and the contents of strings taken out. */
function bare(text: string): string {
  return withoutComments(text).replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\.|\$(?!\{))*`/g, '""');
}
/** `file:line: text` of every line that matches. */
function lines(pattern: RegExp, of: (text: string) => string = bare): string[] {
  return sources.flatMap(({ file, text }) =>
    of(text)
      .split("\n")
      .flatMap((line, i) => (pattern.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
  );
}

const ANY = /(?::|\bas|<|\||,|=>)\s*any\b(?!\s*\()/;

describe("source files", () => {
  it(`have at most ${MAX_LINES} lines`, () => {
    expect(
      sources.map(({ file, text }) => ({ file, lines: text.split("\n").length - 1 })).filter((s) => s.lines > MAX_LINES),
    ).toEqual([]);
  });
  it("know no any", () => {
    expect(["f(x: any)", "y as any;", "Map<string, any>"].every((l) => ANY.test(l))).toBe(true);
    expect(["anyOf: x", "p: any('x')", "companyAny"].some((l) => ANY.test(l))).toBe(false);
    expect(lines(ANY)).toEqual([]);
  });
  it("do not silence the compiler", () => {
    expect(lines(/@ts-(ignore|nocheck|expect-error)/, (text) => text)).toEqual([]);
  });
  it("have no default exports", () => {
    expect(lines(/^\s*export\s+default\b|\bas\s+default\b/)).toEqual([]);
  });
  it("hold no unfinished work", () => {
    expect(lines(/\b(TODO|FIXME|XXX|HACK)\b/, (text) => text)).toEqual([]);
  });
  it("write error codes as QC-AREA-NNN", () => {
    const codes = sources.flatMap(({ file, text }) =>
      [...withoutComments(text).matchAll(/["'`](QC-[^"'`\s:]*)["'`]/g)].map(([, code]) => ({ file, code })),
    );
    expect(codes.length).toBeGreaterThan(50);
    expect(codes.filter(({ code }) => !/^QC-[A-Z0-9]+-\d{3}$/.test(code) && code !== "QC-")).toEqual([]);
  });
  it("make temporary folders where those of killed processes are removed", () => {
    const makers = lines(/\bmkdtemp(Sync)?\(/, withoutComments).map((line) => line.replace(/:.*/, ""));
    expect([...new Set(makers)].sort()).toEqual(["support/output-folder.ts", "support/temp-folder.ts"]);
  });
  it("read only the environment variables of the table", () => {
    const read = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/\benv(?:\.|\[["'])(QC_[A-Z0-9_]+)/g)].map(([, name]) => ({ file, name })),
    );
    expect(read.filter(({ name }) => !Object.hasOwn(KNOBS, name))).toEqual([]);
  });
});

const isCheckout = existsSync(".git");

describe.skipIf(!isCheckout)("tracked files", () => {
  const tracked = isCheckout
    ? execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" })
        .split("\0")
        .filter((f) => f !== "" && existsSync(f))
    : [];
  const texts = tracked
    .filter((file) => statSync(file).isFile() && statSync(file).size < 2e6)
    .map((file) => ({ file, text: readFileSync(file, "latin1") }))
    .filter(({ text }) => !text.includes("\0"));
  // written so that this file does not hold what it looks for
  const machinePath = new RegExp(`(?<![\\w./-])/(${["work", "root"].join("|")}|home/(?!user\\b)\\w+)/\\w`);
  const registry = /\b(registry|npm|pypi|mirror|artifactory|nexus|proxy|deb)\.[\w-]+\.(org|com|io|net|dev|local|internal)\b/i;

  it("are found", () => {
    expect(texts.length).toBeGreaterThan(20);
  });
  it("name no path of one machine", () => {
    expect(machinePath.test(`cd ${"/wo"}rk/main`)).toBe(true);
    expect(machinePath.test("src/work/main")).toBe(false);
    expect(
      texts.filter(({ text }) => machinePath.test(text)).map(({ file, text }) => `${file}: ${machinePath.exec(text)?.[0]}`),
    ).toEqual([]);
  });
  it("name no package registry", () => {
    expect(registry.test(`https://regis${"try.npmjs"}.org/x`)).toBe(true);
    expect(
      texts.filter(({ text }) => registry.test(text)).map(({ file, text }) => `${file}: ${registry.exec(text)?.[0]}`),
    ).toEqual([]);
  });
  it("hold nothing that a build makes", () => {
    expect(tracked.filter((f) => /(^|\/)(node_modules|dist|coverage)\/|\.tsbuildinfo$/.test(f))).toEqual([]);
  });
});
