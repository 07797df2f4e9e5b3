import { describe, expect, it } from "vitest";
import { createFuncBuilder } from "../../../src/ir/graph/func-builder.js";
import type { Module, ValueId } from "../../../src/ir/graph/module.js";
import { inferWith } from "../../../src/ir/op/infer-node.js";
import { createGen } from "../../../src/ir/op/sample.js";
import { bytesOf, dataFromBytes } from "../../../src/ir/op/tensor.js";
import { parseModule } from "../../../src/ir/text/parse-module.js";
import { printModule } from "../../../src/ir/text/print-module.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { builtinQuantization } from "../../../src/passes/quant/builtin.js";
import { fakeQuant } from "../../../src/passes/quant/fake-quant.js";
import { foldBatchNorm } from "../../../src/passes/quant/fold-bn.js";
import { observedNetwork } from "../../../src/passes/quant/observed-network.js";
import { withObservers } from "../../../src/passes/quant/observers.js";
import { decisionsFor } from "../../../src/passes/quant/recipe/decide.js";
import { parseRecipe } from "../../../src/passes/quant/recipe/parse.js";
import {
  keepInFloat,
  PRESETS,
  presetRecipe,
  type Recipe,
  recipeOf,
  recipeText,
  withRecipe,
} from "../../../src/passes/quant/recipe/recipe.js";
import type { QcError } from "../../../src/support/diag.js";
import { irContext } from "../../helpers/ir-context.js";

const ctx = irContext();
const parse = (text: string): Recipe => parseRecipe(text, "r.json", "symmetricpc", builtinQuantization, ctx.ops);
const errorsOf = (text: string): readonly string[] => {
  try {
    parse(text);
    return [];
  } catch (e) {
    return (e as QcError).diags.map((d) => `${d.code} ${d.message} | ${d.help}`);
  }
};

/** Dense layers first, second, third, a relu behind each of the first two. */
function chain(): Module {
  const b = createFuncBuilder("main", inferWith(ctx.ops), ctx.blobs);
  const g = createGen(5);
  const layer = (x: ValueId, name: string): ValueId => {
    const w = g.tensor({ shape: [6, 6], min: -1, max: 1 });
    return b.node("dense", [x, b.constant(w.type, bytesOf(w), name)], {}, { file: "t", node: name }, name);
  };
  const relu = (x: ValueId, name: string) => b.node("relu", [x], {}, { file: "t", node: name }, name);
  const x = b.param("image", tensorType("f32", [2, 6]));
  const y = layer(relu(layer(relu(layer(x, "first"), "relu1"), "second"), "relu2"), "third");
  const { func, consts } = b.finish([y], ["y"]);
  return { version: 1, name: "chain", funcs: [func], consts, states: [], props: {} };
}

function simulated(m: Module, recipe: Recipe): Module {
  const seen = { min: -1, max: 2, power: 0, samples: 1, calibrator: "min-max", data: [] };
  const statistics = new Map(observedNetwork(m, ctx, recipe).points.map((p) => [p.id, seen]));
  return fakeQuant.run(withRecipe(withObservers(m, statistics), recipe), ctx, { quantizer: "symmetricpc", sqnr: 0 });
}
/** The nodes whose operands are on grids, by the names of the model. */
const quantizedNodes = (m: Module): readonly string[] => {
  const { body } = m.funcs[0];
  const dequantized = new Set(body.filter((n) => n.op === "dequantize").map((n) => n.outputs[0].id));
  return body.filter((n) => n.loc.pass !== "fake-quant" && n.inputs.some((i) => dequantized.has(i))).map((n) => n.loc.node);
};

describe("presets", () => {
  it.each(PRESETS)("%s expands to a recipe, which is read back as it is", (preset) => {
    expect(parse(recipeText(presetRecipe(preset)))).toEqual(presetRecipe(preset));
  });
  it("a recipe names one, and is laid over it", () => {
    const r = parse('{ "version": 1, "preset": "asymmetric", "default": { "weight": { "bits": 4 } } }');
    expect(r.default.weight).toEqual({ ...presetRecipe("asymmetric").default.weight, bits: 4 });
    expect(r.default.activation).toEqual(presetRecipe("asymmetric").default.activation);
  });
});

describe("what is wrong in a recipe is named, all at once, with the nearest name that would be right", () => {
  it.each([
    ["[]", /the file holds no object/],
    ["{", /the file is no JSON/],
    ['{ "version": 2 }', /version is 2, this qc reads 1/],
    ['{ "version": 1, "byNodes": {} }', /unknown key 'byNodes' \| did you mean 'byNode'/],
    ['{ "version": 1, "preset": "symetric" }', /preset is "symetric" \| did you mean 'symmetric'/],
    [
      '{ "version": 1, "default": { "weight": { "scheme": "assymmetric" } } }',
      /default.weight.scheme .* did you mean 'asymmetric'/,
    ],
    [
      '{ "version": 1, "byNode": { "a": { "activation": { "calibrator": "minmax" } } } }',
      /byNode.a.activation.calibrator .*did you mean 'min-max'/,
    ],
    ['{ "version": 1, "byOp": { "convolve": "float" } }', /byOp has 'convolve', which is no op/],
    ['{ "version": 1, "byNode": { "a": { "weight": { "bits": 9 } } } }', /byNode.a.weight.bits is 9 \| weights have 2 to 8 bits/],
    ['{ "version": 1, "byTensor": { "a": { "bits": 4 } } }', /byTensor.a.bits is 4 \| activations have 8 bits/],
    ['{ "version": 1, "byTensor": { "a": { "granularity": "channel" } } }', /byTensor.a.granularity is "channel" \| .*tensor/],
    ['{ "version": 1, "repairs": ["bias-in-i16"] }', /repairs\[0\] .*did you mean 'bias-in-i32'/],
    ['{ "version": 1, "default": "float" }', /default is 'float'/],
  ])("%s", (text, expected) => {
    expect(errorsOf(text)).toEqual([expect.stringMatching(expected)]);
    expect(errorsOf(text)[0]).toMatch(/^QC-QUANT-003/);
  });
  it("two mistakes, two errors", () => {
    expect(errorsOf('{ "version": 3, "presets": "symmetric" }')).toHaveLength(2);
  });
});

describe("decisions", () => {
  const base = presetRecipe("symmetricpc");
  it("nodes and ops stay in floats", () => {
    expect(quantizedNodes(simulated(chain(), base))).toEqual(["first", "second", "third"]);
    expect(
      quantizedNodes(
        simulated(
          chain(),
          keepInFloat(base, ["second"], () => false),
        ),
      ),
    ).toEqual(["first", "third"]);
    expect(
      quantizedNodes(
        simulated(
          chain(),
          keepInFloat(base, ["dense"], (n) => n === "dense"),
        ),
      ),
    ).toEqual([]);
    expect(quantizedNodes(simulated(chain(), { ...base, byNode: { "*r*": "float", first: {} } }))).toEqual(["first", "second"]);
  });
  it("the closest decision holds: tensor, node, op, default", () => {
    const m = chain();
    const relu1 = m.funcs[0].body[1].outputs[0].id;
    const recipe: Recipe = {
      ...base,
      byOp: { relu: { activation: { scheme: "asymmetric" } }, dense: "float" },
      byNode: { relu1: { activation: { dtype: "u8" } }, second: {} },
      byTensor: { relu1: { dtype: "i8" } },
    };
    const d = decisionsFor(m, ctx, recipe);
    expect(d.activation(relu1)).toMatchObject({ scheme: "asymmetric", dtype: "i8" });
    expect(m.funcs[0].body.map((n) => d.keepsFloat(n))).toEqual([true, false, false, false, true]);
  });
  it("a tensor stays in floats, and a tensor has a grid of its own", () => {
    const float = simulated(chain(), { ...base, byTensor: { relu1: "float" } });
    expect(float.funcs[0].body.filter((n) => n.op === "quantize").map((n) => n.inputs[0])).toEqual(["%image", "%relu2"]);
    const own = simulated(chain(), { ...base, byTensor: { image: { scheme: "asymmetric", dtype: "u8" } } });
    const grid = own.funcs[0].body.find((n) => n.inputs[0] === "%image" && n.op === "quantize")?.outputs[0].type;
    expect(grid?.dtype).toBe("u8");
    expect(grid?.quant).toMatchObject({ zero: 85 });
  });
  it("weights of fewer bits lie within their range", () => {
    for (const bits of [2, 3, 5, 8]) {
      const m = simulated(chain(), { ...base, byNode: { second: { weight: { bits } } } });
      const c = m.consts["#second_q"];
      const ints = [...dataFromBytes("i8", ctx.blobs.get(c.blob))].map(Number);
      expect(Math.max(...ints.map(Math.abs))).toBe(2 ** (bits - 1) - 1);
    }
  });
  it("names of nodes outlive rewrites: a folded BatchNorm is found by the name that it had in the model", () => {
    const b = createFuncBuilder("main", inferWith(ctx.ops), ctx.blobs);
    const g = createGen(1);
    const constant = (shape: number[], min: number) => {
      const t = g.tensor({ shape, min, max: 2 });
      return b.constant(t.type, bytesOf(t));
    };
    const at = (node: string) => ({ file: "t", node });
    const window = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], layout: "channels_first" };
    const x = b.param("x", tensorType("f32", [1, 2, 4, 4]));
    const y = b.node("conv", [x, constant([3, 2, 1, 1], -1)], window, at("conv"));
    const z = b.node("batch_norm", [y, ...[0.5, -1, -1, 0.5].map((min) => constant([3], min))], { epsilon: 1e-5 }, at("bn"));
    const { func, consts } = b.finish([z], ["z"]);
    const folded = foldBatchNorm.run({ version: 1, name: "t", funcs: [func], consts, states: [], props: {} }, ctx, {});
    const d = decisionsFor(folded, ctx, { ...base, byNode: { bn: "float" } });
    expect(d.misfits).toEqual([]);
    expect(folded.funcs[0].body.filter((n) => n.op === "conv").map((n) => d.keepsFloat(n))).toContain(true);
  });
  it("what does not fit the model is said, with the nearest name", () => {
    const recipe: Recipe = {
      ...base,
      byOp: { conv: "float" },
      byNode: { secnd: "float", "relu*": {} },
      byTensor: { imag: "float" },
    };
    const said = decisionsFor(chain(), ctx, recipe).misfits.map((d) => `${d.code} ${d.message} ${d.help}`);
    expect(said).toEqual([
      expect.stringMatching(/QC-QUANT-004 .*op 'conv'/),
      expect.stringMatching(/QC-QUANT-004 .*node 'secnd'.* did you mean 'second'/),
      expect.stringMatching(/QC-QUANT-004 .*tensor 'imag'.* did you mean 'image'/),
    ]);
  });
});

it("a module carries its recipe through its text", () => {
  const recipe = keepInFloat(presetRecipe("asymmetric"), ['odd "name"/, {x}'], () => false);
  const m = withRecipe(chain(), recipe);
  const read = parseModule(printModule(m, ctx, { locs: true }), "t.qc", ctx);
  expect(recipeOf(read)).toEqual(recipe);
});
