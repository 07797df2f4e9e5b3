import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { type Command, defineCommand } from "../../src/cli/options/command.js";
import { dispatch } from "../../src/cli/options/dispatch.js";
import * as leip from "../../src/cli/options/leip.js";
import { NO_OPTIMIZATION, optimization, parseOptimization } from "../../src/cli/options/optimization.js";
import { choice, flag, integer, integerOr, real, text, texts } from "../../src/cli/options/option.js";
import { parseArguments } from "../../src/cli/options/parse.js";
import { inputShapes, parseInputShapes } from "../../src/cli/options/shapes.js";
import { fail, QcError } from "../../src/support/diag.js";

const compile = defineCommand({
  name: "compile",
  summary: "compile a model",
  description: "Compiles a model as it is.",
  examples: [["qc compile --input_path m.onnx --output_path out", "for this machine"]],
  options: {
    inputPath: leip.inputPath(),
    outputPath: leip.outputPath(),
    inputShapes: inputShapes("shapes of the inputs"),
    inputTypes: leip.inputTypes(),
    target: leip.target(),
    optimization: optimization(),
    quantizer: leip.quantizer("none"),
    layout: leip.layout(),
    plugin: leip.plugins(),
    bundle: leip.bundle(),
    framework: text("framework", { aliases: ["-fw"], hidden: true }),
    verifyEach: flag("verify", { default: true }),
    threads: integerOr("threads", 1, { min: 1 }),
    seed: integer("seed"),
    tolerance: real("tolerance", { min: 0, max: 1 }),
  },
  run: (args, io) => {
    const threads: number = args.threads;
    const quantizer: leip.QuantizerName = args.quantizer;
    io.result({ ...args, threads, quantizer }, () => `compiled ${args.inputPath} to ${args.outputPath}`);
  },
});
const run = defineCommand({
  name: "run",
  summary: "run",
  description: "Runs.",
  examples: [],
  operands: [
    { name: "FOLDER", doc: "a compiled model", required: true },
    { name: "SAMPLE", doc: "samples", required: false, many: true },
  ],
  options: {
    topK: integerOr("how many", 5),
    mode: choice("mode", ["a", "b"], "a"),
    names: texts("names", { separator: "," }),
    inputShapes: inputShapes("s"),
  },
  run: (args) => {
    if (args.operands[0] === "bad") fail("QC-RUN-001", "no such folder", { help: "compile first" });
    if (args.operands[0] === "bug") throw new TypeError("x is undefined");
    return args.operands[0] === "one" ? 1 : 0;
  },
});
const commands: Command[] = [compile, run];
const base = ["-in", "m.onnx", "-o", "out"];
const parse = (...argv: string[]) => parseArguments(compile, [...base, ...argv]).args as unknown as Record<string, unknown>;
function errorOf(of: () => unknown): { code: string; kind: string; help?: string; message: string } {
  try {
    of();
  } catch (error) {
    if (error instanceof QcError)
      return { code: error.code, kind: error.kind, help: error.diags[0].help, message: error.message };
    throw error;
  }
  throw new Error("no error");
}
async function call(argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const into = (list: string[]) =>
    new Writable({
      write(chunk, _, done) {
        list.push(String(chunk));
        done();
      },
    });
  const code = await dispatch(commands, argv, { stdout: into(out), stderr: into(err), env: {}, version: "1.2.3" });
  return { code, out: out.join(""), err: err.join("") };
}

describe("spellings", () => {
  it.each([
    ["--input_path", "--output_path"],
    ["--input-path", "--output-path"],
    ["-in", "-o"],
  ])("%s and %s", (input, output) => {
    for (const argv of [
      [input, "a b.onnx", output, "o=1"],
      [`${output}=o=1`, `${input}=a b.onnx`],
    ]) {
      expect(parseArguments(compile, argv).args).toMatchObject({ inputPath: "a b.onnx", outputPath: "o=1" });
    }
  });
  it("knows LEIP's short ones, and the last of two counts", () => {
    expect(parse("-fw", "tflite", "-ishapes", "1, 224, 224, 3")).toMatchObject({
      framework: "tflite",
      inputShapes: [{ name: null, shape: [1, 224, 224, 3] }],
    });
    expect(parse("--layout=nhwc", "--layout", "nchw").layout).toBe("NCHW");
  });
  it("takes flags in every form", () => {
    expect(parse()).toMatchObject({ bundle: false, verifyEach: true });
    expect(parse("--bundle", "--no-verify-each")).toMatchObject({ bundle: true, verifyEach: false });
    expect(parse("--bundle", "true", "--verify_each", "False")).toMatchObject({ bundle: true, verifyEach: false });
    expect(parse("--bundle=no").bundle).toBe(false);
    expect(errorOf(() => parse("--bundle=maybe"))).toMatchObject({ code: "QC-CLI-005", kind: "usage" });
    expect(errorOf(() => parse("--no_bundle=true")).code).toBe("QC-CLI-005");
  });
  it("does not care for the case of words", () => {
    expect(parse("--quantizer", "SymmetricPC").quantizer).toBe("symmetricpc");
    expect(parse("--quantizer", "POWER_OF_TWO").quantizer).toBe("power_of_two");
    expect(errorOf(() => parse("--quantizer", "symetric"))).toMatchObject({
      code: "QC-CLI-005",
      help: "did you mean 'symmetric'?",
    });
    expect(parse("--input_types", "float32, uint8").inputTypes).toEqual(["f32", "u8"]);
  });
  it("takes numbers in their range only", () => {
    expect(parse("--threads", "4", "--seed=-3", "--tolerance", "1e-2")).toMatchObject({ threads: 4, seed: -3, tolerance: 0.01 });
    for (const argv of [["--threads", "0"], ["--threads=1.5"], ["--threads", ""], ["--tolerance", "2"], ["--seed", "x"]]) {
      expect(errorOf(() => parse(...argv)).code).toBe("QC-CLI-005");
    }
  });
  it("repeats", () => {
    expect(parse("--plugin", "./a.mjs", "--plugin=b").plugin).toEqual(["./a.mjs", "b"]);
  });
});

describe("target", () => {
  it.each([
    [["--target", "llvm", "-mcpu=skylake"], "llvm -mcpu=skylake"],
    [["--target", "llvm -mcpu=skylake"], "llvm -mcpu=skylake"],
    [["--target=llvm", "-mcpu=x", "-mattr=+a,-b"], "llvm -mcpu=x -mattr=+a,-b"],
    [
      ["--target", "llvm", "-device=arm_cpu", "-model=bcm2837", "-mtriple=aarch64-linux-gnu", "-mattr=+neon", "-mcpu=cortex-a72"],
      "llvm -device=arm_cpu -model=bcm2837 -mtriple=aarch64-linux-gnu -mattr=+neon -mcpu=cortex-a72",
    ],
    [["--target", "llvm -keys=cpu"], "llvm -keys=cpu"],
    [["--target", "cuda:2080ti"], "cuda:2080ti"],
  ])("%j", (argv, want) => {
    expect(parse(...argv, "--layout", "NHWC")).toMatchObject({ target: want, layout: "NHWC" });
  });
  it("owns its flags only where they follow it", () => {
    expect(errorOf(() => parse("-mcpu=skylake")).code).toBe("QC-CLI-002");
  });
});

describe("input shapes", () => {
  const one = (t: string) => parseInputShapes([t], "--input_shapes");
  it.each([
    ["name:[1,3,224,224]", [{ name: "name", shape: [1, 3, 224, 224] }]],
    ["serving/input:0:[1, 3]", [{ name: "serving/input:0", shape: [1, 3] }]],
    ["x[0]:[2]", [{ name: "x[0]", shape: [2] }]],
    ["1, 224, 224, 3", [{ name: null, shape: [1, 224, 224, 3] }]],
    ["[1,3,224,224]", [{ name: null, shape: [1, 3, 224, 224] }]],
    [
      "a:[1,2],b:[3]",
      [
        { name: "a", shape: [1, 2] },
        { name: "b", shape: [3] },
      ],
    ],
    [
      "[1,2] [3]",
      [
        { name: null, shape: [1, 2] },
        { name: null, shape: [3] },
      ],
    ],
    [
      "1,2; 3",
      [
        { name: null, shape: [1, 2] },
        { name: null, shape: [3] },
      ],
    ],
    ["a:1,2", [{ name: "a", shape: [1, 2] }]],
    ["state:[]", [{ name: "state", shape: [] }]],
    ["past:[1,0,4]", [{ name: "past", shape: [1, 0, 4] }]],
  ])("%s", (t, want) => expect(one(t)).toEqual(want));
  it.each(["", "a", "a:", "[1,", "a:[1,x]", "[1,,2]", "a:[-1,3]", "a:[1],a:[2]", "1,2]", "a:[1.5]"])("refuses '%s'", (t) => {
    expect(errorOf(() => one(t))).toMatchObject({ code: "QC-CLI-005", kind: "usage" });
  });
  it("repeats, takes several values, and leaves operands alone", () => {
    expect(parse("--input_shapes", "a:[1]", "b:[2]", "--input_shapes", "c:[3]").inputShapes).toHaveLength(3);
    const { args } = parseArguments(run, ["--input_shapes", "a:[1]", "out", "x.npy"]);
    expect(args.operands).toEqual(["out", "x.npy"]);
  });
});

describe("optimization", () => {
  it("reads LEIP's forms", () => {
    const given = [
      "category:kernel,level:4",
      "category:graph,iterations:2000",
      "category:cuda,enabled:true",
      "tensor_splitting,bias_correction",
    ];
    expect(parseOptimization(given, "--optimization")).toEqual({
      graphIterations: 2000,
      kernelLevel: 4,
      cuda: true,
      tensorSplitting: true,
      biasCorrection: true,
    });
    expect(
      parse("--compile_optimization", "category:graph,iterations:0", "--compress-optimization=bias_correction").optimization,
    ).toEqual({
      ...NO_OPTIMIZATION,
      graphIterations: 0,
      biasCorrection: true,
    });
    expect(parse().optimization).toEqual(NO_OPTIMIZATION);
  });
  it.each([
    "category:kernel,level:5",
    "category:kernel",
    "category:graph,iterations:30001",
    "category:graph,iterations:-1",
    "category:graph,level:3",
    "category:grpah,iterations:3",
    "level:3",
    "category:graph,iterations:1,iterations:2",
    "tensor_spliting",
    "",
    "category:graph,5",
  ])("refuses '%s'", (t) => {
    expect(errorOf(() => parseOptimization([t], "--optimization"))).toMatchObject({ code: "QC-CLI-010", kind: "usage" });
  });
  it("refuses a truth value that is none", () => {
    expect(errorOf(() => parseOptimization(["category:cuda,enabled:perhaps"], "--optimization")).code).toBe("QC-CLI-005");
  });
  it("suggests", () => {
    expect(errorOf(() => parseOptimization(["category:grpah,iterations:3"], "-x")).help).toBe("did you mean 'graph'?");
  });
});

describe("usage errors", () => {
  it.each([
    [["--inptu_path", "x"], "QC-CLI-002", "did you mean '--input_path'?"],
    [["--quantiser=none"], "QC-CLI-002", "did you mean '--quantizer'?"],
    [["--layout"], "QC-CLI-003", undefined],
    [["--layout", "--bundle"], "QC-CLI-003", undefined],
    [["stray"], "QC-CLI-006", undefined],
  ])("%j is %s", (argv, code, help) => {
    const error = errorOf(() => parse(...argv));
    expect(error).toMatchObject({ code, kind: "usage" });
    if (help) expect(error.help).toBe(help);
  });
  it("asks for what is missing", () => {
    expect(errorOf(() => parseArguments(compile, ["-in", "x"]))).toMatchObject({
      code: "QC-CLI-004",
      message: expect.stringContaining("--output_path"),
    });
    expect(errorOf(() => parseArguments(run, []))).toMatchObject({ code: "QC-CLI-007" });
  });
  it("takes everything after -- as it is", () => {
    expect(parseArguments(run, ["out", "--", "--top_k", "-x"]).args.operands).toEqual(["out", "--top_k", "-x"]);
    expect(parseArguments(run, ["out", "-1", "--names", "a, b", "--names", "c"]).args).toMatchObject({
      operands: ["out", "-1"],
      names: ["a", "b", "c"],
    });
  });
});

describe("dispatch", () => {
  it("runs a command and gives its exit code", async () => {
    expect(await call(["compile", ...base])).toEqual({ code: 0, out: "compiled m.onnx to out\n", err: "" });
    expect((await call(["run", "one"])).code).toBe(1);
    expect(JSON.parse((await call(["compile", ...base, "--json"])).out)).toMatchObject({ inputPath: "m.onnx", threads: 1 });
  });
  it("prints an input error with advice and no stack trace, exit code 1", async () => {
    const { code, err } = await call(["run", "bad"]);
    expect(code).toBe(1);
    expect(err).toBe("error QC-RUN-001: no such folder\n   = help: compile first\n");
  });
  it("prints errors as JSON when asked", async () => {
    const { code, out } = await call(["run", "bad", "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(out).error).toMatchObject({ code: "QC-RUN-001", diagnostics: [{ help: "compile first" }] });
  });
  it("shows stack traces only with --debug", async () => {
    const plain = await call(["run", "bug"]);
    expect(plain.code).toBe(1);
    expect(plain.err).toContain("x is undefined");
    expect(plain.err).not.toMatch(/\n\s+at /);
    expect((await call(["run", "bug", "--debug"])).err).toMatch(/\n\s+at .*options\.test\.ts/);
  });
  it("explains usage errors, exit code 2", async () => {
    expect(await call(["complie"])).toMatchObject({ code: 2, err: expect.stringContaining("did you mean 'compile'?") });
    expect(await call(["--json", "compile"])).toMatchObject({ code: 2 });
    expect((await call(["compile"])).code).toBe(2);
    expect((await call([])).code).toBe(2);
  });
  it("has a version and help on everything", async () => {
    expect(await call(["--version"])).toMatchObject({ code: 0, out: "1.2.3\n" });
    expect((await call(["--help"])).out).toContain("compile  compile a model");
    const { code, out } = await call(["compile", "--help"]);
    expect(code).toBe(0);
    expect(out).toContain("--input_path MODEL");
    expect(out).toContain("also -in");
    expect(out).toContain("Quantization:");
    expect(out).toContain("qc compile --input_path m.onnx --output_path out");
    expect(out).not.toContain("framework");
    expect(await call(["help", "compile"])).toEqual({ code, out, err: "" });
    expect((await call(["run", "-h"])).out).toContain("qc run FOLDER [SAMPLE]... [options]");
  });
});
