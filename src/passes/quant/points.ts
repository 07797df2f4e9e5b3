/** Which values of a float graph become 8-bit: the inputs and outputs of what has an integer kernel. */
import { type Func, isAbsent, isConst, type Node, usesOf, type ValueId } from "../../ir/graph/module.js";
import { hasTrait } from "../../ir/op/define.js";
import type { OpRegistry } from "../../ir/op/registry.js";
import type { TensorType } from "../../ir/type/tensor-type.js";
import { isTableOp } from "./tables.js";

/** Activation operands that integer kernels read. */
const INTEGER_OPERANDS: Readonly<Record<string, readonly number[]>> = {
  conv: [0],
  conv_transpose: [0],
  dense: [0],
  matmul: [0, 1],
  max_pool: [0],
  avg_pool: [0],
  reduce_mean: [0],
  softmax: [0],
  gather: [0],
};
export const CONTRACTIONS: ReadonlySet<string> = new Set(["conv", "conv_transpose", "dense", "matmul"]);

/** Ops whose result lies on the grid of their operands, and which operands those are. */
export function sameGridOperands(n: Node, ops: OpRegistry): readonly number[] {
  if (n.op === "max_pool" || n.op === "gather") return [0];
  if (n.op === "concat") return n.inputs.map((_, i) => i);
  const def = ops.get(n.op);
  const moves = def && (hasTrait(def, "view") || hasTrait(def, "movement")) && n.op !== "with_quant";
  return moves && n.inputs.length >= 1 ? [0] : [];
}

export interface QuantPoints {
  /** Values to quantize. */
  readonly points: ReadonlySet<ValueId>;
  /** Representative of each point's class: the members of a class share one grid. */
  readonly classOf: ReadonlyMap<ValueId, ValueId>;
}

/**
 * A float value is a point when an integer kernel reads it or makes it. Not so
 *  - between a contraction and the element-wise ops fused behind it, where the value never leaves registers;
 *  - in the tail: behind the last contraction nothing integer follows, so results stay exact floats.
 * Values around a same-grid op (max_pool, concat, reshape, ...) share a class.
 */
export function quantPoints(f: Func, ops: OpRegistry): QuantPoints {
  const types = new Map<ValueId, TensorType>(f.params.map((p) => [p.id, p.type]));
  const consumers = new Map<ValueId, Node[]>();
  for (const n of f.body) {
    for (const o of n.outputs) types.set(o.id, o.type);
    for (const i of new Set(n.inputs)) consumers.set(i, [...(consumers.get(i) ?? []), n]);
  }
  const uses = usesOf(f);
  const tail = tailOf(f);
  const isActivation = (id: ValueId) => !isConst(id) && !isAbsent(id) && types.get(id)?.dtype === "f32";
  const points = new Set<ValueId>();
  for (const n of f.body) {
    if (tail.has(n)) continue;
    for (const i of integerOperands(n, ops)) if (isActivation(n.inputs[i])) points.add(n.inputs[i]);
    const makesInteger = integerOperands(n, ops).length > 0;
    if (!makesInteger) continue;
    for (const o of n.outputs) {
      const readers = consumers.get(o.id) ?? [];
      const fused = uses.get(o.id) === 1 && readers.length === 1 && staysInKernel(n, readers[0], ops);
      const isResult = f.results.includes(o.id);
      if (isActivation(o.id) && !fused && !isResult && !readers.every((r) => tail.has(r))) points.add(o.id);
    }
  }
  for (const n of f.body) addFusedOutputs(n, f, ops, consumers, tail, points, isActivation);
  return { points, classOf: gridClasses(f, ops, points) };
}

function integerOperands(n: Node, ops: OpRegistry): readonly number[] {
  if (isTableOp(n, ops)) return [0];
  return INTEGER_OPERANDS[n.op] ?? sameGridOperands(n, ops);
}

/** Is the element-wise reader computed on the tile that the producer just wrote? A table op reads stored bytes instead. */
function staysInKernel(producer: Node, reader: Node, ops: OpRegistry): boolean {
  const def = ops.get(reader.op);
  const sameShape = reader.outputs[0]?.type.shape.join() === producer.outputs[0].type.shape.join();
  if (!def || !hasTrait(def, "elementwise") || !sameShape) return false;
  return (CONTRACTIONS.has(producer.op) && !isTableOp(reader, ops)) || isTableOp(producer, ops);
}

/** The end of an element-wise chain behind a contraction is stored: what non-tail nodes read becomes a point. */
function addFusedOutputs(
  n: Node,
  f: Func,
  ops: OpRegistry,
  consumers: ReadonlyMap<ValueId, readonly Node[]>,
  tail: ReadonlySet<Node>,
  points: Set<ValueId>,
  isActivation: (id: ValueId) => boolean,
): void {
  const def = ops.get(n.op);
  if (!def || !hasTrait(def, "elementwise") || tail.has(n) || n.outputs.length !== 1) return;
  const { id } = n.outputs[0];
  const readers = consumers.get(id) ?? [];
  const stored = readers.length > 1 || (readers.length === 1 && !staysElementwise(n, readers[0], ops));
  if (isActivation(id) && stored && !f.results.includes(id) && !readers.every((r) => tail.has(r))) points.add(id);
}

function staysElementwise(producer: Node, reader: Node, ops: OpRegistry): boolean {
  const def = ops.get(reader.op);
  return !!def && hasTrait(def, "elementwise") && reader.outputs[0].type.shape.join() === producer.outputs[0].type.shape.join();
}

/** Nodes from which only results and other tail nodes follow, up to the last contraction. */
function tailOf(f: Func): ReadonlySet<Node> {
  const tail = new Set<Node>();
  const inTail = new Set<ValueId>(f.results);
  const outside = new Set<ValueId>();
  for (const n of f.body.toReversed()) {
    const only = n.outputs.every((o) => !outside.has(o.id)) && n.outputs.some((o) => inTail.has(o.id));
    if (only && !CONTRACTIONS.has(n.op)) {
      tail.add(n);
      for (const i of n.inputs) inTail.add(i);
    } else {
      for (const i of n.inputs) outside.add(i);
    }
  }
  return tail;
}

function gridClasses(f: Func, ops: OpRegistry, points: ReadonlySet<ValueId>): ReadonlyMap<ValueId, ValueId> {
  const parent = new Map<ValueId, ValueId>([...points].map((p) => [p, p]));
  const find = (id: ValueId): ValueId => {
    const up = parent.get(id) ?? id;
    return up === id ? id : find(up);
  };
  for (const n of f.body) {
    const members = [...sameGridOperands(n, ops).map((i) => n.inputs[i]), ...n.outputs.map((o) => o.id)].filter((v) =>
      points.has(v),
    );
    if (sameGridOperands(n, ops).length) for (const v of members.slice(1)) parent.set(find(v), find(members[0]));
  }
  return new Map([...points].map((p) => [p, find(p)]));
}
