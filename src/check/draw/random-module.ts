/** Random modules for properties: graphs chained from the ops' own `sample`s, with everything that passes look for. */
import { createFuncBuilder, type FuncBuilder } from "../../ir/graph/func-builder.js";
import type { Module, ValueId } from "../../ir/graph/module.js";
import type { OpDef } from "../../ir/op/define.js";
import { inferWith } from "../../ir/op/infer-node.js";
import { inferOp } from "../../ir/op/registry.js";
import { createGen, type Gen } from "../../ir/op/sample.js";
import { bytesOf, type Tensor } from "../../ir/op/tensor.js";
import type { IrContext } from "../../ir/pass/context.js";
import { isFloat } from "../../ir/type/dtype.js";
import { numElements } from "../../ir/type/tensor-type.js";
import { type Loc, QcError } from "../../support/diag.js";
import { addChainStep } from "./chain-steps.js";

export interface RandomModule {
  readonly module: Module;
  /** One tensor per parameter of the entry. */
  readonly inputs: readonly Tensor[];
}

export interface RandomModuleOptions {
  /** Most ops drawn; a few nodes more come of duplicates. Default 8. */
  readonly nodes?: number;
  /** Which ops may be drawn. Default: all. */
  readonly ops?: (def: OpDef) => boolean;
  /** Also neighbourhoods of chain-steps.ts: convolution and BatchNorm, transposes in a row, ... Default: true unless `ops` is given. */
  readonly chains?: boolean;
}

/** How often an operand that could be an earlier value is one. */
const REUSE = 4;

/**
 * A well-formed module that the seed determines. Operands of a drawn op are earlier values where their types fit (floats and quantized
 * values only: integers may be indices, whose values matter), else parameters or constants. Some nodes are duplicates, some are dead,
 * some have only constant operands; results may repeat, and may be parameters or constants.
 */
export function randomModule(ctx: IrContext, seed: number, given: RandomModuleOptions = {}): RandomModule {
  const options = { chains: given.ops === undefined, ...given };
  const g = createGen(seed);
  const defs = ctx.ops.all().filter((d) => options.ops?.(d as OpDef) ?? true);
  const b = createFuncBuilder("main", inferWith(ctx.ops), ctx.blobs);
  const inputs: Tensor[] = [];
  const paramNames: string[] = [];
  const values: ValueId[] = [];
  const param = (t: Tensor): ValueId => {
    inputs.push(t);
    paramNames.push(g.int(0, 2) ? `x${inputs.length}` : `in put:${inputs.length}/"q"`);
    return b.param(paramNames[paramNames.length - 1], t.type);
  };
  const constant = (t: Tensor): ValueId => b.constant(t.type, bytesOf(t), g.pick(["w", "bias", "c"]));
  if (g.int(0, 3) === 0) values.push(param(g.tensor()));
  const count = g.int(1, options.nodes ?? 8);
  const made: { op: string; operands: readonly ValueId[]; attrs: RandomAttrs }[] = [];
  if (options.chains) {
    const x = g.tensor({ shape: g.shape(g.pick([2, 3, 4, 4]), 4) });
    values.push(g.int(0, 5) ? param(x) : constant(x));
  }
  for (let i = 0; i < count; i++) {
    const chained = !options.chains || g.int(0, 4) === 0 ? null : addChainStep(b, g, values, (op) => drawLoc(g, op, i));
    if (chained) {
      values.push(...chained);
      continue;
    }
    const def = g.pick(defs) as OpDef;
    const { inputs: drawn, attrs } = def.sample(g);
    const fixed = g.int(0, 4) === 0;
    const fresh = drawn.map((t) => () => (t === null ? "" : fixed || g.int(0, 2) === 0 ? constant(t) : param(t)));
    const operands = chooseOperands(b, g, def, drawn, attrs, values);
    const bound = operands.map((id, k) => id ?? fresh[k]());
    const loc = drawLoc(g, def.name, i);
    values.push(...b.nodes(def.name, bound, attrs, loc, def.name === "split" ? [] : [g.pick(["y", "h", def.name])]));
    made.push({ op: def.name, operands: bound, attrs });
    if (g.int(0, 5) === 0) {
      const again = g.pick(made);
      values.push(...b.nodes(again.op, again.operands, again.attrs, drawLoc(g, again.op, 100 + i)));
    }
  }
  const results = values.filter((v) => v.startsWith("%") && g.int(0, 2) > 0);
  if (results.length === 0) results.push(values[values.length - 1]);
  if (g.int(0, 3) === 0) results.push(g.pick(results));
  if (g.int(0, 5) === 0 && inputs.length) results.push(b.finish([], []).func.params[0].id);
  const { func, consts } = b.finish(
    results,
    results.map((r, i) => (g.bool() ? r.slice(1) : `out ${i}`)),
  );
  const props: Module["props"] = g.bool()
    ? {
        opset: 17,
        producer: 'a "tool"',
        numbers: [0.1, -0, Number.POSITIVE_INFINITY],
        ready: g.bool(),
        names: ["a", "b\n"],
        "range:%x": [-1, 1],
        true: 1,
        "": 0,
      }
    : {};
  const module: Module = { version: 1, name: `random ${seed}`, funcs: [{ ...func, paramNames }], consts, states: [], props };
  return { module, inputs };
}

type RandomAttrs = ReturnType<OpDef["sample"]>["attrs"];

/** Earlier values for some operands; undefined where the drawn tensor is to be used. */
function chooseOperands(
  b: FuncBuilder,
  g: Gen,
  def: OpDef,
  drawn: readonly (Tensor | null)[],
  attrs: RandomAttrs,
  values: readonly ValueId[],
): (ValueId | undefined)[] {
  const chosen: (ValueId | undefined)[] = drawn.map(() => undefined);
  if (values.length === 0) return chosen;
  drawn.forEach((t, k) => {
    if (t === null || !(isFloat(t.type.dtype) || t.type.quant)) return;
    for (let attempt = 0; attempt < REUSE; attempt++) {
      const id = g.pick(values);
      const type = b.typeOf(id);
      if (type.dtype !== t.type.dtype) continue;
      const types = drawn.map((d, i) => (i === k ? type : chosen[i] ? b.typeOf(chosen[i]) : (d?.type ?? null)));
      if (!accepts(def, types, attrs)) continue;
      chosen[k] = id;
      return;
    }
  });
  return chosen;
}

/** Whether the op takes these types and its results stay small. */
function accepts(def: OpDef, types: Parameters<OpDef["infer"]>[0], attrs: RandomAttrs): boolean {
  const refuse = (code: string, message: string): never => {
    throw new QcError([{ severity: "error", code, message }]);
  };
  try {
    const { types: results } = inferOp(def, types, attrs, refuse);
    return results.every((t) => numElements(t.shape) <= 4096);
  } catch (e) {
    if (e instanceof QcError) return false;
    throw e;
  }
}

function drawLoc(g: Gen, op: string, i: number): Loc {
  const imported: Loc = { file: "model.onnx", node: `block${i}/${op}` };
  if (g.int(0, 3)) return imported;
  return {
    file: "model.onnx",
    node: `${op} "${i}"`,
    pass: "made-up",
    from: g.bool() ? [imported, { file: "b.onnx", node: "" }] : [],
  };
}
