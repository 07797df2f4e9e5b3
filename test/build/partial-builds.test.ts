/** Builds with some of their passes: `--bisect N`, `--passes` and every preset give a network that answers right, or none at all. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planModule } from "../../src/build/plan.js";
import { compileModel, optimizeModel } from "../../src/compile.js";
import { createContext } from "../../src/context.js";
import { importOnnx } from "../../src/frontends/onnx/import.js";
import { evaluateModule } from "../../src/ir/op/evaluate.js";
import { numbersOf, tensorOf } from "../../src/ir/op/tensor.js";
import { createInstruments } from "../../src/passes/instruments/create.js";
import { runPipeline } from "../../src/passes/manager.js";
import { parsePipeline } from "../../src/passes/pipeline.js";
import { canonicalPipeline, type OptLevel } from "../../src/passes/presets.js";
import { load } from "../../src/runtime/index.js";
import { QcError } from "../../src/support/diag.js";
import { floats, INT64, model, node, value } from "../frontends/onnx/helpers/build.js";

const FLOAT16 = 10;
const work = mkdtempSync(join(tmpdir(), "qc-partial-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const wave = (n: number, step: number) => Array.from({ length: n }, (_, i) => Math.sin(step * (i + 1)));
const weights = (name: string, dims: number[]) =>
  floats(
    name,
    wave(
      dims.reduce((a, b) => a * b, 1),
      0.7,
    ),
    dims,
  );
const stats = (name: string, at: number) => floats(name, [at, at + 0.5, at + 1, at + 0.25]);
const ints = (name: string, data: number[]) => ({ name, dataType: INT64, dims: [data.length], int64Data: data });

/** Something for every pass: a layer with BatchNorm, equal and dead nodes, constants to fold, transposes in a row, a residual, a product, halves. */
const bytes = model({
  input: [value("x", [1, 4, 6, 6])],
  output: [value("y", [1, 3]), value("z", [1, 4, 6, 6]), value("x2", [1, 4, 6, 6])],
  initializer: [
    weights("w", [4, 4, 3, 3]),
    stats("gamma", 1),
    stats("beta", -0.5),
    stats("mean", 0),
    stats("var", 1),
    ints("flat", [1, 4]),
    weights("m", [4, 3]),
    floats("b", [0.5, -1, 2]),
    floats("one", [1]),
  ],
  node: [
    node("Conv", ["x", "w"], ["c"], [{ name: "pads", type: 7, ints: [1, 1, 1, 1] }]),
    node("BatchNormalization", ["c", "gamma", "beta", "mean", "var"], ["n"]),
    node("Relu", ["n"], ["r"]),
    node("Relu", ["n"], ["r2"]),
    node("Exp", ["r"], ["dead"]),
    node("Add", ["r", "r2"], ["two"]),
    node("Add", ["two", "x"], ["z"]),
    node("Transpose", ["z"], ["last"], [{ name: "perm", type: 7, ints: [0, 2, 3, 1] }]),
    node("Transpose", ["last"], ["first"], [{ name: "perm", type: 7, ints: [0, 3, 1, 2] }]),
    node("GlobalAveragePool", ["first"], ["p"]),
    node("Reshape", ["p", "flat"], ["f"]),
    node("MatMul", ["f", "m"], ["d"]),
    node("Add", ["b", "one"], ["b1"]),
    node("Add", ["d", "b1"], ["e"]),
    node("Cast", ["e"], ["h"], [{ name: "to", type: 2, i: FLOAT16 }]),
    node("Mul", ["h", "h"], ["hh"]),
    node("Cast", ["hh"], ["y"], [{ name: "to", type: 2, i: 1 }]),
    node("Identity", ["x"], ["x2"]),
  ],
});
const inputPath = join(work, "model.onnx");
const x = Float32Array.from(wave(4 * 36, 0.37));
let expected: readonly number[][];

beforeAll(() => {
  writeFileSync(inputPath, bytes);
  const ctx = createContext();
  const m = importOnnx(bytes, inputPath, ctx.onnxRules, ctx);
  expected = evaluateModule(m, ctx, [tensorOf(m.funcs[0].params[0].type, x)]).map((t) => [...numbersOf(t)]);
});

interface How {
  readonly bisect?: number;
  readonly passes?: string;
  readonly optLevel?: OptLevel;
  readonly quantized?: boolean;
}

let builds = 0;

/** Builds in a folder of its own, runs the network; what bisect said. */
async function build({ bisect, passes, optLevel, quantized = false }: How) {
  const outputPath = join(work, `out-${builds++}`);
  let said = "";
  const ctx = createContext();
  const { instruments } = createInstruments({ bisect }, ctx, { write: (t) => (said += t), version: "test" });
  const request = { inputPath, outputPath, passes, optLevel, instruments };
  const samples = async function* () {
    yield { values: { x } };
  };
  await (quantized ? optimizeModel({ ...request, quantizer: "symmetricpc", samples }, ctx) : compileModel(request, ctx));
  const net = await load(outputPath);
  try {
    const out = net.run({ x });
    return { said, values: ["y", "z", "x2"].map((name) => [...(out[name] as Float32Array)]) };
  } finally {
    net.close();
    rmSync(outputPath, { recursive: true });
  }
}

/** The largest error of an output, relative to the length of that output. */
const distance = (got: readonly number[][]): number =>
  Math.max(...expected.map((e, i) => Math.hypot(...e.map((v, j) => v - got[i][j])) / Math.hypot(...e)));

/** Halves keep 11 bits; the grids of 8 bits are worth 26 dB here. */
const FLOAT_BOUND = 2 ** -9;
const GRID_BOUND = 0.05;

describe("a part of a build answers as the whole does", () => {
  it.each([0, 1, 2, 3] as const)("-O%i, float and quantized", async (optLevel) => {
    expect(distance((await build({ optLevel })).values)).toBeLessThan(FLOAT_BOUND);
    expect(distance((await build({ optLevel, quantized: true })).values)).toBeLessThan(GRID_BOUND);
  });

  it("--bisect N, every N", { timeout: 120_000 }, async () => {
    const all = Number(/ of (\d+)/.exec((await build({ bisect: 0 })).said)?.[1]);
    expect(all).toBeGreaterThan(20);
    for (let n = 0; n <= all + 1; n++) {
      const { said, values } = await build({ bisect: n });
      expect(distance(values), said).toBeLessThan(FLOAT_BOUND);
      expect(said.split("\n")).toHaveLength(2);
      expect(said).toContain(n >= all ? "there are no more" : `pass ${n + 1} '`);
    }
  });

  it("--bisect N of a quantized build: one count over all its pipelines", { timeout: 120_000 }, async () => {
    const all = Number(/ of (\d+)/.exec((await build({ bisect: 0, quantized: true })).said)?.[1]);
    expect(all).toBeGreaterThan(30);
    for (let n = 0; n <= all; n += 4) {
      const { said, values } = await build({ bisect: n, quantized: true });
      expect(distance(values), said).toBeLessThan(GRID_BOUND);
    }
  });

  it("--passes, drawn lists", { timeout: 120_000 }, async () => {
    const names = [...createContext().passes.keys()].filter((p) => p !== "fake-quant");
    const lists = fc.array(fc.constantFrom(...names), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(lists, async (list) => {
        try {
          const { values } = await build({ passes: list.join(",") });
          expect(distance(values), list.join(",")).toBeLessThan(FLOAT_BOUND);
        } catch (e) {
          // an order that passes do not take is refused
          if (!(e instanceof QcError)) throw e;
          expect(e.code).toBe("QC-PASS-004");
        }
      }),
      { numRuns: 20, examples: [[[]], [["cse", "dce"]], [["fuse"]], [["materialize-results", "cse"]]] },
    );
  });
});

it("a module that is no program of kernels is not planned", () => {
  const ctx = createContext();
  const m = importOnnx(bytes, inputPath, ctx.onnxRules, ctx);
  const steps = (text: string) => parsePipeline(text, ctx.passes);
  for (const text of [canonicalPipeline(), "materialize-results"])
    expect(() => planModule(runPipeline(m, steps(text), ctx), ctx, (k) => k)).toThrow(/QC-PASS-006.*is in no kernel/);
});
