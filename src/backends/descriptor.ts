/** What a network says about itself (docs/runtime-abi.md), as data: a backend prints these fields in its own words and adds nothing. */
import type { Port, Program } from "../ir/loop/program.js";
import type { DType } from "../ir/type/dtype.js";
import { byteSize } from "../ir/type/tensor-type.js";

/** QC_ABI_VERSION and QC_MAGIC of runtime-c/qc.h. */
const ABI_VERSION = 1;
const MAGIC = 0x4c444d51;
const ARENA_ALIGN = 64;

export type FieldType = "u32" | "i32" | "i64" | "f64" | "ptr";

/** The records of the interface, field by field; every field is naturally aligned as it stands. */
export const RECORDS = {
  qc_tensor: {
    ...({ name: "ptr", shape: "ptr", scales: "ptr", zeros: "ptr", bytes: "i64", dtype: "i32", rank: "i32" } as const),
    ...({ quant: "i32", quant_axis: "i32", quant_count: "i32", quant_block: "i32" } as const),
  },
  qc_phase: { name: "ptr", flops: "f64", bytes: "f64" },
  qc_descriptor: {
    ...({ magic: "u32", abi_version: "u32", struct_bytes: "u32", flags: "u32" } as const),
    ...({ name: "ptr", target: "ptr", features: "ptr", producer: "ptr" } as const),
    ...({ arena_bytes: "i64", arena_align: "i64", weight_bytes: "i64", state_bytes: "i64", state_init: "ptr" } as const),
    ...({ n_inputs: "i32", n_outputs: "i32", inputs: "ptr", outputs: "ptr" } as const),
    ...({ n_phases: "i32", reserved: "i32", phases: "ptr", run: "ptr" } as const),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, FieldType>>>>;
export type RecordName = keyof typeof RECORDS;

/** A value of a field. Pointers to nothing: an empty array, no rows, zeros. */
export type Datum =
  | { readonly k: "number"; readonly value: number }
  /** sizeof(qc_descriptor) for the pointers of the target. */
  | { readonly k: "size" }
  | { readonly k: "text"; readonly value: string }
  | { readonly k: "array"; readonly of: "i64" | "i32" | "f32"; readonly values: readonly number[] }
  | { readonly k: "table"; readonly name: string; readonly of: RecordName; readonly rows: readonly Row[] }
  /** The initial state, where it lies behind the weights; null: zeros. */
  | { readonly k: "state"; readonly offset: number | null }
  /** The function `int32_t run(const qc_exec *)`. */
  | { readonly k: "run" };
export type Row = Readonly<Record<string, Datum>>;
export type Fields<R extends RecordName> = Readonly<Record<keyof (typeof RECORDS)[R], Datum>>;

/** What the descriptor says besides the program. */
export interface DescriptorFacts {
  readonly targetText: string;
  readonly producer: string;
  /** Features that the target's code may use, by LLVM's names. */
  readonly features: readonly string[];
  /** Offset of the initial state behind the weights; null: zeros. */
  readonly stateInitOffset: number | null;
}

const DTYPE_CODES: Readonly<Record<DType, number>> = {
  ...{ f32: 0, f16: 1, bf16: 2, f64: 3, i4: 4, u4: 5, i8: 6, u8: 7 },
  ...{ i16: 8, u16: 9, i32: 10, u32: 11, i64: 12, u64: 13, bool: 14 },
};
const QUANT_CODES = { none: 0, tensor: 1, axis: 2 } as const;

const number = (value: number): Datum => ({ k: "number", value });
const text = (value: string): Datum => ({ k: "text", value });

function tensorFields({ name, type }: Port): Fields<"qc_tensor"> {
  const { dtype, shape, quant } = type;
  const known = quant && quant.kind !== "block" ? quant : null;
  const scales = known === null ? [] : known.kind === "tensor" ? [known.scale] : known.scales;
  const zeros = known === null ? [] : known.kind === "tensor" ? [known.zero] : known.zeros;
  return {
    name: text(name),
    shape: { k: "array", of: "i64", values: shape },
    scales: { k: "array", of: "f32", values: scales },
    zeros: { k: "array", of: "i32", values: zeros },
    bytes: number(byteSize(type)),
    dtype: number(DTYPE_CODES[dtype]),
    rank: number(shape.length),
    quant: number(QUANT_CODES[known?.kind ?? "none"]),
    quant_axis: number(known?.kind === "axis" ? known.axis : 0),
    quant_count: number(scales.length),
    quant_block: number(0),
  };
}

/** Features that the code may use; matrix tiles are never emitted, and need a permission that a process may lack. */
export const neededFeatures = (features: readonly string[]): string => features.filter((f) => !f.startsWith("amx")).join(",");

/** The descriptor of a program, field by field in the order of the interface. */
export function descriptorOf(program: Program, facts: DescriptorFacts): Fields<"qc_descriptor"> {
  const ports = (name: string, list: readonly Port[]): Datum => ({
    k: "table",
    name,
    of: "qc_tensor",
    rows: list.map(tensorFields),
  });
  const phases = program.launches.map(({ label, flops, bytes }) => ({
    name: text(label),
    flops: number(flops),
    bytes: number(bytes),
  }));
  return {
    magic: number(MAGIC),
    abi_version: number(ABI_VERSION),
    struct_bytes: { k: "size" },
    flags: number(0),
    name: text(program.name),
    target: text(facts.targetText),
    features: text(neededFeatures(facts.features)),
    producer: text(facts.producer),
    arena_bytes: number(program.arenaBytes),
    arena_align: number(ARENA_ALIGN),
    weight_bytes: number(program.weightBytes),
    state_bytes: number(program.stateBytes),
    state_init: { k: "state", offset: facts.stateInitOffset },
    n_inputs: number(program.inputs.length),
    n_outputs: number(program.outputs.length),
    inputs: ports("inputs", program.inputs),
    outputs: ports("outputs", program.outputs),
    n_phases: number(phases.length),
    reserved: number(0),
    phases: { k: "table", name: "phases", of: "qc_phase", rows: phases },
    run: { k: "run" },
  };
}

/** sizeof of a record with pointers of that many bytes. */
export function recordBytes(name: RecordName, pointerBytes: number): number {
  const bytes: Readonly<Record<FieldType, number>> = { u32: 4, i32: 4, i64: 8, f64: 8, ptr: pointerBytes };
  return Object.values(RECORDS[name]).reduce((sum, type) => sum + bytes[type], 0);
}
