import { replaceFunc } from "../../ir/graph/edit.js";
import { createFuncBuilder } from "../../ir/graph/func-builder.js";
import { type Module, producersOf, typesOf, type ValueId } from "../../ir/graph/module.js";
import { inferWith } from "../../ir/op/infer-node.js";
import type { IrContext } from "../../ir/pass/context.js";
import type { Calibrator } from "../../ir/quant/calibrator.js";
import { numElements } from "../../ir/type/tensor-type.js";
import { derivedLoc } from "../rewrite/sweep.js";
import { quantPoints } from "./points.js";
import { decisionsFor } from "./recipe/decide.js";
import type { Recipe } from "./recipe/recipe.js";

/** A value that is to get a grid, and what is asked of it. */
export interface ObservedPoint {
  readonly id: ValueId;
  readonly elements: number;
  readonly calibrator: Calibrator;
}

export interface ObservedNetwork {
  /** The network whose results are, of each point, its least and its greatest element, the sum of squares, and itself where its calibrator reads elements; behind these, the results that feed states. */
  readonly module: Module;
  readonly points: readonly ObservedPoint[];
}

/** Names of the results of a point. */
export const observerNames = (v: ValueId): readonly [string, string, string, string] => [
  `min ${v}`,
  `max ${v}`,
  `squares ${v}`,
  `elements ${v}`,
];

/**
 * Replaces the results by statistics of every quantization point. They are ordinary nodes, so calibration runs through the native
 * backend, and a run needs memory for one sample only.
 */
export function observedNetwork(m: Module, ctx: IrContext, recipe: Recipe): ObservedNetwork {
  const f = m.funcs[0];
  const decisions = decisionsFor(m, ctx, recipe);
  const types = typesOf(m, f);
  const producers = producersOf(f);
  const points = [...quantPoints(f, ctx.ops, m.states, decisions).points].map((id): ObservedPoint => {
    const elements = numElements(types.get(id)!.shape);
    return { id, elements, calibrator: decisions.calibratorOf(id) };
  });
  const b = createFuncBuilder(f.name, inferWith(ctx.ops), ctx.blobs, { consts: m.consts, nextId: f.nextId });
  for (const p of f.params) b.param(p.id.slice(1), p.type);
  for (const n of f.body) b.copy(n, n.inputs);
  const results = points.flatMap(({ id, calibrator }) => {
    const maker = producers.get(id);
    const loc = maker ? derivedLoc("observe", [maker]) : { file: m.name, node: id, pass: "observe" };
    const axes = types.get(id)!.shape.map((_, i) => i);
    const reduced = ["reduce_min", "reduce_max", "reduce_sum_square"].map((op) =>
      b.node(op, [id], { axes, keepdims: false }, loc),
    );
    return calibrator.fold ? [...reduced, id] : reduced;
  });
  const names = points.flatMap(({ id, calibrator }) => observerNames(id).slice(0, calibrator.fold ? 4 : 3));
  const fed = m.states.map((s) => s.result);
  const { func, consts } = b.finish(
    [...results, ...fed.map((at) => f.results[at])],
    [...names, ...fed.map((at) => f.resultNames[at])],
  );
  const states = m.states.map((s, i) => ({ ...s, result: results.length + i }));
  return { module: { ...replaceFunc(m, { ...func, paramNames: f.paramNames }, consts), states }, points };
}
