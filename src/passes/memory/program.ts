/** The fused module as a straight line of launches with every operand placed: the last thing before code. */
import type { BlobId } from "../../ir/blob/blob-store.js";
import { type Func, isAbsent, isConst, type Module, type Node, type ValueId } from "../../ir/graph/module.js";
import { callerPorts } from "../../ir/graph/state.js";
import { mayShareMemory } from "../../ir/loop/in-place.js";
import type { Launch, Place, Program } from "../../ir/loop/program.js";
import type { Buffer, Kernel } from "../../ir/loop/stmt.js";
import type { IrContext } from "../../ir/pass/context.js";
import { dtypeInfo } from "../../ir/type/dtype.js";
import { byteSize, numElements, type TensorType } from "../../ir/type/tensor-type.js";
import { invariant } from "../../support/assert.js";
import { requireFacts } from "../facts.js";
import { type Interval, planArena } from "./arena.js";
import { concatsInPlace } from "./concat-in-place.js";
import type { LoweredFunc } from "./lowered.js";
import { layoutStates } from "./states.js";
import { statesInPlace } from "./states-in-place.js";
import { createWeightsTable } from "./weights.js";

export interface PlanHooks {
  /** Lowers and schedules one private function. */
  lower(f: Func, m: Module): LoweredFunc;
  /** Runs a `prepare` kernel on constant bytes by buffer name; returns the bytes of its `out` buffer. */
  prepare(kernel: Kernel, inputs: Readonly<Record<string, Uint8Array>>): Uint8Array;
  /** Equal keys mean equal code. */
  keyOf(kernel: Kernel): string;
}

export interface PlannedProgram {
  readonly program: Program;
  /** The private function behind every launch. Calls whose results are written in place by others are launched no more. */
  readonly callees: readonly string[];
  /** No arena can be smaller: the peak of what is alive at once. */
  readonly arenaLowerBound: number;
}

/** Where a value lies before arena offsets are known. */
type Home = { readonly kind: "place"; readonly place: Place } | { readonly kind: "interval"; readonly index: number };

/** Requires a fused module whose results own their memory (passes fuse, materialize-results): QC-PASS-006 for others. */
export function planProgram(m: Module, ctx: IrContext, hooks: PlanHooks): PlannedProgram {
  requireFacts(m, ctx, ["fused", "materialized"]);
  const entry = m.funcs[0];
  const weights = createWeightsTable(ctx.blobs);
  const roots = viewRoots(entry);
  const root = (id: ValueId) => roots.get(id) ?? id;
  const funcs = new Map<unknown, Func>(m.funcs.map((f) => [f.name, f]));
  const calleeOf = (n: Node): Func => {
    const callee = funcs.get(n.attrs.callee);
    invariant(callee, `call of ${n.attrs.callee}`);
    return callee;
  };
  const types = new Map<ValueId, TensorType>(entry.params.map((p) => [p.id, p.type]));
  for (const n of entry.body) for (const o of n.outputs) types.set(o.id, o.type);
  const all = entry.body.filter((n) => n.op === "call");
  const lowered = new Map<Node, LoweredFunc>();
  const lower = (n: Node): LoweredFunc => {
    const low = lowered.get(n) ?? hooks.lower(calleeOf(n), m);
    lowered.set(n, low);
    return low;
  };
  const { calls: joined, into, lowered: moved } = concatsInPlace(entry, all, calleeOf, (id) => types.get(id), lower, ctx.ops);
  const { calls, written } = statesInPlace(m, { calls: joined, calleeOf, lower: (n) => moved.get(n) ?? lower(n), root, into });

  const homes = new Map<ValueId, Home>();
  const ports = callerPorts(m);
  const state = layoutStates(m, ctx.blobs);
  const fix = (id: ValueId, place: Place) => homes.set(root(id), { kind: "place", place });
  ports.params.forEach((at, index) => fix(entry.params[at].id, { in: "input", index }));
  ports.results.forEach((at, index) => fix(entry.results[at], { in: "output", index }));
  state.states.forEach(({ offset }, i) => {
    fix(entry.params[m.states[i].param].id, { in: "state", offset });
    fix(written[i], { in: "state", offset });
  });
  const intervals: Interval[] = [];
  const interval = (bytes: number, first: number, last: number): Home => ({
    kind: "interval",
    index: intervals.push({ bytes, first, last }) - 1,
  });
  const lastUse = lastUses(calls, root);
  const shared = new Set<ValueId>([...into.keys(), ...into.values()]);
  /** The interval of an operand that dies in this call and whose elements are read where the result's are written. */
  const dyingOperand = (n: Node, at: number, result: number): Home | undefined => {
    const { id, type } = n.outputs[result];
    if (shared.has(id)) return undefined;
    const low = moved.get(n) ?? lower(n);
    const found = n.inputs.findIndex((input, i) => {
      const r = isAbsent(input) || isConst(input) ? null : root(input);
      const buffer = low.ins[i];
      if (r === null || buffer === null || shared.has(r) || homes.get(r)?.kind !== "interval" || lastUse.get(r) !== at)
        return false;
      if (n.inputs.filter((x) => root(x) === r).length !== 1 || n.outputs.length !== 1) return false;
      return byteSize(types.get(r) ?? type) === byteSize(type) && mayShareMemory(low.kernel, buffer, low.outs[result]);
    });
    const home = found < 0 ? undefined : homes.get(root(n.inputs[found]));
    if (home?.kind === "interval") intervals[home.index] = { ...intervals[home.index], last: lastUse.get(id) ?? at };
    return home;
  };
  calls.forEach((n, at) => {
    for (const [k, o] of n.outputs.entries()) {
      const owner = into.get(o.id) ?? o.id;
      const home =
        homes.get(owner) ??
        dyingOperand(n, at, k) ??
        interval(byteSize(types.get(owner) ?? o.type), at, lastUse.get(owner) ?? at);
      homes.set(owner, home);
      homes.set(o.id, home);
    }
  });

  const kernels: Kernel[] = [];
  const kernelIndex = new Map<string, number>();
  const prepared = new Map<string, BlobId>();
  const constPlace = (id: ValueId): Home => ({
    kind: "place",
    place: { in: "weights", offset: weights.offsetOf(m.consts[id].blob) },
  });
  const homeOf = (id: ValueId): Home => {
    const r = root(id);
    const home = isConst(r) ? constPlace(r) : homes.get(r);
    invariant(home, `value ${id} has no memory`);
    return home;
  };

  const drafts = calls.map((n, at) => {
    const callee = calleeOf(n);
    const low = moved.get(n) ?? lower(n);
    const key = hooks.keyOf(low.kernel);
    const known = kernelIndex.get(key);
    const kernel = known ?? kernels.push(low.kernel) - 1;
    kernelIndex.set(key, kernel);
    const ready = runPrepares(low, m, ctx, hooks, prepared);
    const buffers = new Map<string, Home>();
    low.ins.forEach((b, i) => b !== null && !buffers.has(b) && buffers.set(b, homeOf(n.inputs[i])));
    low.outs.forEach((b, i) => buffers.set(b, homeOf(n.outputs[i].id)));
    const home = (b: Buffer): Home => {
      const operand = buffers.get(b.name);
      if (operand) return operand;
      const blob = ready.get(b.name);
      if (blob) return { kind: "place", place: { in: "weights", offset: weights.offsetOf(blob) } };
      if (Object.hasOwn(low.consts, b.name)) return constPlace(low.consts[b.name]);
      invariant(b.role === "scratch", `buffer ${b.name} of ${low.kernel.name} is bound to nothing`);
      return interval(numElements(b.shape) * dtypeInfo(b.dtype).bytes, at, at);
    };
    return { node: n, callee, kernel, homes: kernels[kernel].buffers.map((b, i) => home(low.kernel.buffers[i] ?? b)) };
  });

  const arena = planArena(intervals);
  const placeOf = (h: Home): Place => (h.kind === "place" ? h.place : { in: "arena", offset: arena.offsets[h.index] });
  const launches = drafts.map(
    (d): Launch => ({
      label: labelOf(d.node),
      kernel: d.kernel,
      places: d.homes.map(placeOf),
      ...costOf(d.callee, m, ctx),
      loc: d.node.loc,
    }),
  );
  const program: Program = {
    name: m.name,
    inputs: ports.params.map((at) => ({ name: entry.paramNames[at], type: entry.params[at].type })),
    outputs: ports.results.map((at) => ({ name: entry.resultNames[at], type: types.get(entry.results[at])! })),
    kernels,
    launches,
    arenaBytes: arena.bytes,
    weights: weights.entries(),
    weightBytes: weights.bytes(),
    ...state,
  };
  return { program, callees: drafts.map((d) => d.callee.name), arenaLowerBound: arena.lowerBound };
}

/** The value whose memory each view shares. */
function viewRoots(f: Func): ReadonlyMap<ValueId, ValueId> {
  const roots = new Map<ValueId, ValueId>();
  for (const n of f.body) {
    if (n.op !== "call") roots.set(n.outputs[0].id, roots.get(n.inputs[0]) ?? n.inputs[0]);
  }
  return roots;
}

function lastUses(calls: readonly Node[], root: (id: ValueId) => ValueId): ReadonlyMap<ValueId, number> {
  const last = new Map<ValueId, number>();
  calls.forEach((n, at) => {
    for (const i of n.inputs) if (!isAbsent(i)) last.set(root(i), at);
  });
  return last;
}

/** The blobs of the buffers that `prepare` kernels fill, computed once for equal kernels on equal constants. */
function runPrepares(
  low: LoweredFunc,
  m: Module,
  ctx: IrContext,
  hooks: PlanHooks,
  cache: Map<string, BlobId>,
): ReadonlyMap<string, BlobId> {
  const ready = new Map<string, BlobId>();
  for (const p of low.kernel.prepare) {
    const inputs = p.kernel.buffers.filter((b) => b.role === "in" || b.role === "const").map((b) => b.name);
    const blobOf = (name: string): BlobId => ready.get(name) ?? m.consts[low.consts[name]].blob;
    const id = [hooks.keyOf(p.kernel), ...inputs.map(blobOf)].join(" ");
    const known = cache.get(id);
    const blob =
      known ?? ctx.blobs.put(hooks.prepare(p.kernel, Object.fromEntries(inputs.map((n) => [n, ctx.blobs.get(blobOf(n))]))));
    cache.set(id, blob);
    ready.set(p.buffer, blob);
  }
  return ready;
}

/** `node op`: what a profile prints. */
const labelOf = (n: Node): string => `${n.loc.node} ${n.attrs.callee}`;

function costOf(f: Func, m: Module, ctx: IrContext): { flops: number; bytes: number } {
  const types = new Map<ValueId, TensorType>(f.params.map((p) => [p.id, p.type]));
  for (const n of f.body) for (const o of n.outputs) types.set(o.id, o.type);
  const typeOf = (id: ValueId) => (isAbsent(id) ? null : (types.get(id) ?? m.consts[id].type));
  let flops = 0;
  const consts = new Set<ValueId>();
  for (const n of f.body) {
    const def = ctx.ops.get(n.op);
    const out = n.outputs.map((o) => o.type);
    flops +=
      def?.cost?.(n.inputs.map(typeOf), out, n.attrs as never).flops ?? out.reduce((sum, t) => sum + numElements(t.shape), 0);
    for (const i of n.inputs) if (isConst(i)) consts.add(i);
  }
  const operands = [
    ...f.params.map((p) => p.type),
    ...f.results.map((r) => types.get(r)!),
    ...[...consts].map((c) => m.consts[c].type),
  ];
  return { flops, bytes: operands.reduce((sum, t) => sum + byteSize(t), 0) };
}
