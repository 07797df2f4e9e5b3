/** A recipe on a module: which decision holds for which node and value. */
import { isConst, type Module, type Node, producersOf, type ValueId } from "../../../ir/graph/module.js";
import type { IrContext } from "../../../ir/pass/context.js";
import type { Calibrator } from "../../../ir/quant/calibrator.js";
import type { Scheme } from "../../../ir/quant/scheme.js";
import { type Diag, fail, type Loc } from "../../../support/diag.js";
import { didYouMean } from "../../../support/suggest.js";
import { builtinQuantization } from "../builtin.js";
import type { NodeDecision, Recipe, TensorDecision } from "./recipe.js";

export interface Decisions {
  /** A node of the module that computes in floats whatever its op can do. */
  keepsFloat(n: Node): boolean;
  /** A value that gets no grid. */
  isFloatValue(v: ValueId): boolean;
  activation(v: ValueId): TensorDecision;
  weight(n: Node): TensorDecision;
  calibratorOf(v: ValueId): Calibrator;
  /** Of two values that share a grid, whose decision holds: that of the one that a tensor decision names, else the first. */
  isNamedTensor(v: ValueId): boolean;
  /** Warnings QC-QUANT-004: names in the recipe that are not in the model. */
  readonly misfits: readonly Diag[];
}

/** Everything that a location stands for: the node itself and those that a rewrite made it of. */
export const namesOf = (loc: Loc): readonly string[] => [loc.node, ...(loc.from ?? []).flatMap(namesOf)];

export function schemeNamed(ctx: IrContext, name: string): Scheme {
  const { schemes } = ctx.quantization ?? builtinQuantization;
  return (
    schemes.get(name) ??
    fail("QC-QUANT-007", `there is no quantization scheme '${name}'`, { help: didYouMean(name, [...schemes.keys()]) })
  );
}

export function calibratorNamed(ctx: IrContext, name: string): Calibrator {
  const { calibrators } = ctx.quantization ?? builtinQuantization;
  return (
    calibrators.get(name) ??
    fail("QC-QUANT-008", `there is no calibrator '${name}'`, { help: didYouMean(name, [...calibrators.keys()]) })
  );
}

/** `*` stands for any text. */
const matcher = (pattern: string): ((name: string) => boolean) => {
  if (!pattern.includes("*")) return (name) => name === pattern;
  const text = pattern.split("*").map((s) => s.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const all = new RegExp(`^${text.join(".*")}$`);
  return (name) => all.test(name);
};

interface Rule<T> {
  readonly key: string;
  readonly matches: (name: string) => boolean;
  readonly decision: T;
}
const rulesOf = <T>(table: Readonly<Record<string, T>>): readonly Rule<T>[] =>
  Object.entries(table).map(([key, decision]) => ({ key, matches: matcher(key), decision }));

/** The last rule that fits: a later line of a recipe is laid over an earlier one. */
const decided = <T>(rules: readonly Rule<T>[], names: readonly string[]): T | undefined =>
  rules.findLast((r) => names.some(r.matches))?.decision;

export function decisionsFor(m: Module, ctx: IrContext, recipe: Recipe): Decisions {
  const f = m.funcs[0];
  const makers = producersOf(f);
  const [nodes, tensors] = [rulesOf(recipe.byNode), rulesOf(recipe.byTensor)];
  const ofNode = (n: Node): readonly (NodeDecision | undefined)[] => [recipe.byOp[n.op], decided(nodes, namesOf(n.loc))];
  const tensorNames = tensorNamesOf(m);
  const ofTensor = (v: ValueId) => decided(tensors, tensorNames.get(v) ?? []);
  const keepsFloat = (n: Node): boolean => {
    const [byOp, byNode] = ofNode(n);
    return byNode === "float" || (byNode === undefined && byOp === "float");
  };
  const laidOver = (kind: "weight" | "activation", n: Node | undefined): TensorDecision => {
    const [byOp, byNode] = (n ? ofNode(n) : []).map((part) => (part && part !== "float" ? part[kind] : undefined));
    return { ...recipe.default[kind], ...byOp, ...byNode };
  };
  const activation = (v: ValueId): TensorDecision => {
    const own = ofTensor(v);
    return { ...laidOver("activation", makers.get(v)), ...(own === "float" ? {} : own) };
  };
  return {
    keepsFloat,
    isFloatValue: (v) => ofTensor(v) === "float",
    activation,
    weight: (n) => laidOver("weight", n),
    calibratorOf: (v) => calibratorNamed(ctx, activation(v).calibrator),
    isNamedTensor: (v) => ofTensor(v) !== undefined,
    misfits: misfitsOf(m, recipe, nodes, tensors, [...tensorNames.values()].flat()),
  };
}

/** What a recipe calls a value. */
function tensorNamesOf(m: Module): ReadonlyMap<ValueId, readonly string[]> {
  const f = m.funcs[0];
  const names = new Map<ValueId, readonly string[]>(f.params.map((p, i) => [p.id, [f.paramNames[i]]]));
  for (const n of f.body) {
    n.outputs.forEach((o, i) => {
      if (!isConst(o.id)) names.set(o.id, i === 0 ? namesOf(n.loc) : namesOf(n.loc).map((x) => `${x}:${i}`));
    });
  }
  return names;
}

function misfitsOf(
  m: Module,
  recipe: Recipe,
  nodes: readonly Rule<unknown>[],
  tensors: readonly Rule<unknown>[],
  tensorNames: readonly string[],
): readonly Diag[] {
  const { body } = m.funcs[0];
  const nodeNames = [...new Set(body.flatMap((n) => namesOf(n.loc)))];
  const ops = [...new Set(body.map((n) => n.op))];
  const missing = (what: string, name: string, known: readonly string[]): Diag => ({
    severity: "warning",
    code: "QC-QUANT-004",
    message: `the recipe names the ${what} '${name}', which is not in the model: its decision has no effect`,
    help: didYouMean(name, known),
  });
  const unmatched = (rules: readonly Rule<unknown>[], known: readonly string[]) => rules.filter((r) => !known.some(r.matches));
  return [
    ...Object.keys(recipe.byOp).flatMap((op) => (ops.includes(op) ? [] : [missing("op", op, ops)])),
    ...unmatched(nodes, nodeNames).map((r) => missing("node", r.key, nodeNames)),
    ...unmatched(tensors, tensorNames).map((r) => missing("tensor", r.key, tensorNames)),
  ];
}
