import type { Diag } from "../../support/diag.js";
import type { BlobStore } from "../blob/blob-store.js";
import type { OpRegistry } from "../op/registry.js";

/** What every stage of the compiler may ask: the ops, the constant bytes, and where remarks go. */
export interface IrContext {
  readonly ops: OpRegistry;
  readonly blobs: BlobStore;
  /** Receives warnings and remarks; errors are thrown. */
  report(diag: Diag): void;
}
