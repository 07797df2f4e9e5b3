import fc from "fast-check";
import { expect, it } from "vitest";
import { createContext } from "../../src/context.js";
import { createFuncBuilder } from "../../src/ir/graph/func-builder.js";
import type { Module } from "../../src/ir/graph/module.js";
import { inferWith } from "../../src/ir/op/infer-node.js";
import { createGen } from "../../src/ir/op/sample.js";
import { bytesOf, tensorOf } from "../../src/ir/op/tensor.js";
import { tensorType } from "../../src/ir/type/tensor-type.js";
import { presetRecipe } from "../../src/passes/quant/recipe/recipe.js";
import { type CalibrationSample, calibrate } from "../../src/quantize/calibrate.js";
import type { QcError } from "../../src/support/diag.js";
import { referenceNet } from "./reference-net.js";

const ctx = createContext();
const loc = { file: "test", node: "n" };
const DTYPES = ["f32", "f16", "f64"] as const;

/** dense(log(a)) + b: `a` is quantized, `b` is read by the tail alone. */
function net(dtype: (typeof DTYPES)[number]): Module {
  const b = createFuncBuilder("main", inferWith(ctx.ops), ctx.blobs);
  const w = createGen(1).tensor({ shape: [2, 6] });
  const x = b.node("cast", [b.param("a", tensorType(dtype, [1, 6]))], { to: "f32" }, loc);
  const y = b.node("dense", [b.node("log", [x], {}, loc), b.constant(w.type, bytesOf(w))], {}, loc);
  const sum = b.node("add", [y, b.param("b", tensorType("f32", [1, 2]))], {}, loc);
  const { func, consts } = b.finish([sum], ["y"]);
  return { version: 1, name: "test", funcs: [func], consts, states: [], props: {} };
}

const sampleOf = (dtype: (typeof DTYPES)[number], a: readonly number[], b: readonly number[]): CalibrationSample => ({
  name: "one.npy",
  values: { a: tensorOf(tensorType(dtype, [a.length]), a).data, b: Float32Array.from(b) },
});

async function* listed(samples: readonly CalibrationSample[]): AsyncGenerator<CalibrationSample> {
  yield* samples;
}

const refusal = (m: Module, samples: readonly CalibrationSample[]): Promise<string | null> =>
  calibrate(m, ctx, presetRecipe("symmetricpc"), listed(samples), async (o) => referenceNet(o, ctx)).then(
    () => null,
    (e: QcError) => e.message,
  );

it("refuses a NaN or an infinity anywhere in a sample, by the sample's name, and takes the sample without it", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...DTYPES),
      fc.integer({ min: 0, max: 7 }),
      fc.constantFrom(NaN, Infinity, -Infinity),
      fc.integer({ min: 0, max: 2 }),
      async (dtype, at, bad, before) => {
        const m = net(dtype);
        const good = sampleOf(dtype, [1, 2, 3, 4, 5, 6], [1, 2]);
        const values = [1, 2, 3, 4, 5, 6, 1, 2].map((v, i) => (i === at ? bad : v));
        const samples = [...Array.from({ length: before }, () => good), sampleOf(dtype, values.slice(0, 6), values.slice(6))];
        expect(await refusal(m, samples)).toContain(`calibration sample ${before + 1} 'one.npy' holds ${bad}`);
        expect(await refusal(m, [good])).toBeNull();
      },
    ),
    { numRuns: 60 },
  );
});

it("refuses a sample that makes a value of the network NaN, wherever the NaN stands among its elements", async () => {
  for (let at = 0; at < 6; at++) {
    const a = [1, 2, 3, 4, 5, 6].map((v, i) => (i === at ? -1 : v));
    expect(await refusal(net("f32"), [sampleOf("f32", a, [1, 2])])).toMatch(/QC-QUANT-002: .* makes '%log' reach NaN/);
  }
});
