import { fail } from "../support/diag.js";
import { readText, sha256OfFile } from "../support/fs.js";
import type { TensorInfo } from "./descriptor.js";
import { ABI_VERSION } from "./library.js";

/** model.json, beside model.so. Further fields are allowed and ignored here. */
export interface ModelJson {
  readonly format: "qc-model";
  readonly abiVersion: number;
  readonly name: string;
  readonly producer: string;
  readonly target: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** What the network keeps from run to run: the model's input, the output that is its next value, and where it lies. Absent: nothing. */
  readonly states?: readonly (TensorInfo & { readonly output: string; readonly offset: number })[];
  /** Program and version: { llvm: "19.1.7" }. */
  readonly toolchain: Readonly<Record<string, string>>;
  /** File name in the same folder and its SHA-256 in hex; "model.so" at least. */
  readonly sha256: Readonly<Record<string, string>>;
}

const RECOMPILE = "compile the model again with `qc compile` or `qc optimize`";

function parse(path: string): Partial<ModelJson> {
  const text = readText(path);
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  } catch (error) {
    return fail("QC-RT-004", `'${path}' is not JSON: ${(error as Error).message}`, { help: RECOMPILE });
  }
  return fail("QC-RT-004", `'${path}' does not hold an object`, { help: RECOMPILE });
}

/** Reads a model.json; QC-RT-004 where it is none, QC-RT-005 where its network is for another runtime. */
export function readModelJson(path: string): ModelJson {
  const json = parse(path);
  if (json.format !== "qc-model" || typeof json.abiVersion !== "number" || !json.sha256 || typeof json.sha256 !== "object")
    return fail("QC-RT-004", `'${path}' is not the description of a compiled model`, { help: RECOMPILE });
  if (json.abiVersion !== ABI_VERSION)
    return fail("QC-RT-005", `'${path}' is for ABI version ${json.abiVersion}, this runtime has ${ABI_VERSION}`, {
      help: RECOMPILE,
    });
  return json as ModelJson;
}

/** QC-RT-006 unless the file has the checksum that model.json gives for its name. */
export function verifyChecksum(json: ModelJson, name: string, path: string): void {
  const wanted = json.sha256[name];
  if (wanted === undefined) fail("QC-RT-006", `model.json has no checksum of ${name}`, { help: RECOMPILE });
  if (sha256OfFile(path) !== wanted)
    fail("QC-RT-006", `'${path}' is not the file that model.json describes: its SHA-256 differs`, { help: RECOMPILE });
}
