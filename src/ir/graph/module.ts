import type { Loc } from "../../support/diag.js";
import type { Attrs, AttrValue } from "../attr/attr.js";
import type { BlobId } from "../blob/blob-store.js";
import type { TensorType } from "../type/tensor-type.js";

/** `%name` is a value of a function (parameter or node output), `#name` a constant of the module, `""` an absent optional operand. */
export type ValueId = string;

export interface Value {
  readonly id: ValueId;
  readonly type: TensorType;
}

export interface Node {
  readonly op: string;
  readonly inputs: readonly ValueId[];
  readonly attrs: Attrs;
  readonly outputs: readonly Value[];
  readonly loc: Loc;
}

/** A function: `body` is in topological order, every value is defined once. */
export interface Func {
  readonly name: string;
  readonly params: readonly Value[];
  readonly body: readonly Node[];
  readonly results: readonly ValueId[];
  /** The names that the caller sees, as the source model spells them; same order as params and results. */
  readonly paramNames: readonly string[];
  readonly resultNames: readonly string[];
  /** The next fresh number for value names. */
  readonly nextId: number;
}

export interface Constant {
  readonly type: TensorType;
  readonly blob: BlobId;
}

/**
 * A value of the network that lives from run to run. The entry stays a pure function: parameter `param` is the value that the run begins
 * with, result `result` the one that the next run begins with; both have one type, and neither is the caller's.
 */
export interface State {
  /** Positions among the entry's parameters and results: passes keep both. */
  readonly param: number;
  readonly result: number;
  /** The constant that the first run begins with; null: zeros, in a quantized type the zero point. */
  readonly initial: ValueId | null;
}

/** A whole program as plain JSON data. `funcs[0]` is the entry; the others are private, reached by `call`. */
export interface Module {
  readonly version: 1;
  readonly name: string;
  readonly funcs: readonly Func[];
  /** By name, with the leading `#`. */
  readonly consts: Readonly<Record<ValueId, Constant>>;
  /** In the order of their parameters. */
  readonly states: readonly State[];
  readonly props: Readonly<Record<string, AttrValue>>;
}

export const isConst = (id: ValueId): boolean => id.startsWith("#");
export const isAbsent = (id: ValueId): boolean => id === "";

/** Types of every value of a function, constants included, by id. */
export function typesOf(m: Module, f: Func): Map<ValueId, TensorType> {
  const types = new Map<ValueId, TensorType>();
  for (const [id, c] of Object.entries(m.consts)) types.set(id, c.type);
  for (const p of f.params) types.set(p.id, p.type);
  for (const n of f.body) for (const o of n.outputs) types.set(o.id, o.type);
  return types;
}

/** How often each value is used as an operand or a result of the function. */
export function usesOf(f: Func): Map<ValueId, number> {
  const uses = new Map<ValueId, number>();
  const add = (id: ValueId) => uses.set(id, (uses.get(id) ?? 0) + 1);
  for (const n of f.body) n.inputs.forEach(add);
  f.results.forEach(add);
  return uses;
}

/** The node that makes each value. */
export function producersOf(f: Func): Map<ValueId, Node> {
  const producers = new Map<ValueId, Node>();
  for (const n of f.body) for (const o of n.outputs) producers.set(o.id, n);
  return producers;
}
