import type { AttrSchema, AttrsOf } from "../attr/attr.js";
import type { Module } from "../graph/module.js";
import type { IrContext } from "./context.js";

/**
 * Facts that hold of a module between passes.
 *   canonical      constants folded, no dead or duplicate nodes
 *   bn-folded      no BatchNorm behind a contraction that could take it
 *   observed       quantization ranges are known (props `ranges`)
 *   quantized      integer arithmetic wherever the quantizer could
 *   laid-out       spatial ops in the layout of the target
 *   fused          the entry consists of `call` and view nodes only
 */
export type Prop = "canonical" | "bn-folded" | "observed" | "quantized" | "laid-out" | "fused";

/** A rewrite of a module. Returns `m` itself when nothing changed. Never changes its argument. */
export interface Pass<S extends AttrSchema = AttrSchema> {
  readonly name: string;
  readonly doc: string;
  readonly options: S;
  readonly requires: readonly Prop[];
  readonly establishes: readonly Prop[];
  readonly breaks?: readonly Prop[];
  run(m: Module, ctx: IrContext, options: AttrsOf<S>): Module;
}

export function definePass<const S extends AttrSchema>(pass: Pass<S>): Pass<S> {
  return pass;
}
