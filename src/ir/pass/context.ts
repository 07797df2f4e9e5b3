import type { Diag, Loc } from "../../support/diag.js";
import type { BlobStore } from "../blob/blob-store.js";
import type { OpRegistry } from "../op/registry.js";
import type { Quantization } from "../quant/registry.js";

/** A budget of single rewrites, for `--fuel=N`: bisects a wrong pass down to the rewrite. */
export interface Fuel {
  /** Whether `pass` may rewrite once more. */
  hasLeft(pass: string): boolean;
  /** `pass` has rewritten the node at `loc`. */
  spend(pass: string, loc: Loc): void;
}

/** What every stage of the compiler may ask: the ops, the constant bytes, and where remarks go. */
export interface IrContext {
  readonly ops: OpRegistry;
  readonly blobs: BlobStore;
  /** Receives warnings and remarks; errors are thrown. */
  report(diag: Diag): void;
  /** Schemes, calibrators and repairs that recipes name. Absent: those of qc. */
  readonly quantization?: Quantization;
  /** Absent: no limit. Passes that rewrite node by node ask before each rewrite. */
  readonly fuel?: Fuel;
}
