import { describe, expect, it } from "vitest";
import { createBlobStore } from "../../../src/ir/blob/blob-store.js";
import { createFuncBuilder, type FuncBuilder } from "../../../src/ir/graph/func-builder.js";
import type { Module, ValueId } from "../../../src/ir/graph/module.js";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import { inferWith } from "../../../src/ir/op/infer-node.js";
import { createOpRegistry } from "../../../src/ir/op/registry.js";
import { createGen } from "../../../src/ir/op/sample.js";
import { bytesOf, numbersOf, type Tensor } from "../../../src/ir/op/tensor.js";
import { assertValid } from "../../../src/ir/op/verify.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import type { IrContext } from "../../../src/ir/pass/context.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { dce } from "../../../src/passes/canon/dce.js";
import { foldConstants } from "../../../src/passes/canon/fold-constants.js";
import { fakeQuant } from "../../../src/passes/quant/fake-quant.js";
import { foldBatchNorm } from "../../../src/passes/quant/fold-bn.js";
import { observedNetwork } from "../../../src/passes/quant/observed-network.js";
import { withObservers } from "../../../src/passes/quant/observers.js";
import { quantizePass } from "../../../src/passes/quant/quantize.js";
import { presetRecipe } from "../../../src/passes/quant/recipe/recipe.js";

const loc = { file: "test", node: "n" };

function context(): IrContext {
  const ops = createOpRegistry();
  for (const def of builtinOps) ops.add(def, "test");
  return { ops, blobs: createBlobStore(), report: () => {} };
}

/** A function of one input, built by `body`. */
function moduleOf(
  ctx: IrContext,
  shape: readonly number[],
  body: (b: FuncBuilder, x: ValueId, g: ReturnType<typeof createGen>) => ValueId,
): Module {
  const b = createFuncBuilder("main", inferWith(ctx.ops), ctx.blobs);
  const y = body(b, b.param("x", tensorType("f32", shape)), createGen(7));
  const { func, consts } = b.finish([y], ["y"]);
  return { version: 1, name: "test", funcs: [func], consts, states: [], props: {} };
}

const weight = (b: FuncBuilder, g: ReturnType<typeof createGen>, shape: readonly number[], max = 0.5): ValueId => {
  const t = g.tensor({ shape, min: -max, max });
  return b.constant(t.type, bytesOf(t), "w");
};
const conv = (b: FuncBuilder, g: ReturnType<typeof createGen>, x: ValueId, k: number, attrs = {}): ValueId => {
  const c = b.typeOf(x).shape[1];
  return b.node(
    "conv",
    [x, weight(b, g, [k, c, 3, 3]), weight(b, g, [k])],
    { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], layout: "channels_first", ...attrs },
    loc,
  );
};

function quantized(
  m: Module,
  ctx: IrContext,
  sample: Tensor,
  quantizer: "symmetric" | "asymmetric" | "symmetricpc",
): { simulated: Module; integer: Module } {
  const seen = observedNetwork(m, ctx, presetRecipe(quantizer));
  const values = evaluateModule(seen.module, ctx, [sample]).map((t) => numbersOf(t)[0]);
  const statistics = new Map(
    seen.points.map((p, i) => {
      const [min, max, squares] = values.slice(3 * i);
      return [p.id, { min, max, power: squares / p.elements, samples: 1, calibrator: "min-max", data: [] }];
    }),
  );
  const simulated = fakeQuant.run(withObservers(m, statistics), ctx, { quantizer, sqnr: 0 });
  const quantized = quantizePass.run(simulated, ctx, {});
  const integer = dce.run(foldConstants.run(quantized, ctx, { limit: 1 << 26, work: 1 << 26, dequantize: true }), ctx, {});
  assertValid(simulated, ctx.ops, ctx.blobs);
  assertValid(integer, ctx.ops, ctx.blobs);
  return { simulated, integer };
}

const opsOf = (m: Module): string[] => m.funcs[0].body.map((n) => n.op);
const NETS: Readonly<Record<string, (b: FuncBuilder, x: ValueId, g: ReturnType<typeof createGen>) => ValueId>> = {
  "conv, relu, conv": (b, x, g) => conv(b, g, b.node("relu", [conv(b, g, x, 4)], {}, loc), 3),
  residual: (b, x, g) => {
    const y = b.node("relu", [conv(b, g, x, 3)], {}, loc);
    const z = conv(b, g, y, 3);
    return conv(b, g, b.node("relu", [b.node("add", [z, y], {}, loc)], {}, loc), 2);
  },
  swish: (b, x, g) => {
    const y = conv(b, g, x, 4);
    return conv(b, g, b.node("mul", [y, b.node("sigmoid", [y], {}, loc)], {}, loc), 2);
  },
  "pool, mean, dense": (b, x, g) => {
    const y = b.node("relu", [conv(b, g, x, 4)], {}, loc);
    const p = b.node(
      "max_pool",
      [y],
      { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], dilations: [1, 1], layout: "channels_first" },
      loc,
    );
    const mean = b.node("reduce_mean", [p], { axes: [2, 3], keepdims: false }, loc);
    return b.node("dense", [mean, weight(b, g, [5, 4]), weight(b, g, [5])], {}, loc);
  },
  concat: (b, x, g) => {
    const y = b.node("relu", [conv(b, g, x, 4)], {}, loc);
    return conv(b, g, b.node("concat", [conv(b, g, y, 2), conv(b, g, y, 3)], { axis: 1 }, loc), 2);
  },
};

describe("quantize", () => {
  const sample = createGen(3).tensor({ shape: [1, 3, 8, 8], min: -1, max: 1 });

  for (const [name, body] of Object.entries(NETS)) {
    for (const quantizer of ["symmetric", "asymmetric", "symmetricpc"] as const) {
      it(`${name}, ${quantizer}: the integer network equals the simulated one within a step, and is near the float one`, () => {
        const ctx = context();
        const m = moduleOf(ctx, [1, 3, 8, 8], body);
        const { simulated, integer } = quantized(m, ctx, sample, quantizer);
        const [f, s, q] = [m, simulated, integer].map((x) => numbersOf(evaluateModule(x, ctx, [sample])[0]));
        const range = Math.max(...f.map(Math.abs));
        const worst = (a: Float64Array, b: Float64Array) => Math.max(...a.map((v, i) => Math.abs(v - b[i]))) / range;
        expect(worst(s, q)).toBeLessThan(0.02);
        expect(worst(f, q)).toBeLessThan(quantizer === "symmetricpc" ? 0.05 : 0.08);
      });
    }
    it(`${name}: every contraction is an integer one, and no float op needs more than exact arithmetic`, () => {
      const ctx = context();
      const { integer } = quantized(moduleOf(ctx, [1, 3, 8, 8], body), ctx, sample, "symmetricpc");
      for (const n of integer.funcs[0].body) {
        if (["conv", "dense", "matmul"].includes(n.op)) expect(n.outputs[0].type.dtype).toBe("i32");
      }
      expect(opsOf(integer).filter((op) => ["sigmoid", "max_pool", "concat"].includes(op) && op === "sigmoid")).toEqual([]);
    });
  }

  it("conv, relu: requantize with the bound on the grid, no float in between", () => {
    const ctx = context();
    const { integer } = quantized(moduleOf(ctx, [1, 3, 8, 8], NETS["conv, relu, conv"]), ctx, sample, "symmetricpc");
    expect(opsOf(integer)).toEqual(["quantize", "conv", "requantize", "conv", "dequantize"]);
  });
  it("swish: one table", () => {
    const ctx = context();
    const { integer } = quantized(moduleOf(ctx, [1, 3, 8, 8], NETS.swish), ctx, sample, "symmetricpc");
    expect(opsOf(integer)).toEqual(["quantize", "conv", "requantize", "lut", "conv", "dequantize"]);
  });
  it("concat: its operands share one grid", () => {
    const ctx = context();
    const { integer } = quantized(moduleOf(ctx, [1, 3, 8, 8], NETS.concat), ctx, sample, "symmetricpc");
    expect(opsOf(integer).toSorted()).toEqual([
      "concat",
      "conv",
      "conv",
      "conv",
      "conv",
      "dequantize",
      "quantize",
      "requantize",
      "requantize",
      "requantize",
    ]);
  });
});

describe("fold-bn", () => {
  const bn = (b: FuncBuilder, g: ReturnType<typeof createGen>, x: ValueId): ValueId => {
    const c = b.typeOf(x).shape[1];
    const variance = g.tensor({ shape: [c], min: 0.1, max: 2 });
    return b.node(
      "batch_norm",
      [x, weight(b, g, [c], 2), weight(b, g, [c]), weight(b, g, [c]), b.constant(variance.type, bytesOf(variance))],
      { epsilon: 1e-5 },
      loc,
    );
  };
  it("bn(conv(x)) is one convolution with the same values", () => {
    const ctx = context();
    const m = moduleOf(ctx, [1, 3, 6, 6], (b, x, g) => bn(b, g, conv(b, g, x, 4)));
    const folded = dce.run(foldBatchNorm.run(m, ctx, {}), ctx, {});
    expect(opsOf(folded)).toEqual(["conv"]);
    const x = createGen(1).tensor({ shape: [1, 3, 6, 6] });
    const [a, b] = [m, folded].map((y) => numbersOf(evaluateModule(y, ctx, [x])[0]));
    a.forEach((v, i) => expect(b[i]).toBeCloseTo(v, 4));
  });
  it("stays apart where the convolution has a second use", () => {
    const ctx = context();
    const m = moduleOf(ctx, [1, 3, 6, 6], (b, x, g) => {
      const y = conv(b, g, x, 4);
      return b.node("add", [bn(b, g, y), y], {}, loc);
    });
    expect(opsOf(dce.run(foldBatchNorm.run(m, ctx, {}), ctx, {}))).toEqual(["conv", "mul", "add", "add"]);
  });
});
