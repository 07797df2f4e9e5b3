/**
 * Every op that says it keeps a grid, or rounds once to the one asked for, in drawn QDQ graphs as model files hold them: q(ops(dq(x), ..)), the grids of
 * the operands and of the result the file's own. What is stored is what the reference stores: the real value, rounded once.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addChainStep } from "../../../src/check/draw/chain-steps.js";
import { createFuncBuilder } from "../../../src/ir/graph/func-builder.js";
import type { Module, ValueId } from "../../../src/ir/graph/module.js";
import type { OpDef } from "../../../src/ir/op/define.js";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import { inferWith } from "../../../src/ir/op/infer-node.js";
import { integerOperands } from "../../../src/ir/op/quantize.js";
import { createGen, type Gen, type OpCase } from "../../../src/ir/op/sample.js";
import { bytesOf, numbersOf, type Tensor } from "../../../src/ir/op/tensor.js";
import { assertValid } from "../../../src/ir/op/verify.js";
import { dtypeInfo } from "../../../src/ir/type/dtype.js";
import { perTensor } from "../../../src/ir/type/quant.js";
import { dce } from "../../../src/passes/canon/dce.js";
import { quantizePass } from "../../../src/passes/quant/quantize.js";
import { irContext } from "../../helpers/ir-context.js";

const ctx = irContext();
const loc = { file: "test", node: "n" };
const FORMS = ["same-grid", "round", "wide", "accumulate"];
const defs = (ctx.ops.all() as readonly OpDef[]).filter((d) => d.quantize && FORMS.includes(d.quantize.form));
/** What models put between such an op and the quantize behind it. */
const BEHIND = ["clip", "transpose", "reshape", "slice", "concat", "pool", "mean", "activation"];

interface Drawn {
  readonly m: Module;
  /** The real value that is stored. */
  readonly real: Module;
  readonly inputs: readonly Tensor[];
  readonly grid: { readonly dtype: "i8" | "u8"; readonly scale: number; readonly zero: number };
}

/** A case of the op whose integer operands are floats, the others not being of an attribute's own grid. */
function caseOf(def: OpDef, g: Gen): OpCase | null {
  for (let i = 0; i < 40; i++) {
    const c = def.sample(g);
    const reads = integerOperands(def.quantize as never, c.inputs.length);
    if (reads.every((k) => !c.inputs[k] || c.inputs[k].type.dtype === "f32"))
      return { ...c, attrs: { ...c.attrs, ...("to" in def.attrs ? { to: "none" } : {}) } };
  }
  return null;
}

/** q(behind(op(dq(x), ..))): one grid for all operands, or one for each. No bias: it is rounded to the grid of the sums. */
function drawn(def: OpDef, seed: number): Drawn | null {
  const g = createGen(seed);
  const c = caseOf(def, g);
  if (!c) return null;
  const sums = def.quantize?.form === "accumulate";
  const given = sums ? c.inputs.slice(0, 2) : c.inputs;
  const reads = integerOperands(def.quantize as never, given.length);
  const grid = () => ({ dtype: g.pick(["i8", "u8"] as const), scale: g.f32({ min: 0.01, max: 0.2 }), zero: g.int(0, 9) });
  const shared = g.bool() ? grid() : null;
  const b = createFuncBuilder("main", inferWith(ctx.ops), ctx.blobs);
  const inputs: Tensor[] = [];
  const operands = given.map((t, i): ValueId => {
    if (!t) return "";
    if (!reads.includes(i) && !(sums && i === 1)) return b.constant(t.type, bytesOf(t));
    const { dtype, scale, zero } = shared ?? grid();
    const x = g.tensor({ dtype, shape: t.type.shape, quant: perTensor(scale, zero) });
    const isWeight = sums && i === 1 && g.bool();
    if (!isWeight) inputs.push(x);
    return b.node("dequantize", [isWeight ? b.constant(x.type, bytesOf(x)) : b.param(`x${i}`, x.type)], {}, loc);
  });
  const values = [b.nodes(def.name, operands, c.attrs, loc)[0]];
  if (b.typeOf(values[0]).dtype !== "f32") return null;
  for (let i = g.int(0, 2); i > 0; i--) values.push(...(addChainStep(b, g, values.slice(-1), () => loc, BEHIND) ?? []));
  const real = values[values.length - 1];
  const { dtype, scale, zero } = grid();
  const stored = b.node("quantize", [real], { dtype, scales: [scale], zeros: [zero] }, loc);
  const { func, consts } = b.finish([stored, real], ["q", "y"]);
  const both: Module = { version: 1, name: "t", funcs: [func], consts, props: {}, states: [] };
  const only = (at: 0 | 1): Module => ({
    ...both,
    funcs: [{ ...func, results: [func.results[at]], resultNames: [func.resultNames[at]] }],
  });
  return { m: only(0), real: only(1), inputs, grid: { dtype, scale, zero } };
}

/** Steps between what is stored and the real value; a softmax in integers is within one. */
const BOUND: Readonly<Record<string, number>> = { softmax: 1.01 };

describe("q(ops(dq(x))) in integers is the real value, rounded once", () => {
  it.each(defs.map((d) => [d.name, d] as const))("%s", (name, def) => {
    let [cases, integers] = [0, 0];
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const d = drawn(def, seed);
        if (!d) return;
        const { scale, zero, dtype } = d.grid;
        const { min, max } = dtypeInfo(dtype);
        const after = dce.run(quantizePass.run(d.m, ctx, {}), ctx, {});
        assertValid(after, ctx.ops, ctx.blobs);
        const real = numbersOf(evaluateModule(d.real, ctx, d.inputs)[0]);
        if (real.some(Number.isNaN)) return;
        numbersOf(evaluateModule(after, ctx, d.inputs)[0]).forEach((q, i) => {
          const exact = Math.min(max, Math.max(min, real[i] / scale + zero));
          expect(Math.abs(q - exact), `seed ${seed}, element ${i}`).toBeLessThan(BOUND[name] ?? 0.501);
        });
        cases++;
        if (!after.funcs[0].body.some((n) => n.op === name && n.outputs[0].type.dtype === "f32")) integers++;
      }),
      { numRuns: 200 },
    );
    expect(cases).toBeGreaterThan(20);
    expect(integers).toBeGreaterThan(cases / 10);
  });
});
