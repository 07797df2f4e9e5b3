import type { Kernel } from "../ir/loop/stmt.js";
import type { DType } from "../ir/type/dtype.js";
import type { Arithmetic } from "../runtime/model-record.js";

const BYTES: readonly DType[] = ["i8", "u8"];
/** Weights that were packed as pairs of 16 bits hold bytes too. */
const PRODUCTS: readonly DType[] = [...BYTES, "i16"];

/** "int8" where a kernel reads 8-bit integers and multiplies them by others: its weights, or a second operand. */
export function arithmeticOf({ buffers }: Kernel): Arithmetic {
  const read = buffers.filter((b) => b.role === "in" || b.role === "const" || b.role === "inout");
  const isBytes = read.some((b) => b.role !== "const" && BYTES.includes(b.dtype));
  return isBytes && read.filter((b) => PRODUCTS.includes(b.dtype)).length > 1 ? "int8" : "float";
}
