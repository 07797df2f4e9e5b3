/** What op records say of integers, held against what the ops mean: q the integer form, dq(q) = scale (q - zero). */
import { createFuncBuilder } from "../../ir/graph/func-builder.js";
import type { Module } from "../../ir/graph/module.js";
import type { OpDef } from "../../ir/op/define.js";
import { evaluateModule } from "../../ir/op/evaluate.js";
import { inferWith } from "../../ir/op/infer-node.js";
import { integerOperands, type OpQuantize } from "../../ir/op/quantize.js";
import { inferOp } from "../../ir/op/registry.js";
import { createGen } from "../../ir/op/sample.js";
import { bytesOf, numbersOf, type Tensor } from "../../ir/op/tensor.js";
import type { IrContext } from "../../ir/pass/context.js";
import { perTensor } from "../../ir/type/quant.js";
import { numElements, type TensorType, tensorType, typeText } from "../../ir/type/tensor-type.js";
import { quantizePass } from "../../passes/quant/quantize.js";
import { invariant, unreachable } from "../../support/assert.js";
import { fail, QcError } from "../../support/diag.js";
import { type Drawn, drawCase } from "../draw/op-case.js";
import type { RandomModule } from "../draw/random-module.js";
import { ofModules } from "../passes.js";
import type { Property } from "../property.js";
import { difference } from "../same-values.js";
import { type OpProperties, ofInstances } from "./instance.js";

const LOC = { file: "check", node: "op" };
/** The grid that results are stored on. */
const STORED = { dtype: "u8", scale: 0.013, zero: 3 } as const;

/**
 * The op on dequantized bytes, with the operands that its record reads as integers on one grid; where it is `stored`, its result quantized to
 * STORED. Null where the case is not one of f32, or the record refuses it.
 */
function drawOnBytes(def: OpDef, ctx: IrContext, seed: number, isStored: boolean): RandomModule | null {
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
    return b.node("dequantize", [b.param(`x${i}`, x.type)], {}, LOC);
  });
  if (inputs.some((t) => numElements(t.type.shape) === 0)) return null; // the greatest and the mean of no elements are on no grid
  const attrs = { ...sample.attrs, ...(def.quantize?.form === "round" && "to" in def.attrs ? { to: "none" } : {}) };
  try {
    const y = b.nodes(def.name, operands, attrs, LOC)[0];
    if (b.typeOf(y).dtype !== "f32") return null;
    const { dtype, scale, zero } = STORED;
    const result = isStored ? b.node("quantize", [y], { dtype, scales: [scale], zeros: [zero] }, LOC) : y;
    const { func, consts } = b.finish([result], ["y"]);
    const q = def.quantize as OpQuantize<unknown>;
    const node = func.body.find((n) => n.op === def.name);
    if (q.form === "same-grid" && node && q.refuses?.(node.attrs)) return null;
    return { module: { version: 1, name: def.name, funcs: [func], consts, props: {}, states: [] }, inputs };
  } catch (error) {
    if (error instanceof QcError) return null; // the attributes or the other operands fit no f32
    throw error;
  }
}

const opsOf = (m: Module): readonly string[] => m.funcs[0].body.map((n) => n.op);

/** A module as it was drawn and with integers, and their results on the inputs. */
interface Compared {
  readonly m: Module;
  readonly integers: Module;
  readonly inputs: readonly Tensor[];
  readonly want: Tensor;
  readonly got: Tensor;
}

interface Form {
  readonly name: string;
  readonly isStored: boolean;
  differs(c: Compared): string | null;
}

const integerForm = (def: OpDef, ctx: IrContext, { name, isStored, differs }: Form): Property<RandomModule> =>
  ofModules(ctx, {
    name,
    draw: (seed) => drawOnBytes(def, ctx, seed, isStored),
    differs({ module: m, inputs }) {
      const integers = quantizePass.run(m, ctx, {});
      const [[want], [got]] = [m, integers].map((x) => evaluateModule(x, ctx, inputs));
      return differs({ m, integers, inputs, want, got });
    },
    simpler: () => [], // its nodes belong together
  });

const sameGrid = (def: OpDef, ctx: IrContext) =>
  integerForm(def, ctx, {
    name: "op(dq(x)) = dq(op(x))",
    isStored: false,
    differs({ integers, want, got }) {
      const ops = opsOf(integers);
      const isFloat = ops.indexOf(def.name) > ops.lastIndexOf("dequantize");
      return isFloat ? "it stays in floats, although its record says that it keeps the grid" : difference([want], [got]);
    },
  });

const exactWide = (def: OpDef, ctx: IrContext) =>
  integerForm(def, ctx, {
    name: "op(dq(x)) = dq(integer form)",
    isStored: false,
    differs: ({ integers, want, got }) =>
      opsOf(integers).includes(def.name)
        ? "it stays in floats, although its record has an integer form"
        : difference([want], [got], 1e-5),
  });

/** Rounding of the float reference itself, in steps. */
const SLACK = 1e-4;

const roundedOnce = (def: OpDef, ctx: IrContext) =>
  integerForm(def, ctx, {
    name: "q(op(dq(x))) = integer form, rounded once",
    isStored: true,
    differs({ m, inputs, want, got }) {
      if (got.type !== want.type) return `its type is ${typeText(got.type)}, expected ${typeText(want.type)}`;
      const most = (def.quantize?.form === "round" && def.quantize.steps) || 0.5;
      const exact = numbersOf(evaluateModule(unstored(m), ctx, inputs)[0]);
      const real = (i: number): number => Math.min(255, Math.max(0, exact[i] / STORED.scale + STORED.zero));
      const wrong = numbersOf(got).findIndex((q, i) => Math.abs(q - real(i)) > most + SLACK);
      return wrong < 0
        ? null
        : `element ${wrong} is ${numbersOf(got)[wrong]}, the exact result lies at ${real(wrong)} of the grid`;
    },
  });

/** The module without the quantize at its end. */
function unstored(m: Module): Module {
  const [f] = m.funcs;
  return { ...m, funcs: [{ ...f, body: f.body.slice(0, -1), results: [f.body[f.body.length - 1].inputs[0]] }] };
}

/** Bytes on grids give i32 on the product of the grids. */
const accumulates = (def: OpDef, ctx: IrContext): Property<Drawn> =>
  ofInstances(def, ctx, {
    name: "bytes give i32 on the product of the grids",
    own: [],
    draw(seed) {
      const c = drawCase(def, seed);
      return factorsOf(c) ? c : null;
    },
    differs(c) {
      const factors = factorsOf(c);
      invariant(factors, "it was drawn for its factors");
      const { types } = inferOp(def, [...factors, ...c.inputs.slice(2).map(() => null)], c.attrs, fail);
      const scale = factors.reduce((product, { quant }) => product * (quant?.kind === "tensor" ? quant.scale : 1), 1);
      const want = tensorType("i32", types[0].shape, perTensor(scale));
      return types[0] === want ? null : `infer gives ${typeText(types[0])}, expected ${typeText(want)}`;
    },
  });

/** The types of the first two operands, where both are i8 on one grid each. */
function factorsOf({ inputs }: Drawn): readonly [TensorType, TensorType] | null {
  const [x, w] = inputs.map((t) => t?.type);
  const isGrid = (t: TensorType | undefined): t is TensorType => t?.dtype === "i8" && t.quant?.kind === "tensor";
  return isGrid(x) && isGrid(w) ? [x, w] : null;
}

/** Tables are of element-wise functions of one operand. */
const tabulates = (def: OpDef, ctx: IrContext): Property<Drawn> =>
  ofInstances(def, ctx, {
    name: "a table stands for an element-wise op of one operand",
    most: 1,
    differs: () => (def.traits.includes("elementwise") && def.operands.length === 1 ? null : "it is none"),
  });

/** What holds of the integer form that the record names; nothing where it has no `quantize`. */
export function integerProperties(def: OpDef, ctx: IrContext): OpProperties {
  const form = def.quantize?.form;
  switch (form) {
    case undefined:
      return { instances: [], modules: [] };
    case "same-grid":
      return { instances: [], modules: [sameGrid(def, ctx)] };
    case "wide":
      return { instances: [], modules: [exactWide(def, ctx), roundedOnce(def, ctx)] };
    case "round":
      return { instances: [], modules: [roundedOnce(def, ctx)] };
    case "accumulate":
      return { instances: [accumulates(def, ctx)], modules: [] };
    case "table":
      return { instances: [tabulates(def, ctx)], modules: [] };
    default:
      return unreachable(form);
  }
}
