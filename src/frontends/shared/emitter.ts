/** Emission of IR nodes for one node of a source model; what is constant is computed on the spot. */
import type { Attrs } from "../../ir/attr/attr.js";
import type { FuncBuilder, InferNode } from "../../ir/graph/func-builder.js";
import { isAbsent, type ValueId } from "../../ir/graph/module.js";
import { bytesOf, dataFromBytes, type Tensor, tensorOf } from "../../ir/op/tensor.js";
import { evalWork } from "../../ir/op/work.js";
import type { IrContext } from "../../ir/pass/context.js";
import type { DType } from "../../ir/type/dtype.js";
import { byteSize, type TensorType, tensorType } from "../../ir/type/tensor-type.js";
import { fail, type Loc } from "../../support/diag.js";
import type { ImportCodes } from "./codes.js";
import { type Budget, LIMITS, type Limits } from "./limits.js";
import { Unsupported } from "./refusals.js";

/** What the rules of every frontend build with, whatever the format. */
export interface Emitter {
  type(v: ValueId): TensorType;
  /** The value, when it is known at compile time. */
  known(v: ValueId): Tensor | null;
  /** Emits one IR node; `emits` for several results. Its location is the source node. */
  emit(op: string, inputs: readonly ValueId[], attrs?: Attrs): ValueId;
  emits(op: string, inputs: readonly ValueId[], attrs?: Attrs): readonly ValueId[];
  constant(t: Tensor): ValueId;
  /** A constant from plain numbers; rank 0 when `shape` is []. */
  scalar(dtype: DType, value: number): ValueId;
  array(dtype: DType, shape: readonly number[], values: ArrayLike<number>): ValueId;
  /** Refuses this node, with a reason and what to do. Collected, so that all refusals are listed at once. */
  unsupported(reason: string, help?: string): never;
  /** Refuses this node as malformed. */
  malformed(reason: string): never;
}

/** What stays the same for all nodes of one import. */
export interface EmitState {
  readonly ctx: IrContext;
  readonly builder: FuncBuilder;
  /** Typing within the limits. */
  readonly infer: InferNode;
  readonly budget: Budget;
  readonly limits: Limits;
  readonly codes: ImportCodes;
}

/** The node that is translated: its op in messages, its place, names for its results and its constants. */
export interface EmitSite {
  readonly op: string;
  readonly loc: Loc;
  readonly hints: readonly string[];
  readonly constantHint: string;
}

export function createEmitter(state: EmitState, { op: source, loc, hints, constantHint }: EmitSite): Emitter {
  const { ctx, builder, budget, limits, codes } = state;
  const malformed = (reason: string): never => fail(codes.malformed, `${source} is malformed: ${reason}`, { loc });
  const known = (v: ValueId): Tensor | null => {
    const c = builder.constOf(v);
    return c ? { type: c.type, data: dataFromBytes(c.type.dtype, ctx.blobs.get(c.blob)) } : null;
  };
  const constant = (t: Tensor): ValueId => builder.constant(t.type, bytesOf(t), constantHint);
  const emits: Emitter["emits"] = (op, list, given = {}) => {
    const operands = list.map((v) => v ?? ""); // a rule may pass on an operand that the node does not have
    const tensors = operands.map((v) => (isAbsent(v) ? null : known(v)));
    // Nodes with constant operands are evaluated within the limits; `dequantize` never is: the quantize pass wants to see stored weights.
    const allKnown = operands.length > 0 && operands.every((v, i) => isAbsent(v) || tensors[i]);
    const def = ctx.ops.get(op);
    if (allKnown && def && op !== "dequantize") {
      const types = tensors.map((t) => t?.type ?? null);
      const done = state.infer(op, types, given, loc);
      const bytes = done.types.reduce((sum, t) => sum + byteSize(t), 0);
      if (bytes <= LIMITS.foldedBytes.most && evalWork(def, types, done.types, done.attrs) <= LIMITS.foldedWork.most) {
        budget.countBytes(bytes, loc);
        return def.eval(tensors, done.attrs as never, done.types).map(constant);
      }
    }
    return builder.nodes(op, operands, given, loc, hints);
  };
  return {
    type: (v) => (v ? builder.typeOf(v) : malformed("an operand is missing")),
    known,
    emits,
    emit: (op, operands, given) => emits(op, operands, given)[0],
    constant,
    scalar: (dtype, value) => constant(tensorOf(tensorType(dtype, []), [value])),
    array(dtype, shape, values) {
      limits.checkSize(tensorType(dtype, shape), "a constant", loc);
      return constant(tensorOf(tensorType(dtype, shape), values));
    },
    unsupported(reason, help) {
      throw new Unsupported(reason, help);
    },
    malformed,
  };
}
