/** Every ```console block of the documentation is typed into a shell, block after block, in a folder with the glyph example in it. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { glyphFolder, MAIN, ROOT } from "../cli/qc.js";

interface Block {
  readonly line: number;
  readonly commands: readonly string[];
  /** A block "```js name" is a file that later commands use. */
  readonly file?: { readonly name: string; readonly text: string };
}

const documents = [
  "README.md",
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((f) => f.endsWith(".md"))
    .sort()
    .map((f) => `docs/${f}`),
];

/** Lines that begin with `$ ` are commands; a backslash goes on to the next line; all else is what they print. */
function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^```(?:console|js (\S+))\n([\s\S]*?)^```$/gm)].map(([, name, body], i, all) => ({
    line: text.slice(0, all[i].index).split("\n").length,
    file: name === undefined ? undefined : { name, text: body },
    commands:
      name === undefined
        ? body
            .replace(/\\\n\s*/g, " ")
            .split("\n")
            .filter((l) => l.startsWith("$ "))
            .map((l) => l.slice(2))
        : [],
  }));
}

const work = mkdtempSync(join(tmpdir(), "qc-docs-"));
const bin = join(work, "bin");

beforeAll(() => {
  mkdirSync(bin);
  writeFileSync(join(bin, "qc"), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
  chmodSync(join(bin, "qc"), 0o755);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe("console blocks", () => {
  it("are found", () => {
    const blocks = blocksOf("a\n```console\n$ qc x \\\n    --y\nprinted\n$ ls\n```\n```sh\nno\n```\n```js a.mjs\n1;\n```\n");
    expect(blocks).toEqual([
      { line: 2, commands: ["qc x  --y", "ls"] },
      { line: 11, commands: [], file: { name: "a.mjs", text: "1;\n" } },
    ]);
  });
  for (const path of documents) {
    const blocks = blocksOf(readFileSync(join(ROOT, path), "utf8"));
    if (blocks.length === 0) continue;
    it(`of ${path} run`, { timeout: 300_000 }, () => {
      const folder = glyphFolder(join(work, path.replaceAll("/", "_")));
      const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, QC: ROOT, QC_CACHE_DIR: join(work, "cache") };
      for (const { line, commands, file } of blocks) {
        if (file) writeFileSync(join(folder, file.name), file.text);
        for (const command of commands) {
          const r = spawnSync("bash", ["-c", command], { cwd: folder, encoding: "utf8", env });
          expect(r.status, `${path}:${line}: $ ${command}\n${r.stdout}${r.stderr}`).toBe(0);
        }
      }
    });
  }
});

describe("npm commands in the documentation", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };
  it.each(documents)("of %s exist", (path) => {
    const used = [...readFileSync(join(ROOT, path), "utf8").matchAll(/npm (?:run (?:-s )?)?(test|(?<=run (?:-s )?)[\w-]+)/g)].map(
      ([, s]) => s,
    );
    expect(used.filter((s) => !Object.hasOwn(scripts, s))).toEqual([]);
  });
});

describe("links between documents", () => {
  it.each(documents)("of %s lead somewhere", (path) => {
    const targets = [...readFileSync(join(ROOT, path), "utf8").matchAll(/\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      ([, t]) => t,
    );
    const broken = targets.filter((t) => spawnSync("test", ["-e", join(ROOT, path, "..", t)]).status !== 0);
    expect(broken).toEqual([]);
  });
  it("of the README reach every page", () => {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    const listed = (path: string) => readme.includes(`](${path})`) || readme.includes(`](${dirname(path)})`);
    expect(documents.filter((d) => d !== "README.md" && !listed(d))).toEqual([]);
  });
});
