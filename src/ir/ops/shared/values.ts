/** Element access for `eval`: exact integers as bigint, broadcasting, rounding. */
import { emptyData, numbersOf, type Tensor, tensorOf } from "../../op/tensor.js";
import { dtypeInfo, isFloat } from "../../type/dtype.js";
import { numElements, stridesOf, type TensorType } from "../../type/tensor-type.js";

/** Nearest integer, ties to even; the sign of zero is kept. */
export function roundHalfEven(v: number): number {
  const r = Math.round(v);
  return r - v === 0.5 && r % 2 !== 0 ? r - 1 : r;
}

/** Integer and bool elements, exactly. */
export function bigintsOf(t: Tensor): bigint[] {
  return Array.from(t.data as ArrayLike<number | bigint>, (v) => BigInt(v));
}

/** v modulo 2^bits, as an element of the integer type. */
export function wrapInt(dtype: TensorType["dtype"], v: bigint): bigint {
  const { bits, signed, kind } = dtypeInfo(dtype);
  if (kind === "bool") return v === 0n ? 0n : 1n;
  return signed ? BigInt.asIntN(bits, v) : BigInt.asUintN(bits, v);
}

/** A tensor of an integer or bool type; values wrap. */
export function tensorOfBigints(type: TensorType, values: readonly bigint[]): Tensor {
  const data = emptyData(type.dtype, values.length);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    for (let i = 0; i < data.length; i++) data[i] = wrapInt(type.dtype, values[i]);
  } else {
    for (let i = 0; i < data.length; i++) data[i] = Number(wrapInt(type.dtype, values[i]));
  }
  return { type, data };
}

/** For every element of `outShape` in row-major order, the offset of the operand element that broadcasts to it. */
export function broadcastOffsets(shape: readonly number[], outShape: readonly number[]): Int32Array {
  const out = new Int32Array(numElements(outShape));
  const lead = outShape.length - shape.length;
  const own = stridesOf(shape);
  const steps = outShape.map((_, d) => (d < lead || shape[d - lead] === 1 ? 0 : own[d - lead]));
  const at = new Array<number>(outShape.length).fill(0);
  let offset = 0;
  for (let n = 0; n < out.length; n++) {
    out[n] = offset;
    for (let d = outShape.length - 1; d >= 0; d--) {
      offset += steps[d];
      if (++at[d] < outShape[d]) break;
      offset -= steps[d] * outShape[d];
      at[d] = 0;
    }
  }
  return out;
}

/** One element function for floats (on doubles, rounded once at the end) and one for integers and bools (exact, wrapped). */
export interface ElementFn {
  readonly float?: (...v: number[]) => number;
  readonly int?: (...v: bigint[]) => bigint;
}

/** out[i] = f(x0[i], x1[i], ...) with broadcasting. The operands choose the function; the result is stored as `type`. */
export function mapBroadcast(inputs: readonly Tensor[], type: TensorType, f: ElementFn): Tensor {
  if (inputs.every((t) => isFloat(t.type.dtype))) {
    return tensorOf(type, mapElements(inputs, inputs.map(numbersOf), type, needed(f.float, type)));
  }
  return tensorOfBigints(type, mapElements(inputs, inputs.map(bigintsOf), type, needed(f.int, type)));
}

/** One or two operands without a list per element: weights are folded by this. */
function mapElements<T>(inputs: readonly Tensor[], values: readonly ArrayLike<T>[], type: TensorType, fn: (...v: T[]) => T): T[] {
  const n = numElements(type.shape);
  const [a, b] = values;
  const out = new Array<T>(n);
  if (values.length === 1 && a.length === n) {
    for (let i = 0; i < n; i++) out[i] = fn(a[i]);
    return out;
  }
  const offsets = inputs.map((t) => broadcastOffsets(t.type.shape, type.shape));
  const [oa, ob] = offsets;
  if (values.length === 2) for (let i = 0; i < n; i++) out[i] = fn(a[oa[i]], b[ob[i]]);
  else for (let i = 0; i < n; i++) out[i] = fn(...values.map((v, k) => v[offsets[k][i]]));
  return out;
}

function needed<T>(fn: T | undefined, type: TensorType): T {
  if (!fn) throw new Error(`no element function for ${type.dtype}`);
  return fn;
}

/** Splits [0, rank) at `axis`: number of elements before it, along it and after it. */
export function splitAt(shape: readonly number[], axis: number): { outer: number; length: number; inner: number } {
  return { outer: numElements(shape.slice(0, axis)), length: shape[axis], inner: numElements(shape.slice(axis + 1)) };
}
