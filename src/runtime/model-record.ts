/** model.json, which stands beside every compiled model: its type, its reader and its writer. docs/runtime-abi.md describes it. */
import { fail } from "../support/diag.js";
import { readText, sha256OfFile } from "../support/fs.js";
import { departsFrom, isObject, type JsonShape } from "../support/json-shape.js";
import { DTYPE_NUMBERS, type TensorInfo } from "./descriptor.js";
import { ABI_VERSION } from "./library.js";

/** Of the record itself; the network's is `abiVersion`. */
export const RECORD_VERSION = 1;

/** Which peak of the machine bounds a kernel: that of products of 8-bit integers or that of floats. */
export type Arithmetic = "int8" | "float";

/** A layer that Winograd's algorithm computes in float32. */
export interface WinogradLayer {
  readonly node: string;
  /** F(m x m, 3 x 3). */
  readonly tile: number;
  readonly channels: number;
  /** Largest error over the largest magnitude of the layer's sums (docs/makers/schedules.md). */
  readonly bound: number;
}

/** Float layers whose sums are not direct, and what a schedule may err by unless it was tuned. */
export interface FloatError {
  readonly tolerance: number;
  readonly winograd: readonly WinogradLayer[];
}

export interface ModelRecord {
  readonly format: "qc-model";
  readonly version: typeof RECORD_VERSION;
  readonly name: string;
  /** Program and version: `qc 0.1.0`. */
  readonly producer: string;
  /** Target string with the processor that the code is for: `llvm -mtriple=x86_64-pc-linux-gnu -mcpu=znver4`. */
  readonly target: string;
  readonly cpu: string;
  /** Instruction sets that shaped the schedules, by LLVM's names. */
  readonly features: readonly string[];
  /** Program and version: { llvm: "19.1.7" }. */
  readonly toolchain: Readonly<Record<string, string>>;
  /** Of runtime-c/qc.h. */
  readonly abiVersion: number;
  /** File name in the same folder and its SHA-256 in hex; "model.so" where there is one. */
  readonly sha256: Readonly<Record<string, string>>;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** What the network keeps from run to run: the model's input, the output that is its next value, and where it lies. Absent: nothing. */
  readonly states?: readonly (TensorInfo & { readonly output: string; readonly offset: number })[];
  readonly arenaBytes: number;
  /** The least that any order of the kernels could do with. */
  readonly arenaLowerBound: number;
  readonly weightBytes: number;
  readonly stateBytes: number;
  /** Operations of one run, a multiply-add counted as two. */
  readonly flops: number;
  /** Of every kernel launch, in order. */
  readonly arithmetic: readonly { readonly kernel: string; readonly kind: Arithmetic }[];
  /** The model file: its path from the folder of model.json, with `/`, and its SHA-256 in hex. */
  readonly source: { readonly path: string; readonly sha256: string };
  readonly floatError: FloatError;
  /** `none` where the arithmetic is the model's. */
  readonly quantizer: string;
  /** The preprocessor that calibration used: the default of run and evaluate. */
  readonly preprocessor?: string;
  /** Of the preprocessor's file, where it is one. */
  readonly preprocessorSha256?: string;
  readonly calibrationSamples?: number;
}

const TENSOR = {
  name: "text",
  dtype: { oneOf: DTYPE_NUMBERS },
  shape: { list: "number" },
  quant: { orNull: { fields: { kind: "text" } } },
} as const satisfies Record<keyof TensorInfo, JsonShape>;

/** Every field; `format`, `version` and `abiVersion` are looked at first. */
const SHAPE: JsonShape = {
  fields: {
    format: "text",
    version: "number",
    name: "text",
    producer: "text",
    target: "text",
    cpu: "text",
    features: { list: "text" },
    toolchain: { map: "text" },
    abiVersion: "number",
    sha256: { map: "text" },
    inputs: { list: { fields: TENSOR } },
    outputs: { list: { fields: TENSOR } },
    states: { optional: { list: { fields: { ...TENSOR, output: "text", offset: "number" } } } },
    arenaBytes: "number",
    arenaLowerBound: "number",
    weightBytes: "number",
    stateBytes: "number",
    flops: "number",
    arithmetic: { list: { fields: { kernel: "text", kind: { oneOf: ["int8", "float"] satisfies Arithmetic[] } } } },
    source: { fields: { path: "text", sha256: "text" } },
    floatError: {
      fields: {
        tolerance: "number",
        winograd: { list: { fields: { node: "text", tile: "number", channels: "number", bound: "number" } } },
      },
    },
    quantizer: "text",
    preprocessor: { optional: "text" },
    preprocessorSha256: { optional: "text" },
    calibrationSamples: { optional: "number" },
  } satisfies Record<keyof ModelRecord, JsonShape>,
};

const RECOMPILE = "compile the model again with `qc compile` or `qc optimize`";

function parse(path: string): Readonly<Record<string, unknown>> {
  const text = readText(path);
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (error) {
    return fail("QC-RT-004", `'${path}' is not JSON: ${(error as Error).message}`, { help: RECOMPILE });
  }
  return fail("QC-RT-004", `'${path}' does not hold an object`, { help: RECOMPILE });
}

/**
 * Reads a model.json. Further fields are let pass. Errors: QC-RT-004 it is none, 005 its network is for another runtime, 013 it is of another
 * version of the record.
 */
export function readModelRecord(path: string): ModelRecord {
  const json = parse(path);
  if (json.format !== "qc-model")
    fail("QC-RT-004", `'${path}' is not the description of a compiled model: its format is ${JSON.stringify(json.format)}`, {
      help: RECOMPILE,
    });
  if (json.version !== RECORD_VERSION)
    fail("QC-RT-013", `'${path}' is a record of version ${json.version ?? "(none)"}, this qc reads version ${RECORD_VERSION}`, {
      help: RECOMPILE,
    });
  if (json.abiVersion !== ABI_VERSION)
    fail("QC-RT-005", `'${path}' is for ABI version ${json.abiVersion}, this runtime has ${ABI_VERSION}`, { help: RECOMPILE });
  const wrong = departsFrom(SHAPE, json);
  if (wrong) fail("QC-RT-004", `'${path}' is not whole: ${wrong}`, { help: RECOMPILE });
  return json as unknown as ModelRecord;
}

/** A record as the text of model.json. */
export const modelRecordText = (record: ModelRecord): string => `${JSON.stringify(record, null, 2)}\n`;

/** QC-RT-006 unless the file has the checksum that the record gives for its name. */
export function verifyChecksum(record: Pick<ModelRecord, "sha256">, name: string, path: string): void {
  const wanted = record.sha256[name];
  if (wanted === undefined) fail("QC-RT-006", `model.json has no checksum of ${name}`, { help: RECOMPILE });
  if (sha256OfFile(path) !== wanted)
    fail("QC-RT-006", `'${path}' is not the file that model.json describes: its SHA-256 differs`, { help: RECOMPILE });
}
