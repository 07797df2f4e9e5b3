/** Runs the `.qc` files beside it in process. QC_BLESS=1 rewrites the expectations that fail; look at the difference before committing. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Writable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { dump } from "../../src/cli/commands/dump.js";
import { opt } from "../../src/cli/commands/opt.js";
import { print } from "../../src/cli/commands/print.js";
import { verify } from "../../src/cli/commands/verify.js";
import { dispatch } from "../../src/cli/options/dispatch.js";
import { blessed, failedCheck, readSections, type Section, sectionText } from "../helpers/filecheck.js";

const root = import.meta.dirname;
const bless = process.env.QC_BLESS === "1";
const work = mkdtempSync(path.join(tmpdir(), "qc-text-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function runLine(line: string, file: string): Promise<Ran> {
  const [program, ...argv] = line.split(/\s+/);
  if (program !== "qc") throw new Error(`RUN lines run qc, not ${program}`);
  const text = { out: "", err: "" };
  const sink = (to: "out" | "err") =>
    new Writable({
      write(chunk, _encoding, done) {
        text[to] += String(chunk);
        done();
      },
    });
  const around = { stdout: sink("out"), stderr: sink("err"), env: {}, version: "test" };
  const code = await dispatch(
    [dump, opt, print, verify],
    argv.map((a) => a.replace("%s", file)),
    around,
  );
  return { code, ...text };
}

/** `error CODE: ...` with its line and column. */
function errorOf(err: string): string {
  const code = /error (QC-[A-Z0-9]+-\d+)/.exec(err)?.[1] ?? "no error";
  const place = / {2}--> .*?:(\d+):(\d+)$/m.exec(err);
  return place ? `${code} ${place[1]}:${place[2]}` : code;
}

/** What is wrong with the section, and its lines as they should be. */
async function check(s: Section, file: string): Promise<{ problem: string | null; lines: readonly string[] }> {
  if (s.runs.length === 0) return { problem: "the file has no RUN line", lines: s.lines };
  writeFileSync(file, sectionText(s));
  let out = "";
  for (const line of s.runs) {
    const ran = await runLine(line, file);
    if (s.errors.length) {
      const wanted = s.errors.map((e) => (e.line === null ? e.code : `${e.code} ${e.line}:${e.column}`)).join("\n");
      const found = ran.code === 0 ? "no error" : errorOf(ran.err);
      if (found === wanted) continue;
      const [code, place] = found.split(" ");
      const lines = s.lines.map((l) => {
        const [at, column] = (place ?? "").split(":").map(Number);
        const own = s.before + s.lines.indexOf(l) + 1;
        const where = place ? ` ${at > own ? `+${at - own}` : at}:${column}` : "";
        return /EXPECT-ERROR/.test(l) ? `// EXPECT-ERROR: ${code}${where}` : l;
      });
      return { problem: `expected ${wanted}, got ${found}\n${ran.err}`, lines };
    }
    if (ran.code !== 0) return { problem: `exit code ${ran.code}\n${ran.err}`, lines: s.lines };
    out += ran.out;
  }
  const nothing = s.checks.length === 0 && s.errors.length === 0;
  const problem = nothing ? "the section checks nothing" : s.errors.length ? null : failedCheck(s.checks, out);
  return { problem, lines: problem ? blessed(s, out) : s.lines };
}

const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((f) => f.endsWith(".qc"))
  .sort();

it("finds texts to run", () => expect(files.length).toBeGreaterThan(0));

for (const name of files) {
  describe(name, () => {
    const file = path.join(root, name);
    const sections = readSections(readFileSync(file, "utf8"));
    const results: (readonly string[])[] = sections.map((s) => s.lines);
    sections.forEach((s, i) => {
      it(`${i}: ${s.title}`, async () => {
        const { problem, lines } = await check(s, path.join(work, path.basename(name)));
        results[i] = lines;
        if (!bless) expect(problem).toBeNull();
      });
    });
    afterAll(() => {
      if (bless) writeFileSync(file, results.map((r) => r.join("\n")).join("\n// -----\n"));
    });
  });
}
