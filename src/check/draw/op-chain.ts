/** Chains that put one op in front of what passes rewrite: affine chains, BatchNorm, pads, transposes, residuals, a second contraction. */
import { createFuncBuilder, type FuncBuilder } from "../../ir/graph/func-builder.js";
import type { ValueId } from "../../ir/graph/module.js";
import type { OpDef } from "../../ir/op/define.js";
import { inferWith } from "../../ir/op/infer-node.js";
import { createGen, type Gen, type OpCase } from "../../ir/op/sample.js";
import { bytesOf, type Tensor } from "../../ir/op/tensor.js";
import { weightsOf } from "../../ir/op/weights.js";
import type { IrContext } from "../../ir/pass/context.js";
import { numElements } from "../../ir/type/tensor-type.js";
import type { Loc } from "../../support/diag.js";
import { addChainStep } from "./chain-steps.js";
import type { RandomModule } from "./random-module.js";

/** Steps that stand behind the op; those that passes fold into it come first, and more often. */
const BEHIND = ["perChannel", "perChannel", "batchNorm", "batchNorm", "affine", "pad", "transpose", "binary", "activation"];
const FURTHER = ["conv", "convTranspose", "matmul", "pool", "concat", "clip", "reshape", "mean"];
const DRAWS = 40;

const isHalf = (t: Tensor | null): boolean => t?.type.dtype === "f16" || t?.type.dtype === "bf16";

/** A case of the op without half precision, of f32 where one is found: passes widen halves, which rounds elsewhere. */
function drawCase(def: OpDef, g: Gen): OpCase | null {
  let whole: OpCase | null = null;
  for (let i = 0; i < DRAWS; i++) {
    const c = def.sample(g);
    if (c.inputs.some(isHalf)) continue;
    if (c.inputs.some((t) => t?.type.dtype === "f32")) return c;
    whole ??= c;
  }
  return whole;
}

/**
 * A module that applies the op once or twice, the second time to another value with the same constants, and goes on behind it with one to four
 * steps. Weights are constants more often than not; a value in the middle may be a result too. `contraction` ends the chain in a sum of
 * products, so that quantizers find integers before it. Null where the op draws only half precision.
 */
export function opChain(ctx: IrContext, def: OpDef, seed: number, end: "any" | "contraction" = "any"): RandomModule | null {
  const g = createGen(seed);
  const c = drawCase(def, g);
  if (!c) return null;
  const b = createFuncBuilder("main", inferWith(ctx.ops), ctx.blobs);
  const inputs: Tensor[] = [];
  const loc = (op: string) => ({ file: "chain.onnx", node: `${op}${seed}` });
  const param = (t: Tensor): ValueId => b.param(`x${inputs.push(t)}`, t.type);
  const weights = weightsOf(
    def,
    c.inputs.map((t) => t?.type ?? null),
    c.attrs,
  );
  const isConstant = c.inputs.map((_, i) =>
    i === weights?.operand || i === weights?.bias ? g.int(0, 4) > 0 : i > 0 && g.bool(),
  );
  const fixed = c.inputs.map((t, i) => (t && isConstant[i] ? b.constant(t.type, bytesOf(t), "w") : t ? null : ""));
  const before = (v: ValueId): ValueId =>
    b.typeOf(v).dtype === "f32" && !def.operands.some((o) => o.variadic) && g.int(0, 2) === 0
      ? b.node(g.pick(["neg", "relu"]), [v], {}, loc("before"))
      : v;
  const apply = (): readonly ValueId[] => {
    const operands = c.inputs.map((t, i) => fixed[i] ?? (i === 0 ? before(param(t!)) : param(t!)));
    return b.nodes(def.name, operands, c.attrs, loc(def.name));
  };
  const made = [apply(), ...(g.int(0, 2) === 0 ? [apply()] : [])].map(([y]) =>
    b.typeOf(y).dtype === "f32" ? y : b.node("cast", [plain(y)], { to: "f32" }, loc("cast")),
  );
  const values = [...made];
  for (let i = g.int(1, 4); i > 0; i--) {
    const names = i === 1 || g.bool() ? BEHIND : FURTHER;
    const added = addChainStep(b, g, g.bool() ? values : values.slice(-1), loc, names);
    if (added) values.push(...added);
  }
  if (end === "contraction") values.push(contraction(b, g, values[values.length - 1], loc));
  const results = [values[values.length - 1], ...(made.length > 1 ? [made[1]] : []), ...(g.int(0, 3) === 0 ? [made[0]] : [])];
  const { func, consts } = b.finish(
    results,
    results.map((_, i) => `y${i}`),
  );
  return { module: { version: 1, name: `${def.name} ${seed}`, funcs: [func], consts, states: [], props: {} }, inputs };

  function plain(y: ValueId): ValueId {
    return b.typeOf(y).quant ? b.node("dequantize", [y], {}, loc("dequantize")) : y;
  }
}

/** A sum of products behind `x`: a convolution of an image, else a product with a matrix. */
function contraction(b: FuncBuilder, g: Gen, x: ValueId, loc: (op: string) => Loc): ValueId {
  const { shape } = b.typeOf(x);
  const rows = shape.length < 2 ? b.node("reshape", [x], { shape: [1, numElements(shape)] }, loc("reshape")) : x;
  const conv = g.bool() ? addChainStep(b, g, [rows], loc, ["conv"]) : null;
  if (conv) return conv[conv.length - 1];
  const w = g.tensor({ shape: [b.typeOf(rows).shape.at(-1)!, g.int(1, 4)], min: -2, max: 2 });
  return b.node("matmul", [rows, b.constant(w.type, bytesOf(w), "w")], {}, loc("matmul"));
}
