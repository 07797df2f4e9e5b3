/** A recipe: what becomes of every tensor, as data. */
import type { Module } from "../../../ir/graph/module.js";
import type { GridDType } from "../../../ir/quant/scheme.js";

/** How one tensor gets its grid. */
export interface TensorDecision {
  /** Name of a scheme. */
  readonly scheme: string;
  readonly dtype: GridDType;
  /** 2 to 8 for weights, 8 for activations. */
  readonly bits: number;
  /** One grid for the tensor, or one for each output channel of weights. */
  readonly granularity: "tensor" | "channel";
  /** Name of a calibrator; of weights, whose values are known, only the least and greatest count. */
  readonly calibrator: string;
}

export interface Decision {
  readonly weight: TensorDecision;
  /** Of the results of a node. */
  readonly activation: TensorDecision;
}

/** Part of a decision, laid over what decides less closely; `float` keeps a node out of integer arithmetic. */
export type NodeDecision = "float" | { readonly weight?: Partial<TensorDecision>; readonly activation?: Partial<TensorDecision> };

/**
 * Decisions by op, node and tensor; the closest wins: tensor, node, op, default. Nodes are named as in the model file, by their source location,
 * so that the names outlive rewrites; `*` in a name stands for any text. A tensor is named by the node that makes it, with `:1`, `:2`, ..
 * for further results, or by the input's name.
 */
export interface Recipe {
  readonly version: 1;
  readonly default: Decision;
  readonly byOp: Readonly<Record<string, NodeDecision>>;
  readonly byNode: Readonly<Record<string, NodeDecision>>;
  readonly byTensor: Readonly<Record<string, "float" | Partial<TensorDecision>>>;
  /** Names of repairs, in the order in which they are tried. */
  readonly repairs: readonly string[];
}

/** How weights and activations become integers; the names of LEIP. */
export const PRESETS = ["symmetric", "asymmetric", "symmetricpc"] as const;
export type Preset = (typeof PRESETS)[number];
export type Quantizer = "none" | Preset;
export const QUANTIZERS: readonly Quantizer[] = ["none", ...PRESETS];

const symmetric: TensorDecision = { scheme: "symmetric", dtype: "auto", bits: 8, granularity: "tensor", calibrator: "min-max" };
const asymmetric: TensorDecision = { ...symmetric, scheme: "asymmetric", dtype: "i8" };

const DEFAULTS: Readonly<Record<Preset, Decision>> = {
  symmetric: { weight: { ...symmetric, dtype: "i8" }, activation: symmetric },
  asymmetric: { weight: asymmetric, activation: asymmetric },
  symmetricpc: { weight: { ...symmetric, dtype: "i8", granularity: "channel" }, activation: symmetric },
};

export const presetRecipe = (preset: Preset): Recipe => ({
  version: 1,
  default: DEFAULTS[preset],
  byOp: {},
  byNode: {},
  byTensor: {},
  repairs: [],
});

/** The recipe with these nodes, or all nodes of these ops, kept in floats. */
export function keepInFloat(r: Recipe, names: readonly string[], isOp: (name: string) => boolean): Recipe {
  const table = (list: readonly string[]) => Object.fromEntries(list.map((name) => [name, "float" as const]));
  return {
    ...r,
    byOp: { ...r.byOp, ...table(names.filter(isOp)) },
    byNode: { ...r.byNode, ...table(names.filter((n) => !isOp(n))) },
  };
}

export const recipeText = (r: Recipe): string => `${JSON.stringify(r, null, 2)}\n`;

/** The recipe that a module carries for the simulation: it prints, parses and replays with the module. */
export const withRecipe = (m: Module, r: Recipe): Module => ({ ...m, props: { ...m.props, recipe: JSON.stringify(r) } });
export const recipeOf = (m: Module): Recipe | null =>
  typeof m.props.recipe === "string" ? (JSON.parse(m.props.recipe) as Recipe) : null;
