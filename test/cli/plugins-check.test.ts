/** `qc plugins --check` as people and programs see it, and what a build says of a plugin that was not checked. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { qc, ROOT } from "./qc.js";

const work = mkdtempSync(join(tmpdir(), "qc-check-"));
const at = (name: string) => join(work, name);
const run = (...args: string[]) => qc(work, args, { QC_CACHE_DIR: at("cache") });
const WRONG = `export default ({ unaryOp, expr }) => ({
  name: "wrong",
  apiVersion: 1,
  ops: [unaryOp({ name: "half", doc: "y = x / 2.", on: "float", float: (x) => x / 2, lower: (x) => expr.mul(x, expr.constant(x.t, 0.25)) })],
});
`;

beforeAll(() => {
  copyFileSync(join(ROOT, "examples/plugin-snake/snake.mjs"), at("snake.mjs"));
  writeFileSync(at("wrong.mjs"), WRONG);
  const made = spawnSync(process.execPath, [join(ROOT, "examples/plugin-snake/make-model.mjs"), at("snake.onnx")]);
  expect(made.status).toBe(0);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe("qc plugins --check", () => {
  it("shows the smallest case of a fault, and the command that draws it again", () => {
    const r = run("plugins", "--check", "wrong.mjs");
    expect(r.code).toBe(1);
    expect(r.out).toMatch(/op half +WRONG +\d+ cases of \d properties, seed 1\n/);
    expect(r.out).toMatch(/lower = eval: result 0, element \d+: eval gives/);
    expect(r.out).toContain("= half(%x0)");
    expect(r.err).toMatch(/error QC-PLUGIN-008: op 'half': it contradicts itself/);
    const [, again] = /again: qc (.*)/.exec(r.out) ?? [];
    const once = run(...again.split(" "));
    expect(once.code).toBe(1);
    expect(once.out).toMatch(/1 case of 2 properties|2 cases of 2 properties/);
  });
  it("is JSON for programs", () => {
    const r = run("plugins", "--check", "wrong.mjs", "--seed", "3", "--json");
    expect(r.code).toBe(1);
    const result = JSON.parse(r.out);
    expect(result).toMatchObject({ seed: 3, cases: 100, failed: 1, plugins: [{ spec: "wrong.mjs", plugin: "wrong" }] });
    const [part] = result.plugins[0].parts;
    expect(part).toMatchObject({ kind: "op", name: "half" });
    expect(part.properties.at(-1).failure).toMatchObject({ seed: expect.any(Number), text: expect.stringContaining("half") });
  });
});

describe("a build with a plugin", () => {
  const compile = () => run("compile", "--input_path", "snake.onnx", "--output_path", "out", "--plugin", "./snake.mjs");
  it("says that it is unchecked, until it was checked, and again where it has changed", () => {
    const first = compile();
    expect(first.code, first.err).toBe(0);
    expect(first.err).toMatch(
      /QC-PLUGIN-007: plugin 'snake' is unchecked: whether op 'snake' .*\n.*qc plugins --check \S*snake\.mjs/,
    );
    const checked = run("plugins", "--check", "./snake.mjs");
    expect(checked.code, checked.out + checked.err).toBe(0);
    expect(checked.out).toMatch(/op snake +ok +\d+ cases of \d properties, seed 1\n +pass find-snake +ok/);
    expect(compile().err).not.toContain("QC-PLUGIN-007");
    writeFileSync(at("snake.mjs"), `${readFileSync(at("snake.mjs"), "utf8")}\n// another\n`);
    expect(compile().err).toContain("QC-PLUGIN-007");
  });
  it("does not take a few cases for a check", () => {
    expect(run("plugins", "--check", "./snake.mjs", "--cases", "2").code).toBe(0);
    expect(compile().err).toContain("QC-PLUGIN-007");
  });
});
