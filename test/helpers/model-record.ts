import { ABI_VERSION } from "../../src/runtime/library.js";
import { type ModelRecord, RECORD_VERSION } from "../../src/runtime/model-record.js";

/** A record of a network that nobody compiled. */
export const modelRecord = (changes: Partial<ModelRecord> = {}): ModelRecord => ({
  ...{ format: "qc-model", version: RECORD_VERSION, name: "fake", producer: "qc test", target: "cc", cpu: "any" },
  ...{ features: [], toolchain: {}, abiVersion: ABI_VERSION, sha256: {}, inputs: [], outputs: [] },
  ...{ arenaBytes: 0, arenaLowerBound: 0, weightBytes: 0, stateBytes: 0, flops: 0, arithmetic: [] },
  ...{ source: { path: "gone.onnx", sha256: "ab" }, floatError: { tolerance: 0, winograd: [] }, quantizer: "none" },
  ...changes,
});
