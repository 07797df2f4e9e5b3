import { numbersOf, type Tensor } from "../ir/op/tensor.js";
import { isFloat } from "../ir/type/dtype.js";
import { typeText } from "../ir/type/tensor-type.js";

/**
 * How `b` differs from `a`, in words; null when they are the same: types equal, integers equal, floats equal to the sign of zero being
 * free and NaN equal to itself, or within `tolerance` * (1 + |a|). A tolerance of zero is exact; with an infinite one only types count.
 */
export function difference(a: readonly Tensor[], b: readonly Tensor[], tolerance = 0): string | null {
  if (a.length !== b.length) return `${a.length} results, then ${b.length}`;
  for (let r = 0; r < a.length; r++) {
    if (a[r].type !== b[r].type) return `result ${r} is ${typeText(a[r].type)}, then ${typeText(b[r].type)}`;
    if (tolerance === Number.POSITIVE_INFINITY) continue;
    const [x, y] = [numbersOf(a[r]), numbersOf(b[r])];
    const near = isFloat(a[r].type.dtype) ? tolerance : 0;
    for (let i = 0; i < x.length; i++) {
      const same =
        x[i] === y[i] || (Number.isNaN(x[i]) && Number.isNaN(y[i])) || Math.abs(x[i] - y[i]) <= near * (1 + Math.abs(x[i]));
      if (!same) return `result ${r}, element ${i}: ${x[i]}, then ${y[i]}`;
    }
  }
  return null;
}

const rangeOf = (y: Float64Array): number => y.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), 0);

/** How `got` differs from `want` by more than `share` of 1 and the greatest result; null where it does not. */
export function apart(want: readonly Tensor[], got: readonly Tensor[], share: number): string | null {
  for (const [r, t] of want.entries()) {
    const [x, y] = [numbersOf(t), numbersOf(got[r])];
    if (x.length !== y.length) return `result ${r}: ${x.length} elements, then ${y.length}`;
    const bound = share * (1 + rangeOf(x));
    const at = x.findIndex(
      (v, i) => !(Object.is(v, y[i]) || Math.abs(v - y[i]) <= bound || (Number.isNaN(v) && Number.isNaN(y[i]))),
    );
    if (at >= 0) return `result ${r}, element ${at}: ${x[at]}, then ${y[at]}`;
  }
  return null;
}
