/** Element-wise functions of one 8-bit value as tables of 256 entries: exact on every target, whatever the function. */
import { isAbsent, type Node, type ValueId } from "../../ir/graph/module.js";
import { hasTrait } from "../../ir/op/define.js";
import { inferOp } from "../../ir/op/registry.js";
import { dataFromBytes, type Tensor, tensorOf } from "../../ir/op/tensor.js";
import type { IrContext } from "../../ir/pass/context.js";
import { dtypeInfo } from "../../ir/type/dtype.js";
import { perTensor, quantAt } from "../../ir/type/quant.js";
import { numElements, type TensorType, tensorType } from "../../ir/type/tensor-type.js";
import { invariant } from "../../support/assert.js";
import type { SweepView } from "../rewrite/sweep.js";

export interface TableSource {
  /** The 8-bit value that everything is computed from. */
  readonly x: ValueId;
  /** Nodes between it and the root, in order. */
  readonly nodes: readonly Node[];
}

/**
 * The element-wise expression over `root` as a function of one 8-bit quantized tensor: every leaf is dequantize(x) of the same x or a
 * number, which is a constant with one element, whatever its rank, dequantized or not. Null where it is not, or where it is nothing
 * but the dequantize.
 */
export function tableSource(view: SweepView, ctx: IrContext, root: ValueId, limit = 12): TableSource | null {
  const nodes: Node[] = [];
  const seen = new Set<ValueId>();
  let source: ValueId | null = null;
  const walk = (v: ValueId): boolean => {
    if (isAbsent(v) || seen.has(v)) return true;
    seen.add(v);
    const n = view.producer(v);
    const number = view.b.constOf(n?.op === "dequantize" ? n.inputs[0] : v);
    if (number) return numElements(number.type.shape) === 1;
    if (n?.op === "dequantize") {
      const type = view.b.typeOf(n.inputs[0]);
      const byte = (type.dtype === "i8" || type.dtype === "u8") && type.quant?.kind === "tensor";
      if (!byte || (source !== null && source !== n.inputs[0])) return false;
      source = n.inputs[0];
      nodes.push(n);
      return true;
    }
    const def = n && ctx.ops.get(n.op);
    if (!n || !def || !hasTrait(def, "elementwise") || nodes.length >= limit || n.outputs.length !== 1) return false;
    if (!n.inputs.every(walk)) return false;
    nodes.push(n);
    return true;
  };
  if (!walk(root) || source === null) return null;
  const x: ValueId = source;
  const shape = view.b.typeOf(x).shape;
  const sameShape = nodes.every((n) => n.outputs[0].type.shape.join() === shape.join());
  return nodes.length > 1 && sameShape ? { x, nodes } : null;
}

/** The 256 results of the expression, then of `last` (a quantize) on them, each computed by the ops' own `eval`. */
export function buildTable(view: SweepView, ctx: IrContext, source: TableSource, last: Pick<Node, "op" | "attrs">): Tensor {
  const xType = view.b.typeOf(source.x);
  const { min } = dtypeInfo(xType.dtype);
  const values = new Map<ValueId, Tensor>();
  values.set(
    source.x,
    tensorOf(
      tensorType(xType.dtype, [256], xType.quant),
      Array.from({ length: 256 }, (_, i) => min + i),
    ),
  );
  const tensor = (v: ValueId): Tensor | null => {
    if (isAbsent(v)) return null;
    const known = values.get(v);
    if (known) return known;
    return numberOf(view, ctx, v);
  };
  let result: Tensor | null = null;
  for (const n of [...source.nodes, { ...last, inputs: [source.nodes[source.nodes.length - 1].outputs[0].id], outputs: [] }]) {
    const inputs = n.inputs.map(tensor);
    const def = ctx.ops.get(n.op);
    invariant(def, n.op);
    const done = inferOp(
      def,
      inputs.map((t): TensorType | null => t?.type ?? null),
      n.attrs,
      (_, message) => {
        throw new Error(`internal error: table of ${n.op}: ${message}`);
      },
    );
    [result] = def.eval(inputs, done.attrs as never, done.types);
    if (n.outputs.length) values.set(n.outputs[0].id, result);
  }
  invariant(result, "empty table");
  return result;
}

/** A constant with one element as a tensor of rank 0, so that it does not raise the rank of the table. */
function numberOf(view: SweepView, ctx: IrContext, v: ValueId): Tensor {
  const n = view.producer(v);
  const c = view.b.constOf(n?.op === "dequantize" ? n.inputs[0] : v);
  invariant(c, `table operand ${v}`);
  const { quant } = c.type;
  const stored: Tensor = {
    type: tensorType(c.type.dtype, [], quant && perTensor(quantAt(quant, 0).scale, quantAt(quant, 0).zero)),
    data: dataFromBytes(c.type.dtype, ctx.blobs.get(c.blob)),
  };
  if (n?.op !== "dequantize") return stored;
  const [result] = ctx.ops.get(n.op)!.eval([stored], n.attrs as never, [tensorType("f32", [])]);
  return result;
}
