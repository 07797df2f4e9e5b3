/** Command lines of the table in the compatibility reference, `leip` replaced by `qc`, and how they become requests. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { type BuildArgs, buildOptions, buildRequest, levelOf, requestShapes } from "../../src/cli/commands/build-options.js";
import { compile } from "../../src/cli/commands/compile.js";
import { nextStep, reportText } from "../../src/cli/commands/report.js";
import { commands } from "../../src/cli/commands/table.js";
import { byteText, shortNumber } from "../../src/cli/commands/values.js";
import type { Io } from "../../src/cli/options/command.js";
import { dispatch } from "../../src/cli/options/dispatch.js";
import { parseArguments } from "../../src/cli/options/parse.js";
import type { CompileReport } from "../../src/compile.js";
import { isScores, realValues, topK } from "../../src/evaluate/scores.js";
import { writeNpy } from "../../src/support/npy.js";

const work = mkdtempSync(join(tmpdir(), "qc-commands-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const PATHS = ["--input_path", "m.onnx", "--output_path", "out"];
const parse = (...argv: string[]) => parseArguments(compile, [...PATHS, ...argv]).args as unknown as BuildArgs;
function notes(): { io: Io; lines: string[] } {
  const lines: string[] = [];
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  const nothing = () => undefined;
  const io: Io = {
    stdout: stream,
    stderr: stream,
    env: {},
    json: false,
    debug: false,
    version: "0",
    print: nothing,
    note: (l) => void lines.push(l),
    result: nothing,
  };
  return { io, lines };
}
const request = (...argv: string[]) => buildRequest(parse(...argv), notes().io);
const commandNamed = (name: string) => commands.find((c) => c.name === name) ?? expect.fail(`no command ${name}`);

describe("LEIP command lines", () => {
  it.each([
    "compile --input_path path/to/model --output_path path/to/output",
    "compile --input_path path/to/model --output_path path/to/output --target llvm -mcpu=skylake",
    "compile --input_path path/to/model --output_path path/to/output --target llvm -device=arm_cpu -model=bcm2837 -mtriple=aarch64-linux-gnu -mattr=+neon -mcpu=cortex-a72",
    "compile --input_path path/to/model --output_path path/to/output --target cuda:2080ti",
    "compile --input_path path/to/model --output_path path/to/output --optimization category:kernel,level:4 --optimization category:graph,iterations:2000",
    "compile -in model -o out -ishapes 1,224,224,3 --input_types float32 --input_names x --output_names y --data_type float32 --crc_check true --layout NHWC",
    "optimize --input_path inputModel/ --output_path optimizedModel/ --rep_dataset rep_dataset.txt",
    "optimize --input_path in --output_path out --rep_dataset r.txt --quantizer Asymmetric --compress_optimization tensor_splitting,bias_correction",
    "optimize --input_path in --output_path out --quantizer none --compile_optimization category:cuda,enabled:false",
    "run --input_path out --test_path image.png --class_names names.txt --framework lre --preprocessor imagenet --inference_context cpu",
    "evaluate --input_path out --test_path index.txt --task=classifier --dataset=custom -fw tflite --output_path report.json",
  ])("%s", (line) => {
    const [name, ...argv] = line.split(" ").map((w) => (w === "names.txt" ? join(import.meta.dirname, "commands.test.ts") : w));
    expect(() => parseArguments(commandNamed(name), argv)).not.toThrow();
  });
});

describe("build requests", () => {
  it("take everything from the command line", async () => {
    writeNpy(join(work, "n.npy"), { dtype: "i64", shape: [1], data: BigInt64Array.of(5n) });
    const r = await request(
      "--target",
      "llvm",
      "-mcpu=skylake",
      "--layout",
      "nchw",
      "--optimization",
      "category:kernel,level:2",
      "--emit",
      "llvm,asm",
      "--bundle",
      "-O1",
      "--passes",
      "cse",
      `--freeze=a=b=${join(work, "n.npy")}`,
    );
    expect(r).toMatchObject({
      inputPath: "m.onnx",
      outputPath: "out",
      target: "llvm -mcpu=skylake",
      layout: "NCHW",
      kernelLevel: 2,
      emit: ["llvm", "asm"],
      bundle: true,
      optLevel: 1,
      passes: "cse",
    });
    expect(r.freeze?.["a=b"]).toMatchObject({ type: { dtype: "i64", shape: [1] }, data: BigInt64Array.of(5n) });
  });
  it("leave open what is not given", async () => {
    expect(await request()).toMatchObject({
      target: undefined,
      layout: undefined,
      optLevel: undefined,
      passes: undefined,
      emit: [],
      bundle: false,
      shapes: { named: {}, positional: [] },
    });
  });
  it("give shapes names where --input_names does", () => {
    const bare = (...shape: number[]) => ({ name: null, shape });
    expect(requestShapes([bare(1, 2), bare(3)], [])).toEqual({ named: {}, positional: [[1, 2], [3]] });
    expect(requestShapes([bare(1, 2), bare(3)], ["x"])).toEqual({ named: { x: [1, 2] }, positional: [[3]] });
    expect(requestShapes([{ name: "y", shape: [4] }, bare(3)], ["x"])).toEqual({ named: { y: [4], x: [3] }, positional: [] });
  });
  it("know levels in both spellings", () => {
    expect([
      levelOf(parse()),
      levelOf(parse("-O0")),
      levelOf(parse("--opt_level", "2")),
      levelOf(parse("-O3", "--opt_level=1")),
    ]).toEqual([undefined, 0, 2, 3]);
  });
  it.each([
    [["--optimization", "tensor_splitting"]],
    [["--optimization", "category:cuda,enabled:true"]],
    [["--storage_int8", "true"]],
    [["--legacy_artifacts"]],
  ])("refuse what is not there: %s", async (argv) => {
    await expect(request(...argv)).rejects.toMatchObject({ code: "QC-CLI-020", kind: "usage" });
  });
  it("say what has no effect", async () => {
    const { io, lines } = notes();
    await buildRequest(parse("--input_types", "float32", "--model_id", "7"), io);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/QC-CLI-021: --input_types has no effect: /);
  });
  it("document every option that is not LEIP's own", () => {
    for (const [key, option] of Object.entries(buildOptions)) expect(option.doc.length, key).toBeGreaterThan(2);
  });
});

describe("help", () => {
  it("names every command, with a whole example each", async () => {
    const out: string[] = [];
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        out.push(String(chunk));
        done();
      },
    });
    expect(await dispatch(commands, ["--help"], { stdout, stderr: stdout, env: {}, version: "1" })).toBe(0);
    for (const c of commands) {
      expect(out.join("")).toContain(c.summary);
      expect(c.examples.length, c.name).toBeGreaterThan(0);
      for (const [line] of c.examples) expect(line).toMatch(new RegExp(`^qc ${c.name}\\b`));
    }
  });
  it("has examples that parse", () => {
    for (const c of commands)
      for (const [line] of c.examples) {
        const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare);
        const readable = words.map((w) => (/class_names\.txt$/.test(w) ? import.meta.filename : w));
        const upTo = readable.findIndex((w) => /^[|>]/.test(w));
        expect(() => parseArguments(c, readable.slice(2, upTo < 0 ? undefined : upTo)), line).not.toThrow();
      }
  });
});

describe("numbers", () => {
  const info = (
    dtype: "f32" | "i8" | "f16",
    shape: number[],
    quant: { kind: "tensor"; scale: number; zero: number } | null = null,
  ) => ({ name: "x", dtype, shape, quant });
  it("are dequantized and decoded", () => {
    expect(realValues(info("i8", [2], { kind: "tensor", scale: 0.5, zero: 1 }), Int8Array.of(3, -1))).toEqual([1, -1]);
    expect(realValues(info("f16", [1]), Uint16Array.of(0x3c00))).toEqual([1]);
  });
  it("are ranked", () => {
    expect(topK([1, 3, 3, 2], 3)).toEqual([
      { index: 1, score: 3 },
      { index: 2, score: 3 },
      { index: 3, score: 2 },
    ]);
    expect([info("f32", [1, 10]), info("f32", [1, 1, 1, 3]), info("f32", [2, 10]), info("f32", [1])].map(isScores)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
  it("are short", () => {
    expect([0.12345, -1234.567, 1e-7, 3, Number.NaN].map(shortNumber)).toEqual(["0.1235", "-1235", "1.000e-7", "3", "NaN"]);
    expect([0, 100, 1536, 1024 ** 2 * 200].map(byteText)).toEqual(["0 B", "100 B", "1.5 KiB", "200 MiB"]);
  });
});

describe("the report", () => {
  const report: CompileReport = {
    outputPath: join(process.cwd(), "out"),
    files: ["model.h", "model.json", "model.so"],
    target: "llvm -mcpu=skylake",
    runsHere: true,
    inputs: [{ name: "x" }],
    outputs: [{ name: "y", shape: [1, 1000, 1, 1] }],
    arenaBytes: 2048,
    arenaLowerBound: 1024,
    weightBytes: 65536,
    kernels: 7,
    launches: 9,
    seconds: { import: 0.125, emit: 0.5 },
    floatIslands: [
      { op: "softmax", node: "probabilities", reason: "no integer form" },
      { op: "exp", node: "e", reason: "no integer form" },
    ],
    floatError: { tolerance: 2e-5, winograd: [{ node: "c", tile: 4, channels: 64, bound: 5e-6 }] },
    tuning: null,
    calibration: null,
  };
  it("is short and says what to type next", () => {
    expect(reportText(report, "qc run out --input x.npy").split("\n")).toEqual([
      "out/  built for llvm -mcpu=skylake in 0.63 s",
      "  files     model.h, model.json, model.so",
      "  memory    weights 64.0 KiB, arena 2.0 KiB (at least 1.0 KiB are alive at once)",
      "  kernels   7 in 9 launches",
      "  winograd  1 layer, each within 5.0e-6 of its range (limit 2.0e-5)",
      "  seconds   import 0.13, emit 0.50",
      "  float     2 nodes stay in floating point:",
      "            probabilities (softmax), e (exp): no integer form",
      "  next      qc run out --input x.npy",
    ]);
  });
  it("names a next step that can work for the model at hand", () => {
    const at = (given: Partial<CompileReport>, isQuantized = true) => nextStep({ ...report, ...given }, isQuantized);
    expect(at({})).toBe("qc evaluate out --test_path index.txt");
    expect(at({}, false)).toBe("qc run out --input x.npy");
    expect(at({ outputs: [{ name: "boxes", shape: [1, 100, 4] }] })).toBe("qc run out --input x.npy");
    expect(at({ inputs: [{ name: "a" }, { name: "b" }] }, false)).toBe("qc run out --input a=a.npy --input b=b.npy");
    expect(at({ runsHere: false })).toContain("copy out/ to a machine");
  });
  it("counts one node as one", () => {
    const one = { ...report, floatIslands: report.floatIslands.slice(0, 1) };
    expect(reportText(one, "")).toContain("1 node stays in floating point:");
  });
  it("says that an arena cannot be smaller", () => {
    expect(reportText({ ...report, arenaLowerBound: 2048 }, "")).toContain("arena 2.0 KiB (no arena can be smaller)\n");
  });
});
