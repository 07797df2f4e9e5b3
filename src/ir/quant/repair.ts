import type { Module } from "../graph/module.js";
import type { IrContext } from "../pass/context.js";

/**
 * Changes a module with simulated quantization so that it loses less, or computes more in integers. The driver measures the network before and
 * after on the samples, and keeps what does not lose accuracy.
 */
export interface Repair {
  readonly name: string;
  readonly doc: string;
  /** What holds of a repaired module. */
  readonly invariant: string;
  /** `m` itself where there is nothing to repair. A node that it replaces keeps its location; one that it adds says the repair as its pass. */
  apply(m: Module, ctx: IrContext): Module;
}
