import { replaceFunc } from "../../ir/graph/edit.js";
import { createFuncBuilder } from "../../ir/graph/func-builder.js";
import { type Module, producersOf, typesOf, type ValueId } from "../../ir/graph/module.js";
import { inferWith } from "../../ir/op/infer-node.js";
import type { IrContext } from "../../ir/pass/context.js";
import { numElements } from "../../ir/type/tensor-type.js";
import { derivedLoc } from "../rewrite/sweep.js";
import { quantPoints } from "./points.js";

export interface ObservedModule {
  /**
   * The network with three results per point: its least and its greatest element, and the sum of squares. Of the original results only
   * those that feed states are left, behind these.
   */
  readonly module: Module;
  /** The points in the order of the results. */
  readonly points: readonly { readonly id: ValueId; readonly elements: number }[];
}

/** Names of the results of a point in the observed module. */
export const observerNames = (v: ValueId): readonly [string, string, string] => [`min ${v}`, `max ${v}`, `squares ${v}`];

/**
 * Replaces the results by observers of every quantization point. They are ordinary nodes, so calibration runs through the native
 * backend, and a run needs memory for one sample only.
 */
export function observe(m: Module, ctx: IrContext): ObservedModule {
  const f = m.funcs[0];
  const points = [...quantPoints(f, ctx.ops, m.states).points];
  const types = typesOf(m, f);
  const producers = producersOf(f);
  const b = createFuncBuilder(f.name, inferWith(ctx.ops), ctx.blobs, { consts: m.consts, nextId: f.nextId });
  for (const p of f.params) b.param(p.id.slice(1), p.type);
  for (const n of f.body) b.copy(n, n.inputs);
  const results = points.flatMap((v) => {
    const maker = producers.get(v);
    const loc = maker ? derivedLoc("observe", [maker]) : { file: m.name, node: v, pass: "observe" };
    const axes = types.get(v)!.shape.map((_, i) => i);
    return ["reduce_min", "reduce_max", "reduce_sum_square"].map((op) => b.node(op, [v], { axes, keepdims: false }, loc));
  });
  const fed = m.states.map((s) => s.result);
  const { func, consts } = b.finish(
    [...results, ...fed.map((at) => f.results[at])],
    [...points.flatMap(observerNames), ...fed.map((at) => f.resultNames[at])],
  );
  const states = m.states.map((s, i) => ({ ...s, result: results.length + i }));
  return {
    module: { ...replaceFunc(m, { ...func, paramNames: f.paramNames }, consts), states },
    points: points.map((id) => ({ id, elements: numElements(types.get(id)!.shape) })),
  };
}
