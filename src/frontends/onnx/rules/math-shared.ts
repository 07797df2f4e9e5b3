/** What the rules of arithmetic share: plain operands, axes, chains. */
import type { ValueId } from "../../../ir/graph/module.js";
import { type DType, isFloat } from "../../../ir/type/dtype.js";
import type { NodeImport } from "../rule.js";
import { castTo, plain } from "./nn-shared.js";

/** Operand i as ONNX sees it: its elements, without a quantization that they were given elsewhere. */
export const operand = (n: NodeImport, i: number): ValueId => plain(n, n.input(i));
/** All operands; a node without any is malformed. */
export const operands = (n: NodeImport): ValueId[] => [operand(n, 0), ...n.inputs.slice(1).map((_, i) => operand(n, i + 1))];

/** Axes counted from the front. */
export function resolveAxes(n: NodeImport, axes: readonly number[], rank: number): number[] {
  return axes.map((a) => {
    const axis = a < 0 ? a + rank : a;
    return axis >= 0 && axis < rank ? axis : n.malformed(`axis ${a} is outside of rank ${rank}`);
  });
}
export const resolveAxis = (n: NodeImport, axis: number, rank: number): number => resolveAxes(n, [axis], rank)[0];

/** f applied in floats: integers go by way of f32 and come back truncated. */
export function inFloat(n: NodeImport, x: ValueId, f: (v: ValueId) => ValueId): ValueId {
  const { dtype } = n.type(x);
  return isFloat(dtype) ? f(x) : castTo(n, f(castTo(n, x, "f32")), dtype);
}

/** f applied in at least f32: halves are widened and the result rounded once. */
export function inWide(n: NodeImport, x: ValueId, f: (v: ValueId) => ValueId): ValueId {
  const { dtype } = n.type(x);
  const half = dtype === "f16" || dtype === "bf16";
  return half ? castTo(n, f(castTo(n, x, "f32")), dtype) : f(x);
}

/** A constant with one element as a number; null where it is computed or longer. */
export function knownNumber(n: NodeImport, i: number): number | null {
  const t = n.has(i) ? n.known(n.input(i)) : null;
  return t && t.data.length === 1 ? n.knownFloats(i, "scalar")[0] : null;
}

export const scalarLike = (n: NodeImport, v: ValueId, value: number): ValueId => n.scalar(n.type(v).dtype, value);

export const ofDType = (n: NodeImport, v: ValueId): DType => n.type(v).dtype;
