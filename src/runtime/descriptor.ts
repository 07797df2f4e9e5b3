import type { DType } from "../ir/type/dtype.js";
import type { Quant } from "../ir/type/quant.js";
import type { Ptr } from "./library.js";
import { copied, copiedText } from "./native-memory.js";

/** An input or output: dense, row-major. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly quant: Quant | null;
}

export interface PhaseInfo {
  readonly name: string;
  /** Operations of one run, a multiply-add counted as two; 0: unknown. */
  readonly flops: number;
  /** Bytes that one run reads and writes at least; 0: unknown. */
  readonly bytes: number;
}

/** What a compiled network says about itself. */
export interface Description {
  readonly name: string;
  readonly target: string;
  /** Instruction sets it needs, by LLVM's names. */
  readonly features: readonly string[];
  readonly producer: string;
  readonly arenaBytes: number;
  readonly weightBytes: number;
  readonly stateBytes: number;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly phases: readonly PhaseInfo[];
}

/** qc_dtype of runtime-c/qc.h, by number. */
export const DTYPE_NUMBERS: readonly DType[] = [
  ...(["f32", "f16", "bf16", "f64", "i4", "u4", "i8", "u8"] as const),
  ...(["i16", "u16", "i32", "u32", "i64", "u64", "bool"] as const),
];

/** Fields of a record by their offsets: docs/runtime-abi.md, little endian, pointers of 8 bytes. */
function fieldsOf(view: DataView, base: number) {
  const pointer = (at: number): Ptr => Number(view.getBigUint64(base + at, true));
  return {
    pointer,
    i64: (at: number): number => Number(view.getBigInt64(base + at, true)),
    i32: (at: number): number => view.getInt32(base + at, true),
    f32: (at: number): number => view.getFloat32(base + at, true),
    f64: (at: number): number => view.getFloat64(base + at, true),
    text: (at: number): string => copiedText(pointer(at)),
  };
}
type Fields = ReturnType<typeof fieldsOf>;

/** `count` records of `bytes` bytes each; none at NULL. */
function listAt<T>(address: Ptr, bytes: number, count: number, read: (f: Fields) => T): readonly T[] {
  if (address === 0) return [];
  const view = new DataView(copied(address, bytes * count).buffer);
  return Array.from({ length: count }, (_, i) => read(fieldsOf(view, i * bytes)));
}

function readQuant(t: Fields): Quant | null {
  const [kind, axis, count, block] = [t.i32(48), t.i32(52), t.i32(56), t.i32(60)];
  if (kind === 0) return null;
  const scales = listAt(t.pointer(16), 4, count, (f) => f.f32(0));
  const zeros = t.pointer(24) ? listAt(t.pointer(24), 4, count, (f) => f.i32(0)) : scales.map(() => 0);
  if (kind === 1) return { kind: "tensor", scale: scales[0], zero: zeros[0] };
  return kind === 2 ? { kind: "axis", axis, scales, zeros } : { kind: "block", axis, block, scales, zeros };
}

const readTensor = (t: Fields): TensorInfo => ({
  name: t.text(0),
  dtype: DTYPE_NUMBERS[t.i32(40)],
  shape: listAt(t.pointer(8), 8, t.i32(44), (f) => f.i64(0)),
  quant: readQuant(t),
});

/** Reads a qc_descriptor that libqcrt has checked. */
export function readDescriptor(address: Ptr): Description {
  return listAt(address, 136, 1, readFields)[0];
}

function readFields(m: Fields): Description {
  return {
    name: m.text(16),
    target: m.text(24),
    features: m
      .text(32)
      .split(",")
      .filter((f) => f !== ""),
    producer: m.text(40),
    arenaBytes: m.i64(48),
    weightBytes: m.i64(64),
    stateBytes: m.i64(72),
    inputs: listAt(m.pointer(96), 64, m.i32(88), readTensor),
    outputs: listAt(m.pointer(104), 64, m.i32(92), readTensor),
    phases: listAt(m.pointer(120), 24, m.i32(112), (p) => ({ name: p.text(0), flops: p.f64(8), bytes: p.f64(16) })),
  };
}
