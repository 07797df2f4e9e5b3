import fc from "fast-check";
import { expect, it } from "vitest";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import { tensorOf } from "../../../src/ir/op/tensor.js";
import { parseModule } from "../../../src/ir/text/parse-module.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { runPipeline } from "../../../src/passes/manager.js";
import { parsePipeline } from "../../../src/passes/pipeline.js";
import { irContext } from "../../helpers/ir-context.js";

const ctx = irContext();

it("a lookup gives what the product gives, for indices inside and outside", () => {
  const text = `module "m" version 1
const #iota : i32[1, 1, 3] = dense<0, 1, 2>
const #w : f32[3, 2] = dense<1, 2, 3, 4, 5, 6>
func @main(%i: i32[1, 4, 1]) -> f32[1, 4, 2] {
  %e = eq(%i, #iota)
  %h = cast(%e) {to = "f32"}
  %y = matmul(%h, #w)
  return %y
}
`;
  const m = parseModule(text, "t.qc", ctx);
  const looked = runPipeline(m, parsePipeline("one-hot-to-gather,dce", ctx.passes), ctx);
  expect(looked.funcs[0].body.map((n) => n.op)).toEqual(["reshape", "clip", "gather"]);
  const edge = fc.constantFrom(-(2 ** 31), -4, -3, -2, -1, 0, 1, 2, 3, 4, 2 ** 31 - 1);
  fc.assert(
    fc.property(fc.array(edge, { minLength: 4, maxLength: 4 }), (indices) => {
      const input = tensorOf(tensorType("i32", [1, 4, 1]), indices);
      expect(evaluateModule(looked, ctx, [input])).toEqual(evaluateModule(m, ctx, [input]));
    }),
  );
});
