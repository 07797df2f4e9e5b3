import { invariant, unreachable } from "../../support/assert.js";
import { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16 } from "../../support/half.js";
import type { DType } from "../type/dtype.js";
import { numElements, type TensorType } from "../type/tensor-type.js";

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A tensor with its values, row-major. f16 and bf16 are held as bit patterns, bool as 0 and 1, i4 and u4 one per byte. */
export interface Tensor {
  readonly type: TensorType;
  readonly data: TypedArray;
}

const CTORS = {
  f32: Float32Array,
  f64: Float64Array,
  f16: Uint16Array,
  bf16: Uint16Array,
  i4: Int8Array,
  u4: Uint8Array,
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  i64: BigInt64Array,
  u64: BigUint64Array,
  bool: Uint8Array,
} as const;

export const emptyData = (dtype: DType, length: number): TypedArray => new CTORS[dtype](length);

/** Views bytes as elements; copies only where the bytes are not aligned. */
export function dataFromBytes(dtype: DType, bytes: Uint8Array): TypedArray {
  const Ctor = CTORS[dtype];
  const size = Ctor.BYTES_PER_ELEMENT;
  invariant(bytes.byteLength % size === 0, `${bytes.byteLength} bytes are no whole number of ${dtype}`);
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new Ctor(aligned.buffer as ArrayBuffer, aligned.byteOffset, bytes.byteLength / size);
}

export const bytesOf = (t: Tensor): Uint8Array => new Uint8Array(t.data.buffer, t.data.byteOffset, t.data.byteLength);

/** Stores a number as an element of `dtype`: floats round to nearest even, integers truncate toward zero and wrap. */
export function roundTo(dtype: DType, v: number): number {
  switch (dtype) {
    case "f32":
      return Math.fround(v);
    case "f64":
      return v;
    case "f16":
      return f16ToF32(f32ToF16(v));
    case "bf16":
      return bf16ToF32(f32ToBf16(v));
    case "bool":
      return v !== 0 ? 1 : 0;
    case "i4":
      return (Math.trunc(v) << 28) >> 28;
    case "u4":
      return Math.trunc(v) & 15;
    case "i8":
      return (Math.trunc(v) << 24) >> 24;
    case "u8":
      return Math.trunc(v) & 255;
    case "i16":
      return (Math.trunc(v) << 16) >> 16;
    case "u16":
      return Math.trunc(v) & 65535;
    case "i32":
      return Math.trunc(v) | 0;
    case "u32":
      return Math.trunc(v) >>> 0;
    case "i64":
    case "u64":
      return Math.trunc(v);
    default:
      return unreachable(dtype);
  }
}

/** The elements as plain numbers (i64 and u64 beyond 2^53 lose low bits; use `data` where that matters). */
export function numbersOf(t: Tensor): Float64Array {
  const n = t.data.length;
  const out = new Float64Array(n);
  const { data } = t;
  if (t.type.dtype === "f16") for (let i = 0; i < n; i++) out[i] = f16ToF32(Number(data[i]));
  else if (t.type.dtype === "bf16") for (let i = 0; i < n; i++) out[i] = bf16ToF32(Number(data[i]));
  else for (let i = 0; i < n; i++) out[i] = Number(data[i]);
  return out;
}

/** A tensor of `type` from plain numbers, each stored as by `roundTo`. */
export function tensorOf(type: TensorType, values: ArrayLike<number>): Tensor {
  const n = numElements(type.shape);
  invariant(values.length === n, `${values.length} values for ${n} elements`);
  const data = emptyData(type.dtype, n);
  const { dtype } = type;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    for (let i = 0; i < n; i++) data[i] = BigInt(Math.trunc(values[i]));
  } else if (dtype === "f16") {
    for (let i = 0; i < n; i++) data[i] = f32ToF16(values[i]);
  } else if (dtype === "bf16") {
    for (let i = 0; i < n; i++) data[i] = f32ToBf16(values[i]);
  } else {
    for (let i = 0; i < n; i++) data[i] = dtype === "f32" || dtype === "f64" ? values[i] : roundTo(dtype, values[i]);
  }
  return { type, data };
}

/** Index along `axis` of a flat offset. */
export function axisIndex(shape: readonly number[], axis: number): (flat: number) => number {
  const inner = numElements(shape.slice(axis + 1));
  return (flat) => Math.floor(flat / inner) % shape[axis];
}
