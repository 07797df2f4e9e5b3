/** Simpler forms of a module that contradicts a property, each with the inputs for it. */
import { pruneConsts, replaceFunc } from "../../ir/graph/edit.js";
import { type Func, isAbsent, isConst, type Module, type Node, usesOf, type ValueId } from "../../ir/graph/module.js";
import { evaluateModule } from "../../ir/op/evaluate.js";
import type { Tensor } from "../../ir/op/tensor.js";
import type { IrContext } from "../../ir/pass/context.js";
import { numElements } from "../../ir/type/tensor-type.js";
import type { RandomModule } from "./random-module.js";
import { simplerLists } from "./simpler-tensors.js";

/** Nodes count most: a reader follows them one by one. */
export const moduleSize = ({ module, inputs }: RandomModule): number =>
  1000 * module.funcs.reduce((n, f) => n + f.body.length, 0) + inputs.reduce((n, t) => n + numElements(t.type.shape), 0);

/** With one result; with a node's results as parameters that hold the same values; with simpler inputs. Networks with state stay as they are. */
export function* simplerModules(drawn: RandomModule, ctx: IrContext): Iterable<RandomModule> {
  const { module, inputs } = drawn;
  if (module.states.length > 0 || module.funcs.length > 1) return;
  const f = module.funcs[0];
  if (f.results.length > 1) {
    for (const [i, r] of f.results.entries())
      yield withoutUnused({ ...drawn, module: replaceFunc(module, { ...f, results: [r], resultNames: [f.resultNames[i]] }) });
  }
  const values = valuesOf(module, ctx, inputs);
  for (const node of f.body.toReversed()) yield withoutUnused(cutAt(drawn, node, values));
  for (const simple of simplerLists(inputs)) yield { module, inputs: simple };
}

/** Every value that a node makes. */
function valuesOf(m: Module, ctx: IrContext, inputs: readonly Tensor[]): ReadonlyMap<ValueId, Tensor> {
  const f = m.funcs[0];
  const ids = f.body.flatMap((n) => n.outputs.map((o) => o.id));
  const all = evaluateModule({ ...m, funcs: [{ ...f, results: ids, resultNames: ids }] }, ctx, inputs);
  return new Map(ids.map((id, i) => [id, all[i]]));
}

/** The node's results become parameters. */
function cutAt({ module, inputs }: RandomModule, node: Node, values: ReadonlyMap<ValueId, Tensor>): RandomModule {
  const f = module.funcs[0];
  const func: Func = {
    ...f,
    params: [...f.params, ...node.outputs],
    paramNames: [...f.paramNames, ...node.outputs.map((o) => o.id.slice(1))],
    body: f.body.filter((n) => n !== node),
  };
  const given = node.outputs.flatMap((o) => values.get(o.id) ?? []);
  return { module: replaceFunc(module, func), inputs: [...inputs, ...given] };
}

/** Without nodes, parameters and constants that no result depends on. */
function withoutUnused({ module, inputs }: RandomModule): RandomModule {
  const f = module.funcs[0];
  const live = new Set<ValueId>(f.results);
  const body = f.body.toReversed().filter((n) => {
    const needed = n.outputs.some((o) => live.has(o.id));
    if (needed) for (const i of n.inputs) if (!isConst(i) && !isAbsent(i)) live.add(i);
    return needed;
  });
  const uses = usesOf({ ...f, body });
  const kept = f.params.flatMap((p, i) => (uses.has(p.id) ? [i] : []));
  const func: Func = {
    ...f,
    body: body.reverse(),
    params: kept.map((i) => f.params[i]),
    paramNames: kept.map((i) => f.paramNames[i]),
  };
  return { module: pruneConsts(replaceFunc(module, func)), inputs: kept.map((i) => inputs[i]) };
}
