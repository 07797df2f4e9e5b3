import type { TypedArray } from "../support/npy.js";
import type { TensorInfo } from "./descriptor.js";
import { arrayTypeOf, bytesOf, elementsOf, freshArray, refuseResult, type TensorData, toArray } from "./tensors.js";

/** Tensors up to this size are copied through memory that is bound once (40 ns); larger ones are bound by pointer (200 ns a call). */
const COPIED_BYTES = 4096;

export type Bind = (array: TypedArray, bytes: number) => void;

export interface InputPort {
  readonly info: TensorInfo;
  /** Reads `data`, which may run code of the caller's (a valueOf). */
  readonly feed: (data: TensorData) => void;
  /** Makes what was fed the input of the next run; it must not change before that is over. QC-RT-009 where its memory is gone. */
  readonly commit: () => void;
}

export interface OutputPort {
  readonly info: TensorInfo;
  /** Before a run; into an array of the caller's, or a new one. */
  readonly prepare: (into?: TypedArray) => void;
  /** After it: an array that belongs to the caller. */
  readonly take: () => TypedArray;
}

export function inputPort(info: TensorInfo, bind: Bind): InputPort {
  const type = arrayTypeOf(info.dtype);
  const elements = elementsOf(info);
  const bytes = bytesOf(info);
  const convert = (data: TensorData): TypedArray =>
    data instanceof type && (data as TypedArray).length === elements ? (data as TypedArray) : toArray(info, data);
  if (bytes <= COPIED_BYTES) {
    const pinned = new type(elements);
    bind(pinned, bytes);
    return { info, feed: (data) => (pinned as Uint8Array).set(convert(data) as Uint8Array), commit: () => {} };
  }
  let fed: TypedArray = new type(0);
  let bound: TypedArray | null = null;
  const feed = (data: TensorData) => {
    fed = convert(data);
  };
  const commit = () => {
    const array = convert(fed); // again: its memory may be gone
    if (array === bound) return;
    bind(array, bytes);
    bound = array; // also keeps it alive while the library holds its address
  };
  return { info, feed, commit };
}

export function outputPort(info: TensorInfo, bind: Bind): OutputPort {
  const type = arrayTypeOf(info.dtype);
  const elements = elementsOf(info);
  const bytes = bytesOf(info);
  const check = (into: TypedArray): TypedArray =>
    into instanceof type && (into as TypedArray).length === elements ? (into as TypedArray) : refuseResult(info, into);
  let wanted: TypedArray | null = null;
  if (bytes <= COPIED_BYTES) {
    const pinned = new type(elements);
    bind(pinned, bytes);
    const prepare = (into?: TypedArray) => {
      wanted = into ? check(into) : null;
    };
    const take = () => {
      if (!wanted) return pinned.slice();
      (wanted as Uint8Array).set(pinned as Uint8Array);
      return wanted;
    };
    return { info, prepare, take };
  }
  let next: TypedArray | null = null;
  let bound: TypedArray | null = null; // also keeps it alive while the library holds its address
  const prepare = (into?: TypedArray) => {
    wanted = into ? check(into) : null;
    if (!wanted) next ??= freshArray(type, elements); // left over from a run that failed
    const array = wanted ?? next;
    if (!array || array === bound) return;
    bind(array, bytes);
    bound = array;
  };
  const take = () => {
    if (wanted) return wanted;
    const taken = next as TypedArray;
    next = null;
    return taken;
  };
  return { info, prepare, take };
}
