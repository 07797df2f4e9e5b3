import { numbersOf, type Tensor } from "../../src/ir/op/tensor.js";
import { isFloat } from "../../src/ir/type/dtype.js";
import { typeText } from "../../src/ir/type/tensor-type.js";

export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** What is wrong with `got`, or null. Integers and booleans are exact; `typeOnly` compares no values. */
export function difference(got: Tensor, want: Tensor, { rtol, atol }: Tolerance, typeOnly = false): string | null {
  if (got.type.dtype !== want.type.dtype || String(got.type.shape) !== String(want.type.shape)) {
    return `is ${typeText(got.type)}, not ${typeText(want.type)}`;
  }
  if (typeOnly) return null;
  return isFloat(want.type.dtype) ? floatDifference(got, want, rtol, atol) : exactDifference(got, want);
}

function exactDifference(got: Tensor, want: Tensor): string | null {
  const at = want.data.findIndex((v: number | bigint, i: number) => got.data[i] !== v);
  return at < 0 ? null : `[${at}] is ${got.data[at]}, not ${want.data[at]}`;
}

function floatDifference(got: Tensor, want: Tensor, rtol: number, atol: number): string | null {
  const [a, b] = [numbersOf(got), numbersOf(want)];
  for (let i = 0; i < b.length; i++) {
    if (a[i] === b[i] || (Number.isNaN(a[i]) && Number.isNaN(b[i]))) continue;
    // an infinity is near nothing but itself
    if (!(Math.abs(a[i] - b[i]) <= atol + rtol * Math.abs(b[i])) || !Number.isFinite(b[i]))
      return `[${i}] is ${a[i]}, not ${b[i]}`;
  }
  return null;
}
