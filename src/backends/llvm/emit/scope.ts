import type { Expr, LoadExpr } from "../../../ir/loop/expr.js";
import type { Buffer, StoreStmt } from "../../../ir/loop/stmt.js";
import { stridesOf } from "../../../ir/type/tensor-type.js";
import { invariant } from "../../../support/assert.js";
import type { Affine } from "./affine.js";
import type { Body } from "./body.js";
import type { Value } from "./types.js";

/** A buffer in reach: its pointer, and the alignment that the pointer is known to have. */
export interface BufferAt {
  readonly def: Buffer;
  readonly pointer: string;
  readonly align: number;
  readonly strides: readonly number[];
}

export const bufferAt = (def: Buffer, pointer: string, align: number): BufferAt => ({
  def,
  pointer,
  align,
  strides: stridesOf(def.shape),
});

/** What a variable of the loop IR stands for: an index form, or a value. */
export type Binding = { readonly k: "index"; readonly at: Affine } | { readonly k: "value"; readonly value: Value };

/** Names in reach while a stage is emitted. */
export interface Scope {
  readonly body: Body;
  /** Emits an expression of any kind: what the parts of the emitter call each other through. */
  value(e: Expr): Value;
  variable(name: string): Binding;
  buffer(name: string): BufferAt;
  /** Runs `inner` with a name bound, and brings back what the name meant before. */
  withVariable<T>(name: string, binding: Binding, inner: () => T): T;
  withBuffer<T>(buffer: BufferAt, inner: () => T): T;
  /** The same emitter at the start of another function: no name is in reach. */
  elsewhere(body: Body): Scope;
  /** Values of loads that are in registers already. */
  readonly held: Map<LoadExpr, Value>;
  /** Stores whose values are taken instead of being written. */
  readonly taken: Map<StoreStmt, (value: Value) => void>;
}

/** A scope over `buffers` whose expressions `emit` emits. */
export function createScope(body: Body, buffers: readonly BufferAt[], emit: (e: Expr, s: Scope) => Value): Scope {
  const variables = new Map<string, Binding>();
  const known = new Map(buffers.map((b) => [b.def.name, b]));
  const within = <V, T>(map: Map<string, V>, name: string, value: V, inner: () => T): T => {
    const before = map.get(name);
    map.set(name, value);
    const result = inner();
    if (before === undefined) map.delete(name);
    else map.set(name, before);
    return result;
  };
  const find = <V>(map: ReadonlyMap<string, V>, name: string): V => {
    const found = map.get(name);
    invariant(found !== undefined, `unknown name '${name}' in loop IR`);
    return found;
  };
  const scope: Scope = {
    body,
    value: (e) => emit(e, scope),
    variable: (name) => find(variables, name),
    buffer: (name) => find(known, name),
    withVariable: (name, binding, inner) => within(variables, name, binding, inner),
    withBuffer: (buffer, inner) => within(known, buffer.def.name, buffer, inner),
    elsewhere: (other) => createScope(other, [], emit),
    held: new Map(),
    taken: new Map(),
  };
  return scope;
}
