/** IR text is a model: what was dumped or kept is built again, edited or not. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readNpy } from "../../src/support/npy.js";
import { glyphFolder, qc } from "./qc.js";

const work = mkdtempSync(join(tmpdir(), "qc-edited-"));
const at = (...names: string[]) => join(work, ...names);
const ok = (...args: string[]) => {
  const r = qc(work, args);
  expect(r.code, r.err).toBe(0);
  return r;
};
const scores = (file: string) => Array.from(readNpy(at(file)).data as Float32Array);

beforeAll(() => {
  glyphFolder(work);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe("a text", () => {
  it("builds the same bytes as the model that it was dumped from, by place and in LEIP's spelling", () => {
    ok("dump", "model.onnx", "-o", "model.qc", "--locs");
    ok("compile", "model.onnx", "-o", "from-model");
    ok("compile", "--input_path", "model.qc", "--output_path", "from-text", "--emit", "qc");
    ok("compile", "from-text/model.qc", "-o", "from-kept");
    const so = readFileSync(at("from-model", "model.so"));
    expect(readFileSync(at("from-text", "model.so")).equals(so)).toBe(true);
    expect(readFileSync(at("from-kept", "model.so")).equals(so)).toBe(true);
    expect(Object.keys(JSON.parse(readFileSync(at("from-text", "model.json"), "utf8")).sha256)).toContain("model.qcw");
  });
  it("that was edited computes what it says now", () => {
    const text = readFileSync(at("model.qc"), "utf8");
    const result = /return (%\S+)\n/.exec(text)?.[1] as string;
    const type = new RegExp(`^ {2}${result.replace(/[.]/g, "\\.")} = .* : (f32\\[[^\\]]*\\])`, "m").exec(text)?.[1];
    writeFileSync(
      at("edited.qc"),
      text.replace(`return ${result}\n`, `%twice = add(${result}, ${result}) : ${type}\n  return %twice\n`),
    );
    writeFileSync(at("edited.qcw"), readFileSync(at("model.qcw")));
    ok("run", "model.qc", "--input", "x.npy", "-o", "plain.npy");
    ok("run", "edited.qc", "--input", "x.npy", "-o", "twice.npy");
    const plain = scores("plain.npy");
    expect(scores("twice.npy")).toEqual(plain.map((v) => Math.fround(2 * v)));
  });
  it("of a quantized module builds again without samples", () => {
    ok(
      "optimize",
      "model.qc",
      "-o",
      "int8",
      "--rep_dataset",
      "rep_dataset.txt",
      "--preprocessor",
      "unit",
      "--emit",
      "qc",
      "--no-float",
    );
    ok("compile", "int8/model.qc", "-o", "int8-again");
    expect(readFileSync(at("int8-again", "model.so")).equals(readFileSync(at("int8", "model.so")))).toBe(true);
  });
  it("is measured and searched like a model", () => {
    writeFileSync(at("small.qc"), "func @main(%x: f32[64]) -> f32[64] {\n  %y = relu(%x)\n  return %y\n}\n");
    expect(ok("bench", "small.qc", "--rounds", "5").out).toContain("median ms");
    ok("tune", "small.qc", "-o", "tuned", "--iterations", "2");
    expect(existsSync(at("tuned", "optimization_artifacts", "small.tuning.json"))).toBe(true);
    expect(ok("schedule", "small.qc").out).toContain("relu");
  });
});
