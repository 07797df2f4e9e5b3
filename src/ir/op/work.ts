import type { AttrSchema, Attrs } from "../attr/attr.js";
import { numElements, type TensorType } from "../type/tensor-type.js";
import type { OpDef } from "./define.js";

/**
 * Roughly how many elementary steps `eval` of an op takes: the op's own estimate of its cost, its elements, its window taps. What folds
 * constants asks this first, so that no model can make the compiler run for hours.
 */
export function evalWork(
  def: OpDef<AttrSchema>,
  operands: readonly (TensorType | null)[],
  results: readonly TensorType[],
  attrs: Attrs,
): number {
  const made = results.reduce((sum, t) => sum + numElements(t.shape), 0);
  const read = operands.reduce((sum, t) => sum + (t ? numElements(t.shape) : 0), 0);
  const taps = Array.isArray(attrs.kernel) ? numElements(attrs.kernel as readonly number[]) : 1;
  return Math.max(def.cost?.(operands, results, attrs as never).flops ?? 0, read + made, made * taps);
}
