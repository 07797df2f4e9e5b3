import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { QcError } from "../../src/support/diag.js";
import { failIo, readText, resolveInside, writeFileAtomic } from "../../src/support/fs.js";
import { openOutputFolder, withOutputFolder } from "../../src/support/output-folder.js";

const root = mkdtempSync(join(tmpdir(), "qc-fs-"));
afterAll(() => rmSync(root, { recursive: true }));
let made = 0;
const fresh = () => {
  const path = join(root, `t${made++}`);
  mkdirSync(path);
  return path;
};
function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof QcError) return error.code;
    throw error;
  }
  return "no error";
}

describe("writeFileAtomic", () => {
  it("replaces a file, makes its folder and leaves nothing else", () => {
    const at = fresh();
    writeFileAtomic(join(at, "a/b/x.txt"), "one");
    writeFileAtomic(join(at, "a/b/x.txt"), "two");
    expect(readText(join(at, "a/b/x.txt"))).toBe("two");
    expect(readdirSync(join(at, "a/b"))).toEqual(["x.txt"]);
  });
  it("keeps the old state where the target is a folder", () => {
    const at = fresh();
    mkdirSync(join(at, "x"));
    expect(codeOf(() => writeFileAtomic(join(at, "x"), "one"))).toBe("QC-IO-004");
    expect(readdirSync(at)).toEqual(["x"]);
  });
  it("says that the disk is full, and what to do", () => {
    const full = Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
    expect(() => failIo(full, "write", "out/model.so")).toThrow(/QC-IO-001: cannot write 'out\/model.so': the disk is full/);
  });
  it("refuses text that is not UTF-8", () => {
    const at = fresh();
    writeFileSync(join(at, "x"), Buffer.of(0xff, 0xfe, 0));
    expect(codeOf(() => readText(join(at, "x")))).toBe("QC-IO-006");
  });
});

describe("resolveInside", () => {
  const at = fresh();
  mkdirSync(join(at, "in/sub"), { recursive: true });
  writeFileSync(join(at, "secret"), "s");
  writeFileSync(join(at, "in/sub/weights.bin"), "w");
  symlinkSync(join(at, "secret"), join(at, "in/link"));
  symlinkSync(at, join(at, "in/up"));
  symlinkSync("sub/weights.bin", join(at, "in/fine"));
  symlinkSync("nowhere", join(at, "in/dangling"));
  const inside = join(at, "in");
  it.each(["sub/weights.bin", "fine", "sub/../sub/weights.bin", "new.bin", "new/deep.bin", "..name"])("allows %s", (name) => {
    expect(codeOf(() => resolveInside(inside, name))).toBe("no error");
  });
  it.each([
    "../secret",
    "sub/../../secret",
    "/etc/passwd",
    "C:\\x",
    "C:x",
    "\\\\host\\x",
    "link",
    "up/secret",
    "up/new",
    "dangling",
    "",
    "a\0b",
    "..",
  ])("refuses %s", (name) => {
    expect(codeOf(() => resolveInside(inside, name))).toBe("QC-IO-010");
  });
  it("gives the real path", () => {
    expect(resolveInside(inside, "fine")).toBe(resolve(inside, "sub/weights.bin"));
  });
});

describe("output folder", () => {
  it("appears whole on commit", () => {
    const at = fresh();
    const out = openOutputFolder(join(at, "new/out"));
    out.write("model.json", "{}");
    out.write("optimization_artifacts/log.json", "[]");
    expect(existsSync(join(at, "new/out"))).toBe(false);
    out.commit();
    expect(readdirSync(join(at, "new/out")).sort()).toEqual(["model.json", "optimization_artifacts"]);
    expect(readdirSync(join(at, "new"))).toEqual(["out"]);
    expect(statSync(join(at, "new/out")).mode & 0o777).toBe(0o777 & ~process.umask());
  });
  it("replaces files of the same name in an existing folder, and leaves the others", () => {
    const at = fresh();
    mkdirSync(join(at, "out/optimization_artifacts"), { recursive: true });
    writeFileSync(join(at, "out/optimization_artifacts/old.json"), "old");
    writeFileSync(join(at, "out/model.so"), "old");
    const out = openOutputFolder(join(at, "out"));
    out.write("model.so", "new");
    out.write("optimization_artifacts/log.json", "[]");
    expect(readText(join(at, "out/model.so"))).toBe("old");
    out.commit("model.so");
    expect(readText(join(at, "out/model.so"))).toBe("new");
    expect(readdirSync(join(at, "out")).sort()).toEqual(["model.so", "optimization_artifacts"]);
    expect(readdirSync(join(at, "out/optimization_artifacts")).sort()).toEqual(["log.json", "old.json"]);
  });
  it("leaves nothing after an error, not even the folders it made", async () => {
    const at = fresh();
    const run = withOutputFolder(join(at, "a/b/out"), (out) => {
      out.write("model.so", "half");
      throw new Error("no");
    });
    await expect(run).rejects.toThrow("no");
    expect(readdirSync(at)).toEqual([]);
  });
  it("commits nothing where a folder is in the way", async () => {
    const at = fresh();
    mkdirSync(join(at, "out/model.so"), { recursive: true });
    const run = withOutputFolder(join(at, "out"), (out) => {
      out.write("a.txt", "a");
      out.write("model.so", "x");
    });
    await expect(run).rejects.toThrow("QC-IO-004");
    expect(readdirSync(join(at, "out"))).toEqual(["model.so"]);
    writeFileSync(join(at, "file"), "");
    expect(codeOf(() => openOutputFolder(join(at, "file")))).toBe("QC-IO-004");
    expect(codeOf(() => openOutputFolder(join(at, "file/out")))).toBe("QC-IO-004");
  });
  it("removes the staging folder of a process that was killed", () => {
    const at = fresh();
    const dead = spawnSync(process.execPath, ["-e", "process.stdout.write(String(process.pid))"], { encoding: "utf8" }).stdout;
    mkdirSync(join(at, `.qc-staging-${dead}-abc`));
    openOutputFolder(join(at, "out")).abort();
    expect(readdirSync(at)).toEqual([]);
  });
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("is removed on %s, and the process ends with %i", async (signal, code) => {
    const at = fresh();
    const script = join(at, "child.ts");
    const source = pathToFileURL(resolve("src/support/output-folder.ts")).href;
    writeFileSync(
      script,
      `import { openOutputFolder } from ${JSON.stringify(source)};
       openOutputFolder(${JSON.stringify(join(at, "out"))}).write("x", "half");
       openOutputFolder(${JSON.stringify(join(at, "out2"))}).write("x", "half");
       process.stdout.write("ready");
       setTimeout(() => {}, 60000);`,
    );
    const jiti = resolve("node_modules/jiti/lib/jiti-cli.mjs");
    const child = spawn(process.execPath, [jiti, script], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, JITI_FS_CACHE: "false" },
    });
    await new Promise((ready) => child.stdout.once("data", ready));
    expect(readdirSync(at)).toHaveLength(3);
    const ended = new Promise((end) => child.once("exit", end));
    child.kill(signal);
    expect(await ended).toBe(code);
    expect(readdirSync(at)).toEqual(["child.ts"]);
    expect(readFileSync(script, "utf8")).toContain("ready");
  });
});
