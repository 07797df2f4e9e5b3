/** What op records say of integers, held against what the ops mean: every op with a `quantize` member, on drawn cases. */
import { describe, expect, it } from "vitest";
import { integerProperties } from "../../../src/check/ops/integers.js";
import { createFuncBuilder } from "../../../src/ir/graph/func-builder.js";
import type { Module } from "../../../src/ir/graph/module.js";
import type { OpDef } from "../../../src/ir/op/define.js";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import { inferWith } from "../../../src/ir/op/infer-node.js";
import { numbersOf, tensorOf } from "../../../src/ir/op/tensor.js";
import { perTensor } from "../../../src/ir/type/quant.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { quantizePass } from "../../../src/passes/quant/quantize.js";
import { expectHeld } from "../../helpers/held.js";
import { irContext } from "../../helpers/ir-context.js";

const ctx = irContext();
const loc = { file: "test", node: "n" };
const opsOf = (m: Module): readonly string[] => m.funcs[0].body.map((n) => n.op);

describe("the integer form of every op that has one", () => {
  for (const def of ctx.ops.all() as readonly OpDef[]) {
    const { instances, modules } = integerProperties(def, ctx);
    for (const p of instances)
      it(`${def.name}: ${p.name}`, async () => {
        expect((await expectHeld(p, { seed: 1, cases: 150 })).cases).toBeGreaterThan(0);
      });
    for (const p of modules)
      it(`${def.name}: ${p.name}`, async () => {
        expect((await expectHeld(p, { seed: 1, cases: 150 })).cases).toBeGreaterThan(10);
      });
  }
});

it("a plugin's op says all of it: its integers are as exact as ours", () => {
  const own = irContext();
  const shuffle: OpDef = {
    name: "swap_halves",
    doc: "y = the second half of x, then the first.",
    attrs: {},
    operands: [{ name: "x" }],
    traits: [],
    quantize: { form: "same-grid", grid: [0], moves: false },
    infer: ([x]) => [x!],
    eval: ([x], _a, [type]) => {
      const v = numbersOf(x!);
      return [tensorOf(type, [...v.slice(v.length / 2), ...v.slice(0, v.length / 2)])];
    },
    lower: () => {},
    sample: (g) => ({ inputs: [g.tensor({ shape: [4] })], attrs: {} }),
  };
  own.ops.add(shuffle as never, "plugin test");
  const b = createFuncBuilder("main", inferWith(own.ops), own.blobs);
  const x = b.param("x", tensorType("i8", [4], perTensor(0.1, 2)));
  const y = b.node("swap_halves", [b.node("dequantize", [x], {}, loc)], {}, loc);
  const { func, consts } = b.finish([b.node("quantize", [y], { dtype: "i8", scales: [0.1], zeros: [2] }, loc)], ["y"]);
  const m: Module = { version: 1, name: "t", funcs: [func], consts, props: {}, states: [] };
  const integers = quantizePass.run(m, own, {});
  expect(opsOf(integers).filter((op) => op !== "dequantize")).toEqual(["swap_halves"]);
  const input = tensorOf(tensorType("i8", [4], perTensor(0.1, 2)), [1, 2, 3, 4]);
  expect([...evaluateModule(integers, own, [input])[0].data]).toEqual([3, 4, 1, 2]);
});
