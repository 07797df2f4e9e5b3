import { numbersOf, type Tensor, tensorOf } from "../../ir/op/tensor.js";
import { isFloat } from "../../ir/type/dtype.js";

/** How far a number is from the simplest: 0, 1, a whole number, any other. */
const rank = (v: number): number => (v === 0 ? 0 : v === 1 ? 1 : Number.isInteger(v) ? 2 : 3);
/** Elements that are simplified one by one. */
const MOST_SINGLE = 64;

/** A tensor with simpler values, all of them or one. Plain integers stay: they may be positions or sizes. */
export function* simplerTensors(t: Tensor): Iterable<Tensor> {
  if (!isFloat(t.type.dtype) && !t.type.quant) return;
  const values = numbersOf(t);
  for (const simple of [0, 1])
    if (values.some((v) => rank(v) > rank(simple))) {
      yield tensorOf(t.type, new Float64Array(values.length).fill(simple));
    }
  for (let i = 0; i < Math.min(values.length, MOST_SINGLE); i++) {
    for (const simple of [0, 1, Math.round(values[i])]) {
      if (rank(simple) < rank(values[i])) yield tensorOf(t.type, values.with(i, simple));
    }
  }
}

/** The list with one tensor in a simpler form. */
export function* simplerLists<T extends Tensor | null>(list: readonly T[]): Iterable<readonly (T | Tensor)[]> {
  for (const [i, t] of list.entries()) if (t) for (const simple of simplerTensors(t)) yield list.with(i, simple as T);
}
