/** The read-only data of a program as an object file: weights, behind them the initial state unless it is zero. */
import type { BlobStore } from "../../ir/blob/blob-store.js";
import type { Program } from "../../ir/loop/program.js";
import type { NativeArch } from "../../ir/target/arch.js";
import { fail } from "../../support/diag.js";
import { constantsObject } from "./constants-object.js";
import type { ObjectFile } from "./link-with.js";

/** The hidden symbol at its start. */
export const WEIGHTS = "qc_weights";

const ALIGN = 64;
const alignUp = (n: number): number => Math.ceil(n / ALIGN) * ALIGN;

export interface ConstantLayout {
  readonly bytes: number;
  /** Where the initial state begins; null: zeros, which are stored nowhere. */
  readonly stateInitOffset: number | null;
}

/** Errors: QC-LLVM-021 a constant shorter than its place. */
export function constantLayout(program: Program, blobs: BlobStore): ConstantLayout {
  for (const p of [...program.weights, ...program.stateInit]) {
    const size = blobs.size(p.blob);
    if (size < p.bytes) fail("QC-LLVM-021", `constant ${p.blob} has ${size} of ${p.bytes} bytes`);
  }
  const starts = program.stateInit.some((p) =>
    blobs
      .get(p.blob)
      .subarray(0, p.bytes)
      .some((b) => b !== 0),
  );
  const stateAt = alignUp(program.weightBytes);
  return { bytes: starts ? stateAt + program.stateBytes : program.weightBytes, stateInitOffset: starts ? stateAt : null };
}

/** The object, its blobs read as it is written; none where there is no such data. */
export function constantObjects(program: Program, blobs: BlobStore, arch: NativeArch): readonly ObjectFile[] {
  const { bytes, stateInitOffset } = constantLayout(program, blobs);
  if (bytes === 0) return [];
  const part = (p: Program["weights"][number], at: number) => ({
    offset: at + p.offset,
    bytes: p.bytes,
    data: () => blobs.get(p.blob),
  });
  const state = stateInitOffset === null ? [] : program.stateInit.map((p) => part(p, stateInitOffset));
  const parts = [...program.weights.map((p) => part(p, 0)), ...state].filter((p) => p.bytes > 0);
  parts.sort((a, b) => a.offset - b.offset);
  return [{ pieces: constantsObject({ symbol: WEIGHTS, align: ALIGN, arch, bytes, parts }) }];
}
