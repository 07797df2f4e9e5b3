/** Which values of a float graph become 8-bit: the inputs and outputs of what has an integer kernel. */
import { type Func, isAbsent, isConst, type Node, type State, type ValueId } from "../../ir/graph/module.js";
import { hasTrait } from "../../ir/op/define.js";
import { integerOperands, type OpQuantize, sameGridOperands } from "../../ir/op/quantize.js";
import type { OpRegistry } from "../../ir/op/registry.js";
import { numElements, type TensorType } from "../../ir/type/tensor-type.js";

/** What the op of a node says of integers, where it holds for this node: its results are f32, and its attributes have an integer form. */
export function integerForm(n: Node, ops: OpRegistry): OpQuantize<never> | undefined {
  const form = ops.get(n.op)?.quantize as OpQuantize<never> | undefined;
  const refused = form?.form === "same-grid" && (form.refuses?.(n.attrs as never) ?? null) !== null;
  return refused || n.outputs[0]?.type.dtype !== "f32" ? undefined : form;
}

/** What a recipe keeps out of integer arithmetic. */
export interface FloatChoice {
  keepsFloat(n: Node): boolean;
  isFloatValue(v: ValueId): boolean;
}
const NOTHING_FLOAT: FloatChoice = { keepsFloat: () => false, isFloatValue: () => false };

type FormOf = (n: Node) => OpQuantize<never> | undefined;

export interface QuantPoints {
  /** Values to quantize. */
  readonly points: ReadonlySet<ValueId>;
  /** Representative of each point's class: the members of a class share one grid. */
  readonly classOf: ReadonlyMap<ValueId, ValueId>;
  /** Operands of a node that its integer form reads; none where it has none. */
  reads(n: Node): readonly number[];
  /** Is it a sum of products, in integers? */
  isContraction(n: Node): boolean;
}

/**
 * A float value is a point when an integer kernel reads it or stores it. Not so
 *  - between a contraction and the element-wise ops fused behind it, where the value never leaves registers;
 *  - in the tail: behind the last contraction nothing integer follows, so results stay exact floats.
 * An op that only moves elements is integer where its result must be, and never on its own account. Values around a same-grid op
 * (max_pool, concat, reshape, ...) share a class, and so do a state and its next value.
 */
export function quantPoints(
  f: Func,
  ops: OpRegistry,
  states: readonly State[] = [],
  choice: FloatChoice = NOTHING_FLOAT,
): QuantPoints {
  const formOf: FormOf = (n) => (choice.keepsFloat(n) ? undefined : integerForm(n, ops));
  const reads = (n: Node): readonly number[] => integerOperands(formOf(n), n.inputs.length);
  const types = new Map<ValueId, TensorType>(f.params.map((p) => [p.id, p.type]));
  const readers = new Map<ValueId, Node[]>();
  for (const n of f.body) {
    for (const o of n.outputs) types.set(o.id, o.type);
    for (const i of new Set(n.inputs)) readers.set(i, [...(readers.get(i) ?? []), n]);
  }
  const fed = new Set(states.map((s) => s.result));
  const outputs = f.results.filter((_, at) => !fed.has(at));
  const tail = tailOf(f, outputs, formOf);
  const isActivation = (id: ValueId) => {
    const type = isConst(id) || isAbsent(id) ? undefined : types.get(id);
    // no elements, no range
    return type?.dtype === "f32" && numElements(type.shape) > 0 && !choice.isFloatValue(id);
  };
  const points = new Set<ValueId>();
  for (const n of f.body.toReversed()) {
    if (tail.has(n)) continue;
    if (isKernel(formOf(n))) for (const o of n.outputs) if (isActivation(o.id) && isStored(n, o.id)) points.add(o.id);
    const wanted = isKernel(formOf(n)) || n.outputs.some((o) => points.has(o.id));
    if (wanted) for (const i of reads(n)) if (isActivation(n.inputs[i])) points.add(n.inputs[i]);
  }
  return {
    points,
    classOf: gridClasses(f, formOf, points, states),
    reads,
    isContraction: (n) => formOf(n)?.form === "accumulate",
  };

  /** Does the result go to memory, to a node that is not in the tail? */
  function isStored(n: Node, id: ValueId): boolean {
    const to = readers.get(id) ?? [];
    const fused = to.length === 1 && !f.results.includes(id) && staysInKernel(n, to[0], ops, formOf);
    return !fused && !outputs.includes(id) && !to.every((r) => tail.has(r));
  }
}

/** Has the op an integer kernel that computes, rather than moves? */
const isKernel = (form: OpQuantize<never> | undefined): boolean =>
  form !== undefined && !(form.form === "same-grid" && form.moves);

/** Is the element-wise reader computed on the tile that the producer just wrote? A table op reads stored bytes instead. */
function staysInKernel(producer: Node, reader: Node, ops: OpRegistry, formOf: FormOf): boolean {
  const def = ops.get(reader.op);
  const form = formOf(producer)?.form;
  const sameShape = reader.outputs[0]?.type.shape.join() === producer.outputs[0].type.shape.join();
  if (!def || !hasTrait(def, "elementwise") || !sameShape) return false;
  return (form === "accumulate" && formOf(reader)?.form !== "table") || form === "table";
}

/** Nodes from which only results and other tail nodes follow, up to the last contraction. */
function tailOf(f: Func, outputs: readonly ValueId[], formOf: FormOf): ReadonlySet<Node> {
  const tail = new Set<Node>();
  const inTail = new Set<ValueId>(outputs);
  const outside = new Set<ValueId>();
  for (const n of f.body.toReversed()) {
    const only = n.outputs.every((o) => !outside.has(o.id)) && n.outputs.some((o) => inTail.has(o.id));
    if (only && formOf(n)?.form !== "accumulate") {
      tail.add(n);
      for (const i of n.inputs) inTail.add(i);
    } else {
      for (const i of n.inputs) outside.add(i);
    }
  }
  return tail;
}

function gridClasses(
  f: Func,
  formOf: FormOf,
  points: ReadonlySet<ValueId>,
  states: readonly State[],
): ReadonlyMap<ValueId, ValueId> {
  const parent = new Map<ValueId, ValueId>([...points].map((p) => [p, p]));
  const find = (id: ValueId): ValueId => {
    const up = parent.get(id) ?? id;
    return up === id ? id : find(up);
  };
  for (const n of f.body) {
    const shared = sameGridOperands(formOf(n), n.inputs.length);
    const members = [...shared.map((i) => n.inputs[i]), ...n.outputs.map((o) => o.id)].filter((v) => points.has(v));
    if (shared.length) for (const v of members.slice(1)) parent.set(find(v), find(members[0]));
  }
  for (const { param, result } of states) {
    const [now, next] = [f.params[param].id, f.results[result]];
    if (points.has(now) && points.has(next)) parent.set(find(next), find(now));
  }
  return new Map([...points].map((p) => [p, find(p)]));
}
