/** What op records say of integers, held against what the ops mean: every op with a `quantize` member, on drawn cases. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFuncBuilder } from "../../../src/ir/graph/func-builder.js";
import type { Module } from "../../../src/ir/graph/module.js";
import type { OpDef } from "../../../src/ir/op/define.js";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import { inferWith } from "../../../src/ir/op/infer-node.js";
import { integerOperands } from "../../../src/ir/op/quantize.js";
import { createGen } from "../../../src/ir/op/sample.js";
import { bytesOf, numbersOf, type Tensor, tensorOf } from "../../../src/ir/op/tensor.js";
import { perTensor, type Quant } from "../../../src/ir/type/quant.js";
import { numElements, type TensorType, tensorType } from "../../../src/ir/type/tensor-type.js";
import { quantizePass } from "../../../src/passes/quant/quantize.js";
import { irContext } from "../../helpers/ir-context.js";

const ctx = irContext();
const loc = { file: "test", node: "n" };

interface Drawn {
  readonly m: Module;
  readonly inputs: readonly Tensor[];
  readonly result: TensorType;
}

/**
 * The op on dequantized bytes, with the operands that its record reads as integers on one grid; with `store`, its result quantized to
 * another grid. Null where the drawn case is not one of f32.
 */
function drawn(def: OpDef, seed: number, store: Quant | null): Drawn | null {
  const g = createGen(seed);
  const sample = def.sample(g);
  const reads = integerOperands(def.quantize as never, sample.inputs.length);
  const grid = perTensor(g.f32({ min: 0.01, max: 0.2 }), g.int(-9, 9));
  const b = createFuncBuilder("main", inferWith(ctx.ops), ctx.blobs);
  const inputs: Tensor[] = [];
  const operands = sample.inputs.map((t, i) => {
    if (!t) return "";
    if (!reads.includes(i)) return b.constant(t.type, bytesOf(t));
    const x = g.tensor({ dtype: "i8", shape: t.type.shape, quant: grid });
    inputs.push(x);
    return b.node("dequantize", [b.param(`x${i}`, x.type)], {}, loc);
  });
  try {
    const y = b.nodes(
      def.name,
      operands,
      { ...sample.attrs, ...(def.quantize?.form === "round" && "to" in def.attrs ? { to: "none" } : {}) },
      loc,
    )[0];
    const stored =
      store?.kind === "tensor" ? b.node("quantize", [y], { dtype: "u8", scales: [store.scale], zeros: [store.zero] }, loc) : y;
    const { func, consts } = b.finish([stored], ["y"]);
    const result = b.typeOf(y);
    if (result.dtype !== "f32") return null;
    return { m: { version: 1, name: "t", funcs: [func], consts, props: {}, states: [] }, inputs, result };
  } catch {
    return null; // the attributes or the other operands fit no f32
  }
}

const opsOf = (m: Module): readonly string[] => m.funcs[0].body.map((n) => n.op);
const withForm = (...forms: readonly string[]): readonly OpDef[] =>
  (ctx.ops.all() as readonly OpDef[]).filter((d) => d.quantize && forms.includes(d.quantize.form));

/** Cases among many draws that are f32 and not refused by the record. */
function cases(def: OpDef, store: Quant | null, hold: (d: Drawn, integers: Module) => void): number {
  let count = 0;
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const d = drawn(def, seed, store);
      if (!d) return;
      // the greatest and the mean of no elements are on no grid
      if (d.inputs.some((t) => numElements(t.type.shape) === 0)) return;
      const node = d.m.funcs[0].body.find((n) => n.op === def.name);
      const q = def.quantize;
      if (!node || (q?.form === "same-grid" && q.refuses?.(node.attrs as never))) return;
      count++;
      hold(d, quantizePass.run(d.m, ctx, {}));
    }),
    { numRuns: 150 },
  );
  return count;
}

describe("op(dq(x)) = dq(integer form), exactly", () => {
  it.each(withForm("same-grid").map((d) => [d.name, d] as const))("%s", (_, def) => {
    const count = cases(def, null, ({ m, inputs }, integers) => {
      expect(opsOf(integers).indexOf(def.name)).toBeLessThan(opsOf(integers).lastIndexOf("dequantize"));
      expect(evaluateModule(integers, ctx, inputs)).toEqual(evaluateModule(m, ctx, inputs));
    });
    expect(count).toBeGreaterThan(10);
  });
  it.each(withForm("wide").map((d) => [d.name, d] as const))("%s, to the precision of the scale", (_, def) => {
    const count = cases(def, null, ({ m, inputs }, integers) => {
      expect(opsOf(integers)).not.toContain(def.name);
      const [want, got] = [m, integers].map((x) => numbersOf(evaluateModule(x, ctx, inputs)[0]));
      want.forEach((v, i) => expect(Math.abs(got[i] - v)).toBeLessThan(1e-5 * (1 + Math.abs(v))));
    });
    expect(count).toBeGreaterThan(10);
  });
});

describe("q(op(dq(x))) = integer form on the grid of q, rounded once", () => {
  const grid = perTensor(0.013, 3);
  it.each(withForm("round", "wide").map((d) => [d.name, d] as const))(
    "%s: within a step, half a step and rounding for means",
    (name, def) => {
      const count = cases(def, grid, ({ m, inputs }, integers) => {
        const [want, got] = [m, integers].map((x) => evaluateModule(x, ctx, inputs)[0]);
        expect(got.type).toBe(want.type);
        const exact = numbersOf(evaluateModule(unstored(m), ctx, inputs)[0]);
        numbersOf(got).forEach((q, i) => {
          const real = Math.min(255, Math.max(0, exact[i] / 0.013 + 3));
          expect(Math.abs(q - real)).toBeLessThan(name === "softmax" ? 1.01 : 0.5001);
        });
      });
      expect(count).toBeGreaterThan(10);
    },
  );
});

/** The module without the quantize at its end. */
function unstored(m: Module): Module {
  const [f] = m.funcs;
  const body = f.body.slice(0, -1);
  return { ...m, funcs: [{ ...f, body, results: [f.body[f.body.length - 1].inputs[0]] }] };
}

describe("sums of products", () => {
  it.each(withForm("accumulate").map((d) => [d.name, d] as const))(
    "%s: bytes give i32 of the product of the scales",
    (_, def) => {
      fc.assert(
        fc.property(fc.integer(), (seed) => {
          const { inputs, attrs } = def.sample(createGen(seed));
          const [x, w] = inputs;
          if (
            x?.type.dtype !== "i8" ||
            w?.type.dtype !== "i8" ||
            x.type.quant?.kind !== "tensor" ||
            w.type.quant?.kind !== "tensor"
          )
            return;
          const [y] = def.infer([x.type, w.type, null], attrs as never, (code, message): never => {
            throw new Error(`${code} ${message}`);
          });
          const quant = perTensor(x.type.quant.scale * w.type.quant.scale);
          expect(y).toBe(tensorType("i32", y.shape, quant));
        }),
      );
    },
  );
});

it("tables are of element-wise functions of one operand", () => {
  for (const d of withForm("table")) {
    expect(d.traits, d.name).toContain("elementwise");
    expect(d.operands.length, d.name).toBe(1);
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
