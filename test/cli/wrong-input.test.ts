/** What users get wrong: each is a coded error with advice, exit code 1 or 2, no stack trace, and nothing written. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeNpy } from "../../src/support/npy.js";
import { type Ended, glyphFolder, interrupted, qc, qcHere } from "./qc.js";

const work = mkdtempSync(join(tmpdir(), "qc-wrong-"));
const at = (name: string) => join(work, name);

beforeAll(() => {
  glyphFolder(work);
  mkdirSync(at("empty"));
  mkdirSync(at("two"));
  for (const name of ["a.onnx", "b.onnx"]) cpSync(at("model.onnx"), join(at("two"), name));
  writeFileSync(at("noise.onnx"), "this is no protobuf at all, not in the least");
  writeFileSync(at("net.tflite"), "\x1c\0\0\0TFL3\x14\0\x20\0");
  writeFileSync(at("notes.txt"), "test/0000_zero.png 0\n");
  writeFileSync(at("broken.png"), readFileSync(at("image.png")).subarray(0, 200));
  writeFileSync(at("with-broken.txt"), "test/0000_zero.png 0\nbroken.png 1\n");
  writeFileSync(at("with-missing.txt"), "test/0000_zero.png 0\ntest/none.png 1\ntest/neither.png 1\n");
  writeFileSync(at("empty.txt"), "# nothing\n");
  writeFileSync(at("a-file"), "in the way");
  writeNpy(at("small.npy"), { dtype: "f32", shape: [1, 3, 8, 8], data: new Float32Array(192) });
  writeFileSync(at("small.txt"), "small.npy\n");
  const bytes = readFileSync(at("model.onnx")); // Gemm, the op type, appears once: same length, so the lengths around it stay right
  const gemm = bytes.indexOf(Buffer.from("\x22\x04Gemm", "latin1"));
  bytes.write("Gemn", gemm + 2, "latin1");
  writeFileSync(at("unknown-op.onnx"), bytes);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

function expectError(r: Ended, code: string | RegExp, exit: 1 | 2): void {
  const [line] = r.err.split("\n").filter((l) => l.startsWith("error "));
  expect(line, r.err).toMatch(code instanceof RegExp ? code : new RegExp(`^error ${code}: `));
  expect(r.code).toBe(exit);
  expect(r.err).toMatch(/= help: /);
  expect(r.err).not.toMatch(/\n\s+at .*\(?file:|node:internal/);
  expect(r.err).not.toContain("QC-INTERNAL");
}

const OUT = ["--output_path", "out"];
const compile = (...args: string[]) => qcHere(work, ["compile", ...args, ...OUT]);
const optimize = (...args: string[]) => qcHere(work, ["optimize", "--input_path", "model.onnx", ...args, ...OUT]);

describe("compile", () => {
  it.each([
    ["no such file", ["--input_path", "none.onnx"], "QC-COMPILE-001", 1],
    ["a folder without a model", ["--input_path", "empty"], "QC-COMPILE-002", 1],
    ["a folder with two models", ["--input_path", "two"], "QC-COMPILE-002", 1],
    ["another kind of file", ["--input_path", "notes.txt"], "QC-FORMAT-002", 1],
    ["a model of a format that is not read", ["--input_path", "net.tflite"], "QC-FORMAT-001", 1],
    ["two models named", ["model.onnx", "--input_path", "model.onnx"], "QC-CLI-030", 2],
    ["no protobuf", ["--input_path", "noise.onnx"], /^error QC-ONNX-/, 1],
    ["an unsupported op", ["--input_path", "unknown-op.onnx"], /^error QC-ONNX-017: .*Gemn/, 1],
    ["no model named", [], "QC-CLI-004", 2],
    ["an unknown option", ["--input_path", "model.onnx", "--optimise", "3"], "QC-CLI-002", 2],
    ["a shape of another rank", ["--input_path", "model.onnx", "--input_shapes", "image:[1,3,32]"], "QC-ONNX-013", 1],
    ["a shape of another size", ["--input_path", "model.onnx", "--input_shapes", "image:[1,3,64,64]"], "QC-ONNX-013", 1],
    ["a shape for no input", ["--input_path", "model.onnx", "--input_shapes", "picture:[1,3,32,32]"], "QC-ONNX-010", 1],
    ["no shape at all", ["--input_path", "model.onnx", "--input_shapes", "large"], "QC-CLI-005", 2],
    ["an unknown processor", ["--input_path", "model.onnx", "--target", "llvm -mcpu=pentium9"], /^error QC-(LLVM|TARGET)-/, 1],
    ["an unknown pass", ["--input_path", "model.onnx", "--passes", "fold-constnats"], "QC-PASS-001", 2],
    ["a plugin that is not there", ["--input_path", "model.onnx", "--plugin", "./none.mjs"], "QC-PLUGIN-001", 1],
    ["int8 of compile", ["--input_path", "model.onnx", "--data_type", "int8"], "QC-CLI-023", 2],
    [
      "the best of a search that never was",
      ["--input_path", "model.onnx", "--optimization", "category:graph,iterations:0"],
      "QC-TUNE-001",
      1,
    ],
    ["a malformed --freeze", ["--input_path", "model.onnx", "--freeze", "image"], "QC-CLI-022", 2],
    ["an unknown --emit", ["--input_path", "model.onnx", "--emit", "wasm"], "QC-CLI-005", 2],
  ] as const)("%s", async (_what, args, code, exit) => {
    expectError(await compile(...args), code, exit);
    expect(existsSync(at("out"))).toBe(false);
  });

  it("the output path is a file", async () => {
    expectError(await qcHere(work, ["compile", "--input_path", "model.onnx", "--output_path", "a-file"]), "QC-IO-004", 1);
    expect(readFileSync(at("a-file"), "utf8")).toBe("in the way");
  });
  it("libLLVM is missing", () => {
    expectError(
      qc(work, ["compile", "--input_path", "model.onnx", ...OUT], { QC_LIBLLVM: "/nowhere/libLLVM.so" }),
      /^error QC-LLVM-/,
      1,
    );
    expect(existsSync(at("out"))).toBe(false);
  });
});

describe("optimize", () => {
  it.each([
    ["no samples", [], "QC-CLI-025", 2],
    ["an unknown quantizer", ["--quantizer", "symetric"], "QC-CLI-005", 2],
    ["a quantizer of LEIP that is missing", ["--quantizer", "POWER_OF_TWO"], "QC-CLI-024", 2],
    ["a list that is not there", ["--rep_dataset", "none.txt"], "QC-IO-003", 1],
    ["an empty list", ["--rep_dataset", "empty.txt"], "QC-DATA-015", 1],
    ["a missing image", ["--rep_dataset", "with-missing.txt"], "QC-CLI-026", 1],
    ["a sample of another shape", ["--rep_dataset", "small.txt"], "QC-DATA-001", 1],
    ["an unknown preprocessor", ["--rep_dataset", "rep_dataset.txt", "--preprocessor", "units"], "QC-DATA-010", 1],
  ] as const)("%s", async (_what, args, code, exit) => {
    expectError(await optimize(...args), code, exit);
    expect(existsSync(at("out"))).toBe(false);
  });
  it("an unreadable image, with the line of the list", async () => {
    const r = await optimize("--rep_dataset", "with-broken.txt", "--preprocessor", "unit");
    expectError(r, /^error QC-DATA-/, 1);
    expect(r.err).toContain("with-broken.txt:2:1");
  });
  it("prints errors as JSON with --json", async () => {
    const r = await optimize("--json");
    expect(JSON.parse(r.out)).toMatchObject({ error: { code: "QC-CLI-025", kind: "usage" } });
    expect(r.code).toBe(2);
  });
  it.each([30, 400, 900, 1500])("Ctrl-C after %i ms leaves nothing half-written", async (ms) => {
    const before = readdirSync(work);
    const args = [
      "optimize",
      "--input_path",
      "model.onnx",
      "--rep_dataset",
      "rep_dataset.txt",
      "--preprocessor",
      "unit",
      "--output_path",
      "stopped",
    ];
    const r = await interrupted(work, args, ms);
    const written = readdirSync(work).filter((f) => !before.includes(f));
    expect(r.code === 130 || r.signal === "SIGINT" || r.code === 0, JSON.stringify(r)).toBe(true);
    if (existsSync(at("stopped"))) {
      expect(written).toEqual(["stopped"]);
      expect(readdirSync(at("stopped"))).toEqual(expect.arrayContaining(["model.h", "model.json", "model.so"]));
      expect(readdirSync(at("stopped")).filter((f) => f.startsWith(".qc"))).toEqual([]);
    } else {
      expect(written).toEqual([]);
    }
    rmSync(at("stopped"), { recursive: true, force: true });
  });
});

describe("run, evaluate, bench", () => {
  beforeAll(async () => {
    const r = await qcHere(work, ["compile", "--input_path", "model.onnx", "--output_path", "built"]);
    expect(r.code, r.err).toBe(0);
    writeFileSync(at("labels.txt"), "test/0000_zero.png 0\ntest/0001_one.png 16\n");
    writeFileSync(at("unlabelled.txt"), "test/0000_zero.png\n");
  });
  it.each([
    ["no model", ["run", "--input", "x.npy"], "QC-CLI-030", 2],
    ["a folder that is none", ["run", "empty", "--input", "x.npy"], "QC-RT-003", 1],
    ["no sample", ["run", "built"], "QC-CLI-032", 2],
    ["a sample that is not there", ["run", "built", "--input", "none.npy"], "QC-IO-003", 1],
    ["a sample of another shape", ["run", "built", "--input", "small.npy"], "QC-DATA-001", 1],
    ["an input that is none", ["run", "built", "--input", "a=x.npy", "--input", "b=x.npy"], "QC-CLI-033", 2],
    ["an input twice", ["run", "built", "--input", "image=x.npy", "--input", "image=x.npy"], "QC-CLI-033", 2],
    ["CUDA", ["run", "built", "--input", "x.npy", "--inference_context", "cuda"], "QC-CLI-031", 2],
    ["no list", ["evaluate", "built"], "QC-CLI-035", 2],
    ["a list without classes", ["evaluate", "built", "--test_path", "unlabelled.txt"], "QC-DATA-016", 1],
    ["a class out of range", ["evaluate", "built", "--test_path", "labels.txt"], "QC-CLI-037", 1],
    ["an unreadable image", ["evaluate", "built", "--test_path", "with-broken.txt"], /^error QC-DATA-/, 1],
    ["no number of threads", ["bench", "built", "--threads", "0"], "QC-CLI-005", 2],
    ["an unknown peer", ["bench", "built", "--peer", "tvm"], "QC-CLI-005", 2],
  ] as const)("%s", async (_what, args, code, exit) => {
    expectError(await qcHere(work, args), code, exit);
  });
});
