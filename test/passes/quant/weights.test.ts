/** Passes that act on weights take them from the op's record: every op that has them, every layout, groups, one number beside channels. */
import { describe, expect, it } from "vitest";
import { type Drawn, drawCase } from "../../../src/check/draw/op-case.js";
import { difference } from "../../../src/check/same-values.js";
import { createFuncBuilder } from "../../../src/ir/graph/func-builder.js";
import type { Module, ValueId } from "../../../src/ir/graph/module.js";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import { inferWith } from "../../../src/ir/op/infer-node.js";
import { createGen, type Gen } from "../../../src/ir/op/sample.js";
import { axisIndex, bytesOf, numbersOf, type Tensor, tensorOf } from "../../../src/ir/op/tensor.js";
import { type Weights, weightsOf } from "../../../src/ir/op/weights.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { perAxis } from "../../../src/ir/type/quant.js";
import { type TensorType, tensorType } from "../../../src/ir/type/tensor-type.js";
import { runPipeline } from "../../../src/passes/manager.js";
import { parsePipeline } from "../../../src/passes/pipeline.js";
import { irContext } from "../../helpers/ir-context.js";

const ctx = irContext();
const loc = { file: "test", node: "n" };
const withWeights = builtinOps.filter((d) => d.weights);

interface WeightedCase extends Drawn {
  readonly weights: Weights;
  readonly g: Gen;
}

/** Cases of f32 with output channels; some in groups, in both layouts, with a bias and without. */
function* casesOf(def: (typeof builtinOps)[number]): Iterable<WeightedCase> {
  for (let seed = 1; seed <= 200; seed++) {
    const c = drawCase(def, seed);
    const weights = weightsOf(
      def,
      c.inputs.map((t) => t?.type ?? null),
      c.attrs,
    );
    if (weights && c.types[0].dtype === "f32") yield { ...c, weights, g: createGen(seed) };
  }
}

/** The op on its first operand, everything else constant, then `behind`. */
function moduleOf(
  name: string,
  c: WeightedCase,
  operands: (b: ReturnType<typeof createFuncBuilder>) => ValueId[],
  behind: (b: ReturnType<typeof createFuncBuilder>, y: ValueId) => ValueId,
): Module {
  const b = createFuncBuilder("main", inferWith(ctx.ops), ctx.blobs);
  const y = behind(b, b.node(name, operands(b), c.attrs, loc));
  const { func, consts } = b.finish([y], ["y"]);
  return { version: 1, name: "weights", funcs: [func], consts, states: [], props: {} };
}

const constant = (b: ReturnType<typeof createFuncBuilder>, t: Tensor): ValueId => b.constant(t.type, bytesOf(t), "c");
const run = (m: Module, passes: string): Module => runPipeline(m, parsePipeline(passes, ctx.passes), ctx);
const opsOf = (m: Module): string[] => m.funcs[0].body.map((n) => n.op);

/** Shapes of a constant that varies along the channels only, or not at all. */
function perChannelShape(g: Gen, y: TensorType, axis: number): number[] {
  const ones = y.shape.map(() => 1);
  return g.pick([[], [1], ones, y.shape.slice(axis).map((d, i) => (i ? 1 : d)), ones.with(axis, y.shape[axis])]);
}

describe("fold-bn folds factors and shifts into every op with weights", () => {
  for (const def of withWeights) {
    it(def.name, () => {
      let folded = 0;
      for (const c of casesOf(def)) {
        const { bias, result } = c.weights;
        const kind = bias === null ? "mul" : c.g.pick(["mul", "add", "sub"]);
        const other = c.g.tensor({ shape: perChannelShape(c.g, c.types[0], result) });
        const m = moduleOf(
          def.name,
          c,
          (b) => c.inputs.map((t, i) => (t ? (i ? constant(b, t) : b.param("x", t.type)) : "")),
          (b, y) => b.node(kind, [y, constant(b, other)], {}, loc),
        );
        const after = run(m, "fold-bn,dce");
        expect(opsOf(after)).toEqual([def.name]);
        const x = [c.inputs[0]!];
        expect(difference(evaluateModule(m, ctx, x), evaluateModule(after, ctx, x), 1e-4)).toBeNull();
        folded++;
      }
      expect(folded).toBeGreaterThan(10);
    });
  }
});

/** Weights as int8 with one scale per output channel, and their real values. */
function quantizedWeights(t: Tensor, axis: number): Tensor {
  const channel = axisIndex(t.type.shape, axis);
  const peaks = new Float64Array(t.type.shape[axis]);
  const values = numbersOf(t);
  values.forEach((v, i) => (peaks[channel(i)] = Math.max(peaks[channel(i)], Math.abs(v))));
  const scales = Array.from(peaks, (p) => Math.fround(p / 127 || 1));
  return tensorOf(
    tensorType("i8", t.type.shape, perAxis(axis, scales)),
    values.map((v, i) => Math.round(v / scales[channel(i)])),
  );
}

describe("quantize makes integers of every contraction whose weights have a scale per output channel", () => {
  for (const def of withWeights.filter((d) => d.traits.includes("contraction"))) {
    for (const size of ["small", "far too large for the accumulator"] as const) {
      if (def.weights?.bias === null && size !== "small") continue;
      it(`${def.name}, a bias that is ${size}`, () => {
        let made = 0;
        for (const c of casesOf(def)) {
          const { operand, bias, out, result } = c.weights;
          const channels = c.types[0].shape[result];
          if (size !== "small" && !c.inputs[bias!]) continue;
          const x = c.inputs[0]!;
          const w = constantOf(c, operand, out);
          const biasTensor = bias === null || !c.inputs[bias] ? null : c.g.tensor({ shape: [channels], min: 1, max: 3 });
          const shift = size === "small" ? 1 : 2 ** 24;
          const large =
            biasTensor &&
            tensorOf(
              biasTensor.type,
              numbersOf(biasTensor).map((v) => v * shift),
            );
          const operands = (b: ReturnType<typeof createFuncBuilder>): ValueId[] => {
            const q = b.node("quantize", [b.param("x", x.type)], { dtype: "i8", scales: [3 / 127], zeros: [0] }, loc);
            const list = c.inputs.map((t) => (t ? constant(b, t) : ""));
            list[0] = b.node("dequantize", [q], {}, loc);
            list[operand] = b.node("dequantize", [constant(b, w)], {}, loc);
            if (large && bias !== null) list[bias] = constant(b, large);
            return list;
          };
          const m = moduleOf(def.name, c, operands, (_, y) => y);
          const after = run(m, "quantize,fold-constants,dce");
          const made1 = after.funcs[0].body.find((n) => n.op === def.name);
          expect(made1?.outputs[0].type.dtype).toBe("i32");
          const [want, got] = [m, after].map((n) => numbersOf(evaluateModule(n, ctx, [x])[0]));
          // a bias on the accumulator's grid is off by half a step of it
          const step = Math.max(...(w.type.quant as ReturnType<typeof perAxis> & { scales: number[] }).scales) * (3 / 127);
          got.forEach((y, i) => expect(Math.abs(y - want[i])).toBeLessThan(step + 1e-6 * Math.abs(want[i]) + 1e-5));
          made++;
        }
        expect(made).toBeGreaterThan(5);
      });
    }
  }
});

const constantOf = (c: WeightedCase, operand: number, axis: number): Tensor => quantizedWeights(c.inputs[operand]!, axis);
