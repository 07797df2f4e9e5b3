/**
 * state' = store(y)  -->  what makes y writes it into the state's memory, and nothing is copied: where no kernel reads the state's old value
 * afterwards, and the one that makes y reads none of it but the very elements that it replaces.
 */
import type { Func, Module, Node, ValueId } from "../../ir/graph/module.js";
import { mayShareMemory } from "../../ir/loop/in-place.js";
import type { LoweredFunc } from "./lowered.js";

/** The launches so far, as memory planning sees them. */
export interface PlannedCalls {
  readonly calls: readonly Node[];
  calleeOf(call: Node): Func;
  lower(call: Node): LoweredFunc;
  /** The value whose memory a view shares. */
  root(id: ValueId): ValueId;
  /** The value in whose memory another one is written. */
  readonly into: ReadonlyMap<ValueId, ValueId>;
}

export interface StatesInPlace {
  /** The calls that are left. */
  readonly calls: readonly Node[];
  /** For each state the value that lies in its memory when the run ends. */
  readonly written: readonly ValueId[];
}

/** Finds the stores that need no kernel. Requires results that own their memory, each state stored by a call behind all others (pass fuse). */
export function statesInPlace(m: Module, planned: PlannedCalls): StatesInPlace {
  const entry = m.funcs[0];
  const makers = new Map(planned.calls.flatMap((n) => n.outputs.map((o) => [o.id, n] as const)));
  const gone = new Set<Node>();
  const written = m.states.map(({ param, result }) => {
    const stored = entry.results[result];
    const store = makers.get(stored);
    if (!store || !isStore(planned.calleeOf(store))) return stored;
    const value = planned.root(store.inputs[0]);
    if (!isMadeInPlace(planned, entry.params[param].id, value)) return stored;
    gone.add(store);
    return value;
  });
  return { calls: planned.calls.filter((n) => !gone.has(n)), written };
}

const isStore = ({ body }: Func): boolean => body.length === 1 && body[0].op === "copy";

/** Whether `value` may be made in the memory of the state that begins as `old`. */
function isMadeInPlace({ calls, lower, root, into }: PlannedCalls, old: ValueId, value: ValueId): boolean {
  const owner = (id: ValueId): ValueId => into.get(id) ?? id;
  const first = calls.findIndex((n) => n.outputs.some((o) => owner(o.id) === value));
  const reads = (n: Node): number => n.inputs.filter((i) => root(i) === old).length;
  const last = calls.findLastIndex((n) => reads(n) > 0);
  if (first < 0 || last < first) return first >= 0;
  const maker = calls[first];
  const isWhole = maker.outputs.length === 1 && maker.outputs[0].id === value && ![...into.values()].includes(value);
  if (last > first || reads(maker) !== 1 || !isWhole) return false;
  const { kernel, ins, outs } = lower(maker);
  const buffer = ins[maker.inputs.findIndex((i) => root(i) === old)];
  return buffer === null || mayShareMemory(kernel, buffer, outs[0]);
}
