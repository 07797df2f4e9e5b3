import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Writable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { dump } from "../../src/cli/commands/dump.js";
import { opt } from "../../src/cli/commands/opt.js";
import { print } from "../../src/cli/commands/print.js";
import { verify } from "../../src/cli/commands/verify.js";
import { dispatch } from "../../src/cli/options/dispatch.js";

const folder = mkdtempSync(path.join(tmpdir(), "qc-ir-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const glyphs = path.join(import.meta.dirname, "../../examples/glyphs/glyphs.onnx");
const at = (name: string) => path.join(folder, name);

async function qc(...argv: string[]) {
  const text = { out: "", err: "" };
  const sink = (to: "out" | "err") =>
    new Writable({
      write(chunk, _encoding, done) {
        text[to] += String(chunk);
        done();
      },
    });
  const code = await dispatch([dump, opt, print, verify], argv, {
    stdout: sink("out"),
    stderr: sink("err"),
    env: {},
    version: "test",
  });
  return { code, ...text };
}

describe("a model as text", () => {
  it("dumps with its weights, verifies, and prints the same text again", async () => {
    const file = at("glyphs.qc");
    expect(await qc("dump", glyphs, "-o", file, "--locs")).toMatchObject({ code: 0, out: `wrote ${file} and ${file}w\n` });
    const checked = await qc("verify", file);
    expect(checked.code).toBe(0);
    expect(checked.out).toMatch(/well formed: 1 function, \d+ nodes, \d+ constants/);
    expect((await qc("print", file, "--locs")).out).toBe(readFileSync(file, "utf8"));
    expect((await qc("opt", file, "-O2", "--verify-each", "-o", at("o2.qc"))).code).toBe(0);
    expect((await qc("verify", at("o2.qc"))).code).toBe(0);
    const onnx = await qc("opt", glyphs, "-O2");
    expect((await qc("print", at("o2.qc"))).out).toBe(onnx.out);
    expect(onnx.err).toMatch(/QC-CLI-042/);
  });

  it("is refused with exit code 1 and a place when it is wrong", async () => {
    writeFileSync(at("bad.qc"), "func @main(%x: f32[2]) -> f32[2] {\n  %y = relu(%z)\n  return %y\n}\n");
    const { code, err } = await qc("verify", at("bad.qc"));
    expect(code).toBe(1);
    expect(err).toContain(
      `error QC-TEXT-002: '%z' is not defined before it is used\n  --> ${at("bad.qc")}:2:13\n   |   %y = relu(%z)\n   |             ^`,
    );
    expect(err).not.toMatch(/at .*\.(ts|js):/);
  });

  it("misses its weights by name when their file is gone", async () => {
    await qc("dump", glyphs, "-o", at("lost.qc"));
    rmSync(at("lost.qcw"));
    const { code, err } = await qc("verify", at("lost.qc"));
    expect(code).toBe(1);
    expect(err).toMatch(/QC-TEXT-009.*\n.*lost\.qc:\d+:\d+/);
  });

  it("as JSON", async () => {
    const { out } = await qc("verify", at("o2.qc"), "--json");
    expect(JSON.parse(out)).toMatchObject({ ok: true, kernels: 0 });
  });
});

describe("calls that are wrong", () => {
  it.each([
    [["opt", glyphs], "QC-CLI-045"],
    [["opt"], "QC-CLI-007"],
    [["opt", glyphs, "--passes=cse", "--assume=nothing"], "QC-CLI-046"],
    [["opt", glyphs, "--passes=css"], "QC-PASS-001"],
    [["print", glyphs, "--func=other"], "QC-CLI-043"],
  ])("%s is %s", async (argv, code) => {
    const { code: exit, err } = await qc(...argv);
    expect(err).toContain(code);
    expect(exit).toBe(2);
  });

  it("a file that is not there is the input's fault", async () => {
    expect(await qc("verify", at("nowhere.qc"))).toMatchObject({ code: 1, err: expect.stringContaining("QC-IO-003") });
  });
  it("so is a file of another format", async () => {
    const other = path.join(import.meta.dirname, "ir-commands.test.ts");
    expect(await qc("dump", other)).toMatchObject({ code: 1, err: expect.stringContaining("QC-FORMAT-002") });
  });
});

it("qc opt takes the pipeline of a text's own RUN line", async () => {
  writeFileSync(
    at("run.qc"),
    "// RUN: qc opt %s --passes=cse,dce\nfunc @main(%x: f32[2]) -> f32[2] {\n  %a = exp(%x)\n  %y = exp(%x)\n  return %y\n}\n",
  );
  const { code, out } = await qc("opt", at("run.qc"));
  expect(code).toBe(0);
  expect(out.match(/exp/g)).toHaveLength(1);
  expect(existsSync(at("run.qcw"))).toBe(false);
});
