import koffi from "koffi";
import type { DType } from "../ir/type/dtype.js";
import type { Quant } from "../ir/type/quant.js";
import type { Ptr } from "./library.js";

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

interface RawTensor {
  readonly name: string;
  readonly shape: Ptr | null;
  readonly scales: Ptr | null;
  readonly zeros: Ptr | null;
  readonly dtype: number;
  readonly rank: number;
  readonly quant: number;
  readonly quant_axis: number;
  readonly quant_count: number;
  readonly quant_block: number;
}

interface RawDescriptor {
  readonly name: string;
  readonly target: string;
  readonly features: string;
  readonly producer: string;
  readonly arena_bytes: number;
  readonly weight_bytes: number;
  readonly state_bytes: number;
  readonly n_inputs: number;
  readonly n_outputs: number;
  readonly inputs: Ptr | null;
  readonly outputs: Ptr | null;
  readonly n_phases: number;
  readonly phases: Ptr | null;
}

function structs() {
  const texts = { name: "str", target: "str", features: "str", producer: "str" };
  const head = { magic: "uint32_t", abi_version: "uint32_t", struct_bytes: "uint32_t", flags: "uint32_t" };
  const sizes = { arena_bytes: "int64_t", arena_align: "int64_t", weight_bytes: "int64_t", state_bytes: "int64_t" };
  const io = { state_init: "void *", n_inputs: "int32_t", n_outputs: "int32_t", inputs: "void *", outputs: "void *" };
  const tail = { n_phases: "int32_t", reserved: "int32_t", phases: "void *", run: "void *" };
  const pointers = { name: "str", shape: "void *", scales: "void *", zeros: "void *" };
  const form = { bytes: "int64_t", dtype: "int32_t", rank: "int32_t" };
  const quant = { quant: "int32_t", quant_axis: "int32_t", quant_count: "int32_t", quant_block: "int32_t" };
  return {
    descriptor: koffi.struct({ ...head, ...texts, ...sizes, ...io, ...tail }),
    tensor: koffi.struct({ ...pointers, ...form, ...quant }),
    phase: koffi.struct({ name: "str", flops: "double", bytes: "double" }),
  };
}

function values(at: Ptr | null, type: string, count: number): readonly number[] {
  return at && count > 0 ? Array.from(koffi.decode(at, type, count) as ArrayLike<number | bigint>, Number) : [];
}

function readQuant(t: RawTensor): Quant | null {
  if (t.quant === 0) return null;
  const scales = values(t.scales, "float", t.quant_count);
  const zeros = t.zeros ? values(t.zeros, "int32_t", t.quant_count) : scales.map(() => 0);
  if (t.quant === 1) return { kind: "tensor", scale: scales[0], zero: zeros[0] };
  if (t.quant === 2) return { kind: "axis", axis: t.quant_axis, scales, zeros };
  return { kind: "block", axis: t.quant_axis, block: t.quant_block, scales, zeros };
}

function readTensor(t: RawTensor): TensorInfo {
  return { name: t.name, dtype: DTYPE_NUMBERS[t.dtype], shape: values(t.shape, "int64_t", t.rank), quant: readQuant(t) };
}

/** A function that reads a qc_descriptor that libqcrt has checked. koffi keeps every type it is given: make one reader a library. */
export function descriptorReader(): (at: Ptr) => Description {
  const types = structs();
  return (at) => readDescriptor(types, at);
}

function readDescriptor(types: ReturnType<typeof structs>, at: Ptr): Description {
  const m = koffi.decode(at, types.descriptor) as RawDescriptor;
  const list = <T>(from: Ptr | null, type: typeof types.tensor, count: number): readonly T[] =>
    from && count > 0 ? (koffi.decode(from, type, count) as T[]) : [];
  return {
    name: m.name,
    target: m.target,
    features: m.features.split(",").filter((f) => f !== ""),
    producer: m.producer,
    arenaBytes: Number(m.arena_bytes),
    weightBytes: Number(m.weight_bytes),
    stateBytes: Number(m.state_bytes),
    inputs: list<RawTensor>(m.inputs, types.tensor, m.n_inputs).map(readTensor),
    outputs: list<RawTensor>(m.outputs, types.tensor, m.n_outputs).map(readTensor),
    phases: list<PhaseInfo>(m.phases, types.phase, m.n_phases).map(({ name, flops, bytes }) => ({ name, flops, bytes })),
  };
}
