/** What OpDef.weights promises, for every op that has it: the axes are those that `infer` and `eval` act by. */
import { describe, expect, it } from "vitest";
import { type Drawn, drawCase } from "../../../src/check/draw/op-case.js";
import { inferOp } from "../../../src/ir/op/registry.js";
import { axisIndex, numbersOf, type Tensor, tensorOf } from "../../../src/ir/op/tensor.js";
import { type Weights, weightsOf } from "../../../src/ir/op/weights.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { isFloat } from "../../../src/ir/type/dtype.js";
import { perAxis, perTensor } from "../../../src/ir/type/quant.js";
import { type TensorType, tensorType } from "../../../src/ir/type/tensor-type.js";

const CASES = 60;
const withWeights = builtinOps.filter((d) => d.weights);

interface WeightedCase extends Drawn {
  readonly weights: Weights;
}

/** Drawn cases of the op that have output channels, in double precision where they are floats. */
function casesOf(def: (typeof builtinOps)[number], kind: "float" | "int"): WeightedCase[] {
  return Array.from({ length: CASES }, (_, seed) => drawCase(def, seed + 1)).flatMap((c) => {
    const types = c.inputs.map((t) => t?.type ?? null);
    const weights = weightsOf(def, types, c.attrs);
    if (!weights || isFloat(c.types[0].dtype) !== (kind === "float")) return [];
    if (kind === "int") return [{ ...c, weights }];
    const inputs = c.inputs.map((t) => t && tensorOf(tensorType("f64", t.type.shape), numbersOf(t)));
    return [{ ...c, inputs, types: [tensorType("f64", c.types[0].shape)], weights }];
  });
}

const evalOf = (def: (typeof builtinOps)[number], c: Drawn, inputs: readonly (Tensor | null)[]): Float64Array =>
  numbersOf(def.eval(inputs, c.attrs as never, c.types)[0]);

/** The tensor with the elements of index k along `axis` times `factor`. */
function scaleSlice(t: Tensor, axis: number, k: number, factor: number): Tensor {
  const channel = axisIndex(t.type.shape, axis);
  return tensorOf(
    t.type,
    numbersOf(t).map((v, i) => (channel(i) === k ? v * factor : v)),
  );
}

describe("weights of every op that has them", () => {
  it("are said by every op that the quantizers know as a contraction", () => {
    const contractions = builtinOps.filter((d) => d.traits.includes("contraction")).map((d) => d.name);
    expect(contractions.filter((name) => !withWeights.some((d) => d.name === name))).toEqual([]);
  });

  for (const def of withWeights) {
    it(`${def.name}: a factor on slice k of weights and bias is one on slice k of the result, and on no other`, () => {
      const drawn = casesOf(def, "float");
      expect(drawn.length).toBeGreaterThan(5);
      for (const c of drawn) {
        const { operand, bias, out, result } = c.weights;
        const channels = c.types[0].shape[result];
        expect(c.inputs[operand]?.type.shape[out]).toBe(channels);
        const before = evalOf(def, c, c.inputs);
        const k = channels - 1;
        const scaled = c.inputs.map((t, i) =>
          t && i === operand ? scaleSlice(t, out, k, 3) : t && i === bias ? scaleSlice(t, 0, k, 3) : t,
        );
        const channel = axisIndex(c.types[0].shape, result);
        evalOf(def, c, scaled).forEach((y, i) => expect(y).toBeCloseTo(before[i] * (channel(i) === k ? 3 : 1), 8));
      }
    });

    it(`${def.name}: an input element reaches the output channels of one group only`, () => {
      for (const c of casesOf(def, "float")) {
        const { operand, in: inAxis, result, groups } = c.weights;
        const w = c.inputs[operand]!;
        const data = c.inputs[0]!;
        expect(data.type.shape).toContain(w.type.shape[inAxis] * groups);
        const before = evalOf(def, c, c.inputs);
        const channel = axisIndex(c.types[0].shape, result);
        const perGroup = c.types[0].shape[result] / groups;
        for (let at = 0; at < Math.min(12, data.data.length); at++) {
          const moved = tensorOf(
            data.type,
            numbersOf(data).map((v, i) => (i === at ? v + 1 : v)),
          );
          const reached = new Set<number>();
          evalOf(def, c, [moved, ...c.inputs.slice(1)]).forEach((y, i) => {
            if (Math.abs(y - before[i]) > 1e-9) reached.add(Math.floor(channel(i) / perGroup));
          });
          expect(reached.size).toBeLessThanOrEqual(1);
        }
      }
    });

    it(`${def.name}: scales along the weights' output axis give scales along the result's, where integers have a meaning`, () => {
      for (const c of casesOf(def, "int")) {
        const { operand, out, result } = c.weights;
        const channels = c.types[0].shape[result];
        const types = c.inputs.map((t, i): TensorType | null => {
          if (!t || i === c.weights.bias) return t ? t.type : null;
          const quant = i === operand ? perAxis(out, new Array<number>(channels).fill(0.25)) : perTensor(0.5);
          return tensorType(i === operand ? "i8" : "u8", t.type.shape, quant);
        });
        const { types: made } = inferOp(def, types, c.attrs, (code, message) => {
          throw new Error(`${code} ${message}`);
        });
        expect(made[0].quant).toEqual(perAxis(result, new Array<number>(channels).fill(0.125)));
      }
    });
  }
});
