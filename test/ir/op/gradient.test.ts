/** The place of gradients in op records holds what reverse mode needs: a rule written as a plugin would, against central differences. */
import { expect, it } from "vitest";
import { createFuncBuilder } from "../../../src/ir/graph/func-builder.js";
import type { Module } from "../../../src/ir/graph/module.js";
import { defineOp, type OpDef } from "../../../src/ir/op/define.js";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import type { GradientBuilder } from "../../../src/ir/op/gradient.js";
import { inferWith } from "../../../src/ir/op/infer-node.js";
import { createGen } from "../../../src/ir/op/sample.js";
import { bytesOf, numbersOf, type Tensor, tensorOf } from "../../../src/ir/op/tensor.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { irContext } from "../../helpers/ir-context.js";

const loc = { file: "test", node: "n" };
const type = tensorType("f64", [5]);

/** y = x / (1 + z^2); dL/dx = g / (1 + z^2), dL/dz = -2 z y g / (1 + z^2) */
const damped = defineOp({
  name: "damped",
  doc: "y = x / (1 + z^2).",
  attrs: {},
  operands: [{ name: "x" }, { name: "z" }],
  traits: ["elementwise"],
  infer: ([x]) => [x!],
  eval([x, z], _attrs, [t]) {
    const by = numbersOf(z!);
    return [
      tensorOf(
        t,
        numbersOf(x!).map((v, i) => v / (1 + by[i] ** 2)),
      ),
    ];
  },
  lower: () => {},
  gradient(b, { inputs: [, z], outputs: [y], gradients: [g] }) {
    if (g === null) return [null, null];
    const scaled = b.node("div", [g, b.node("add", [b.node("mul", [z, z], {}), b.number(1, z)], {})], {});
    const slope = b.node("mul", [b.node("mul", [z, b.number(-2, z)], {}), y], {});
    return [scaled, b.node("mul", [slope, scaled], {})];
  },
  sample: (g) => ({ inputs: [g.tensor({ dtype: "f64", shape: [5] }), g.tensor({ dtype: "f64", shape: [5] })], attrs: {} }),
});

it("a rule of operands, results and their gradients is the derivative of the sum of the results", () => {
  const ctx = irContext();
  ctx.ops.add(damped as unknown as OpDef, "test");
  const f = createFuncBuilder("main", inferWith(ctx.ops), ctx.blobs);
  const inputs = ["x", "z", "g"].map((name) => f.param(name, type));
  const b: GradientBuilder = {
    node: (op, operands, attrs) => f.node(op, operands, attrs, loc),
    typeOf: (v) => f.typeOf(v),
    number(value, like) {
      const t = tensorType(f.typeOf(like).dtype, []);
      return f.constant(t, bytesOf(tensorOf(t, [value])));
    },
  };
  const outputs = [b.node("damped", inputs.slice(0, 2), {})];
  const gradients = damped.gradient!(b, { inputs: inputs.slice(0, 2), outputs, gradients: [inputs[2]] }, {});
  const { func, consts } = f.finish(
    gradients.filter((v) => v !== null),
    ["dx", "dz"],
  );
  const m: Module = { version: 1, name: "t", funcs: [func], consts, props: {}, states: [] };
  const { inputs: at } = damped.sample(createGen(3));
  const seen = evaluateModule(m, ctx, [...(at as Tensor[]), tensorOf(type, new Array<number>(5).fill(1))]);
  const total = (operands: readonly Tensor[]) => numbersOf(damped.eval(operands, {}, [type])[0]).reduce((a, v) => a + v, 0);
  const step = 1e-5;
  for (const [operand, gradient] of seen.entries())
    numbersOf(gradient).forEach((slope, i) => {
      const [up, down] = [step, -step].map((by) =>
        total(
          (at as Tensor[]).map((t, k) =>
            k === operand
              ? tensorOf(
                  type,
                  numbersOf(t).map((v, j) => (j === i ? v + by : v)),
                )
              : t,
          ),
        ),
      );
      expect(slope).toBeCloseTo((up - down) / (2 * step), 8);
    });
});
