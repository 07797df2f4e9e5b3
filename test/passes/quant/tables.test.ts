/** Functions of one quantized value: a table means what the graph means, wherever and however the graph writes its numbers. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { createFuncBuilder } from "../../../src/ir/graph/func-builder.js";
import type { Module, ValueId } from "../../../src/ir/graph/module.js";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import { inferWith } from "../../../src/ir/op/infer-node.js";
import { createGen } from "../../../src/ir/op/sample.js";
import { bytesOf, type Tensor } from "../../../src/ir/op/tensor.js";
import { assertValid } from "../../../src/ir/op/verify.js";
import { perAxis, perTensor } from "../../../src/ir/type/quant.js";
import { quantizePass } from "../../../src/passes/quant/quantize.js";
import { irContext } from "../../helpers/ir-context.js";

const ctx = irContext();
const loc = { file: "test", node: "n" };
const UNARY = ["relu", "sigmoid", "tanh", "exp", "neg", "abs"];
const BINARY = ["add", "sub", "mul", "min", "max"];

/** quantize(f(dequantize(x))), the numbers of f constants of any rank up to that of x, some of them dequantized. */
function drawn(seed: number): { readonly m: Module; readonly input: Tensor } {
  const g = createGen(seed);
  const b = createFuncBuilder("main", inferWith(ctx.ops), ctx.blobs);
  const shape = g.shape(g.int(0, 4));
  const input = g.tensor({ dtype: g.pick(["i8", "u8"] as const), shape, quant: perTensor(0.05, g.int(0, 9)) });
  const dequantized = (q: ValueId): ValueId => b.node("dequantize", [q], {}, loc);
  const number = (): ValueId => {
    const ones = new Array<number>(g.int(0, shape.length)).fill(1);
    if (g.bool()) {
      const t = g.tensor({ shape: ones });
      return b.constant(t.type, bytesOf(t));
    }
    const quant = ones.length && g.bool() ? perAxis(0, [0.1], [3]) : perTensor(0.1, 3);
    const t = g.tensor({ dtype: "i8", shape: ones, quant });
    return dequantized(b.constant(t.type, bytesOf(t)));
  };
  const x = dequantized(b.param("x", input.type));
  const values = [b.node(g.pick(UNARY), [x], {}, loc)];
  for (let i = g.int(0, 4); i > 0; i--) {
    const v = values[values.length - 1];
    const other = g.bool() ? number() : g.pick([x, ...values]);
    const pair = g.bool() ? [v, other] : [other, v];
    values.push(g.bool() ? b.node(g.pick(UNARY), [v], {}, loc) : b.node(g.pick(BINARY), pair, {}, loc));
  }
  const y = b.node("quantize", [values[values.length - 1]], { dtype: "i8", scales: [0.1], zeros: [-3] }, loc);
  const { func, consts } = b.finish([y], ["y"]);
  return { m: { version: 1, name: "test", funcs: [func], consts, states: [], props: {} }, input };
}

it("is a table of 256 entries, with the values of the graph", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { m, input } = drawn(seed);
      const tabled = quantizePass.run(m, ctx, {});
      assertValid(tabled, ctx.ops, ctx.blobs);
      expect(tabled.funcs[0].body.at(-1)?.op).toBe("lut");
      expect(evaluateModule(tabled, ctx, [input])).toEqual(evaluateModule(m, ctx, [input]));
    }),
    { numRuns: 400 },
  );
});
