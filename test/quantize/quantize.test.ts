/** The driver of quantization, on the reference interpreter: what it measures, warns of, and lets plugins add. */
import { expect, it } from "vitest";
import { createContext } from "../../src/context.js";
import { createFuncBuilder } from "../../src/ir/graph/func-builder.js";
import type { Module } from "../../src/ir/graph/module.js";
import { inferWith } from "../../src/ir/op/infer-node.js";
import { createGen } from "../../src/ir/op/sample.js";
import { bytesOf, tensorOf } from "../../src/ir/op/tensor.js";
import { perTensor } from "../../src/ir/type/quant.js";
import { tensorType } from "../../src/ir/type/tensor-type.js";
import { runPipeline } from "../../src/passes/manager.js";
import { parsePipeline } from "../../src/passes/pipeline.js";
import { presetRecipe, type Recipe } from "../../src/passes/quant/recipe/recipe.js";
import { definePlugin } from "../../src/plugin.js";
import type { CalibrationSample } from "../../src/quantize/calibrate.js";
import { keptIntegers } from "../../src/quantize/kept-integers.js";
import { quantizeModule } from "../../src/quantize/quantize.js";
import { referenceNet } from "./reference-net.js";

const recipe = presetRecipe("symmetricpc");
const N = 16;

/** dense(relu(dense(x))), the first layer with a bias. */
function chain(ctx: ReturnType<typeof createContext>, bias = 0): Module {
  const b = createFuncBuilder("main", inferWith(ctx.ops), ctx.blobs);
  const g = createGen(5);
  const constant = (shape: number[], scale = 1) => {
    const t = g.tensor({ shape, min: -scale, max: scale });
    return b.constant(t.type, bytesOf(t));
  };
  const biases = tensorOf(tensorType("f32", [N]), new Array<number>(N).fill(bias));
  const at = (node: string) => ({ file: "t", node });
  const first = b.node(
    "dense",
    [b.param("x", tensorType("f32", [1, N])), constant([N, N], bias ? 1e-9 : 1), b.constant(biases.type, bytesOf(biases))],
    {},
    at("first"),
  );
  const y = b.node("dense", [b.node("relu", [first], {}, at("relu")), constant([2, N])], {}, at("last"));
  const { func, consts } = b.finish([y], ["scores"]);
  return { version: 1, name: "chain", funcs: [func], consts, states: [], props: {} };
}

const sample = (seed: number, outlier = 0): CalibrationSample => {
  const { data } = createGen(seed).tensor({ shape: [1, N], min: -1, max: 1 });
  if (outlier) data[3] = outlier;
  return { values: { x: data } };
};

async function quantized(
  samples: readonly CalibrationSample[],
  r: Recipe = recipe,
  plugins: Parameters<typeof createContext>[0] = {},
  bias = 0,
) {
  const ctx = createContext(plugins);
  const result = await quantizeModule(chain(ctx, bias), r, {
    ctx,
    samples: async function* () {
      yield* samples;
    },
    build: async (m) => referenceNet(m, ctx),
    passes: (m, text, assumed) => runPipeline(m, parsePipeline(text, ctx.passes), ctx, [], assumed),
  });
  return { ...result, codes: ctx.diags.map((d) => d.code), said: ctx.diags.map((d) => d.message).join("\n") };
}

it("measures the signal that each value keeps; ordinary samples bring no warning", async () => {
  const { measured, codes, count } = await quantized([1, 2, 3].map((s) => sample(s)));
  expect([count, measured.samples]).toEqual([3, 3]);
  expect(measured.points.map((p) => p.node).toSorted()).toEqual(["relu", "x"]);
  for (const v of [...measured.points, ...measured.outputs]) expect(v.db).toBeGreaterThan(30);
  expect(codes).toEqual([]);
});

it("one outlier in nine samples is found on the samples, and said with the node's name", async () => {
  const samples = [1, 2, 3, 4, 5, 6, 7, 8].map((s) => sample(s));
  const { said, codes } = await quantized([...samples, sample(9, 1e4)]);
  expect(codes).toContain("QC-QUANT-005");
  expect(said).toMatch(/'(x|relu|last)' -?[0-9.]+ dB/);
});

it("every value is off its grid once the nodes that its measurement names stay in floats", async () => {
  const samples = [1, 2, 3].map((s) => sample(s));
  const { measured } = await quantized(samples);
  expect(measured.points.map((p) => p.users)).toContainEqual(["last"]);
  for (const { node, users } of measured.points) {
    const byNode = Object.fromEntries(users.map((u) => [u, "float" as const]));
    const after = await quantized(samples, { ...recipe, byNode });
    expect(after.measured.points.map((p) => p.node)).not.toContain(node);
  }
});

it("one sample alone is a warning", async () => {
  expect((await quantized([sample(1)])).codes).toEqual(["QC-QUANT-006"]);
});

it("bias-in-i32 makes room for a bias that is large beside its weights, and is kept", async () => {
  const samples = [1, 2].map((s) => sample(s));
  const before = await quantized(samples, recipe, {}, 1);
  const after = await quantized(samples, { ...recipe, repairs: ["bias-in-i32"] }, {}, 1);
  expect(after.said).toMatch(/repair bias-in-i32 is kept/);
  expect(after.measured.outputs[0].db).toBeGreaterThan(before.measured.outputs[0].db - 0.1);
  expect(after.simulated).not.toEqual(before.simulated);
});

it("a plugin's scheme, calibrator and repair are named by a recipe like ours", async () => {
  const seen: number[] = [];
  const plugin = definePlugin({
    name: "own",
    apiVersion: 1,
    schemes: [
      {
        name: "power-of-two",
        doc: "scales 2^k",
        grids: (ranges) => {
          const scales = ranges.map((r) => 2 ** Math.ceil(Math.log2(Math.max(-r.min, r.max) / 127)));
          return { dtype: "i8", lo: -127, hi: 127, scales, zeros: scales.map(() => 0) };
        },
      },
    ],
    calibrators: [
      {
        name: "mean-peak",
        doc: "the mean of the samples' peaks",
        fold: (known, elements) => [...(known ?? []), Math.max(...Array.from(elements, Math.abs))],
        range: ({ data }) => {
          seen.push(data.length);
          const peak = data.reduce((a, b) => a + b, 0) / data.length;
          return { min: -peak, max: peak };
        },
      },
    ],
    repairs: [{ name: "nothing", doc: "changes nothing", invariant: "true", apply: (m) => m }],
  });
  const decision = { scheme: "power-of-two", calibrator: "mean-peak" };
  const own: Recipe = { ...recipe, byNode: { relu: { activation: decision } }, byTensor: { x: decision }, repairs: ["nothing"] };
  const { values } = await quantized(
    [1, 2, 3].map((s) => sample(s)),
    own,
    { plugins: [plugin] },
  );
  for (const v of values) expect(Number.isInteger(Math.log2(v.scale))).toBe(true);
  expect(new Set(seen)).toEqual(new Set([3]));
});

it("a model that is quantized already keeps its integers; one with quantized weights alone does not count", () => {
  const ctx = createContext();
  const b = createFuncBuilder("main", inferWith(ctx.ops), ctx.blobs);
  const loc = { file: "t", node: "n" };
  const x = b.param("x", tensorType("f32", [1, 4]));
  const w = createGen(1).tensor({ dtype: "i8", shape: [2, 4], quant: perTensor(0.1) });
  const q = b.node("quantize", [x], { dtype: "i8", scales: [0.1], zeros: [0] }, loc);
  const weights = b.node("dequantize", [b.constant(w.type, bytesOf(w))], {}, loc);
  const moduleOf = (result: string): Module => {
    const { func, consts } = b.finish([result], ["y"]);
    return { version: 1, name: "t", funcs: [func], consts, states: [], props: {} };
  };
  expect(keptIntegers(moduleOf(b.node("dense", [b.node("dequantize", [q], {}, loc), weights], {}, loc)))?.code).toBe(
    "QC-QUANT-011",
  );
  expect(keptIntegers(chain(ctx))).toBeNull();
});
