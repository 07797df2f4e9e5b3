/**
 * concat(a, b) along the last dimension, a and b used nowhere else  -->  what makes a and b writes it into the columns of the result:
 * nothing is copied.
 */
import { type Func, isConst, type Node, usesOf, type ValueId } from "../../ir/graph/module.js";
import type { OpRegistry } from "../../ir/op/registry.js";
import type { TensorType } from "../../ir/type/tensor-type.js";
import type { LoweredFunc } from "./lowered.js";
import { writeInto } from "./write-into.js";

export interface InPlaceConcats {
  /** The calls that are left. */
  readonly calls: readonly Node[];
  /** The value in whose memory another one is written. */
  readonly into: ReadonlyMap<ValueId, ValueId>;
  /** Kernels of the calls that write into another value's memory. */
  readonly lowered: ReadonlyMap<Node, LoweredFunc>;
}

/** Finds the concatenations of the entry that need no kernel. `lower` gives the scheduled kernel of a call. */
export function concatsInPlace(
  entry: Func,
  calls: readonly Node[],
  funcOf: (call: Node) => Func | undefined,
  typeOf: (id: ValueId) => TensorType | undefined,
  lower: (call: Node) => LoweredFunc,
  ops: OpRegistry,
): InPlaceConcats {
  const uses = usesOf(entry);
  const makers = new Map<ValueId, Node>(calls.flatMap((n) => (n.outputs.length === 1 ? [[n.outputs[0].id, n]] : [])));
  const into = new Map<ValueId, ValueId>();
  const lowered = new Map<Node, LoweredFunc>();
  const gone = new Set<Node>();
  for (const call of calls) {
    const operands = operandsOf(call, funcOf(call), ops);
    const whole = typeOf(call.outputs[0].id);
    if (!operands || !whole || new Set(operands).size !== operands.length) continue;
    const width = whole.shape[whole.shape.length - 1];
    let offset = 0;
    const moved: [Node, LoweredFunc][] = [];
    for (const id of operands) {
      const type = typeOf(id);
      const maker = makers.get(id);
      const columns = type?.shape[type.shape.length - 1];
      const isFree = maker && columns && uses.get(id) === 1 && !gone.has(maker) && !lowered.has(maker);
      if (!isFree || type.dtype !== whole.dtype) break;
      const low = lower(maker);
      const kernel = writeInto(low.kernel, low.outs[0], columns, width, offset);
      if (!kernel) break;
      moved.push([maker, { ...low, kernel }]);
      offset += columns;
    }
    if (moved.length !== operands.length) continue;
    gone.add(call);
    for (const [maker, low] of moved) {
      lowered.set(maker, low);
      into.set(maker.outputs[0].id, call.outputs[0].id);
    }
  }
  return { calls: calls.filter((n) => !gone.has(n)), into, lowered };
}

/** The operands, in order, of a call that does nothing but to concatenate along the last dimension, elements unchanged; null for others. */
function operandsOf(call: Node, callee: Func | undefined, ops: OpRegistry): readonly ValueId[] | null {
  const [node] = callee?.body ?? [];
  if (callee?.body.length !== 1 || callee.results[0] !== node.outputs[0].id) return null;
  const axis = ops.get(node.op)?.layout?.joins?.(node.attrs as never);
  const { type } = node.outputs[0];
  const quants = callee.params.map((p) => JSON.stringify(p.type.quant));
  const isLast = axis !== undefined && (axis + type.shape.length) % type.shape.length === type.shape.length - 1;
  if (!isLast || quants.some((q) => q !== JSON.stringify(type.quant)) || node.inputs.some(isConst)) return null;
  const given = new Map(callee.params.map((p, i) => [p.id, call.inputs[i]]));
  const operands = node.inputs.map((id) => given.get(id));
  return operands.every((id) => id !== undefined) ? operands : null;
}
