/** Typing rules that many ops share. Each fails with a code of its own and names the op. */
import type { InferFail } from "../../op/define.js";
import { type DType, isFloat, isInt } from "../../type/dtype.js";
import { broadcastShapes, type TensorType, typeText } from "../../type/tensor-type.js";

/** Sets of element types. i4 and u4 take part only in `any`: they are storage, not arithmetic. */
export type DTypeClass = "float" | "int" | "signed" | "numeric" | "bool" | "any";

const isUnsigned = (d: DType) => d.startsWith("u");
const isNarrow = (d: DType) => d === "i4" || d === "u4";

const MEMBERS: Readonly<Record<DTypeClass, (d: DType) => boolean>> = {
  float: isFloat,
  int: (d) => isInt(d) && !isNarrow(d),
  signed: (d) => isFloat(d) || (isInt(d) && !isNarrow(d) && !isUnsigned(d)),
  numeric: (d) => isFloat(d) || (isInt(d) && !isNarrow(d)),
  bool: (d) => d === "bool",
  any: () => true,
};

export function checkDType(op: string, t: TensorType, allowed: DTypeClass, fail: InferFail): void {
  if (!MEMBERS[allowed](t.dtype)) fail("QC-OP-001", `${op}: operand of type ${typeText(t)}, expected ${allowed} elements`);
}

/** Arithmetic on stored integers is not arithmetic on the reals that they stand for. */
export function checkNoQuant(op: string, t: TensorType, fail: InferFail): void {
  if (t.quant) {
    fail("QC-OP-002", `${op}: operand ${typeText(t)} is quantized and ${op} is not exact on it; insert a dequantize before it`);
  }
}

/** All given types have the same element type, which is returned. */
export function checkSameDType(op: string, types: readonly TensorType[], fail: InferFail): DType {
  const odd = types.find((t) => t.dtype !== types[0].dtype);
  if (odd) fail("QC-OP-003", `${op}: operands of different element types: ${types.map(typeText).join(", ")}; cast one of them`);
  return types[0].dtype;
}

export function checkBroadcast(op: string, types: readonly TensorType[], fail: InferFail): readonly number[] {
  const shape = broadcastShapes(...types.map((t) => t.shape));
  return shape ?? fail("QC-OP-004", `${op}: shapes do not broadcast: ${types.map(typeText).join(", ")}`);
}

/** 0 <= axis < rank: negative axes are the importer's to resolve. */
export function checkAxis(op: string, axis: number, t: TensorType, fail: InferFail): void {
  if (axis < 0 || axis >= t.shape.length) fail("QC-OP-005", `${op}: axis ${axis} is outside of ${typeText(t)}`);
}

export function checkShape(op: string, what: string, t: TensorType, shape: readonly number[], fail: InferFail): void {
  if (t.shape.length !== shape.length || t.shape.some((d, i) => d !== shape[i])) {
    fail("QC-OP-006", `${op}: ${what} has type ${typeText(t)}, expected shape [${shape.join(", ")}]`);
  }
}

/** Operand k, which arity checking has proved present. */
export function present<T>(list: readonly (T | null)[], k: number): T {
  const t = list[k];
  if (!t) throw new Error(`operand ${k} is absent`);
  return t;
}
