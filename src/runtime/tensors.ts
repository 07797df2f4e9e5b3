import type { DType } from "../ir/type/dtype.js";
import { failUsage } from "../support/diag.js";
import { encodeBf16, encodeF16 } from "../support/half.js";
import type { TypedArray } from "../support/npy.js";
import type { TensorInfo } from "./descriptor.js";

/** What run() takes for an input: the typed array of its dtype, or plain values. */
export type TensorData = TypedArray | readonly number[] | readonly bigint[] | readonly boolean[];

interface ArrayType {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): TypedArray;
  new (buffer: ArrayBufferLike): TypedArray;
}

const ARRAYS: Readonly<Record<DType, ArrayType>> = {
  f32: Float32Array,
  f16: Uint16Array,
  bf16: Uint16Array,
  f64: Float64Array,
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
};

/** The typed array of a dtype; f16 and bf16 are bit patterns in a Uint16Array, i4, u4 and bool take a byte an element. */
export const arrayTypeOf = (dtype: DType): ArrayType => ARRAYS[dtype];
export const elementsOf = (t: TensorInfo): number => t.shape.reduce((a, b) => a * b, 1);
export const bytesOf = (t: TensorInfo): number => elementsOf(t) * ARRAYS[t.dtype].BYTES_PER_ELEMENT;

/** An uninitialised typed array that nothing else refers to. */
export function freshArray(type: ArrayType, elements: number): TypedArray {
  const bytes = elements * type.BYTES_PER_ELEMENT;
  // a new typed array is zeroed, a buffer of its own like this one is not
  return bytes < 4096 ? new type(elements) : new type(Buffer.allocUnsafeSlow(bytes).buffer);
}

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

function refuse(t: TensorInfo, given: string): never {
  return failUsage(
    "QC-RT-009",
    `input '${t.name}' is ${t.dtype}[${t.shape.join(", ")}]: ${elementsOf(t)} elements in a ${ARRAYS[t.dtype].name}, not ${given}`,
    "convert it first; float16 and bfloat16 travel as bit patterns, 64-bit integers as BigInt",
  );
}

/** QC-RT-012: an array that cannot take an output. */
export function refuseResult(t: TensorInfo, given: unknown): never {
  const what = ArrayBuffer.isView(given) ? `a ${tagOf(given)} of ${(given as TypedArray).length}` : tagOf(given);
  return failUsage(
    "QC-RT-012",
    `output '${t.name}' is ${t.dtype}[${t.shape.join(", ")}]: it goes into a ${ARRAYS[t.dtype].name} of ${elementsOf(t)}, not ${what}`,
    "take an array that an earlier run returned",
  );
}

function fromValues(t: TensorInfo, list: readonly (number | bigint | boolean)[]): TypedArray {
  if (list.length !== elementsOf(t)) refuse(t, `a list of ${list.length}`);
  const array = new ARRAYS[t.dtype](list.length);
  if (array instanceof BigInt64Array || array instanceof BigUint64Array) {
    list.forEach((v, i) => {
      if (typeof v === "number" && !Number.isInteger(v)) refuse(t, `a list with ${v} in it`);
      array[i] = BigInt(v);
      if (array[i] !== BigInt(v)) refuse(t, `a list with ${v} in it`);
    });
    return array;
  }
  const numbers = list.map(Number);
  if (t.dtype === "f16") return encodeF16(numbers);
  if (t.dtype === "bf16") return encodeBf16(numbers);
  array.set(numbers);
  const wrong = t.dtype === "f32" || t.dtype === "f64" ? -1 : numbers.findIndex((v, i) => array[i] !== v);
  if (wrong >= 0) refuse(t, `a list with ${list[wrong]} in it`);
  return array;
}

/** The typed array of an input: `data` itself where it is one already, a converted list otherwise. QC-RT-009 for anything else. */
export function toArray(t: TensorInfo, data: TensorData): TypedArray {
  const type = ARRAYS[t.dtype];
  if (ArrayBuffer.isView(data)) {
    // by tag, not by instanceof: arrays from other realms (vm, jest) are welcome
    const array = data as TypedArray;
    return tagOf(data) === type.name && array.length === elementsOf(t) ? array : refuse(t, `a ${tagOf(data)} of ${array.length}`);
  }
  return Array.isArray(data) ? fromValues(t, data) : refuse(t, data === null ? "null" : tagOf(data));
}
