import type { AttrSchema, AttrsOf } from "../attr/attr.js";
import type { Module } from "../graph/module.js";
import type { IrContext } from "./context.js";

/**
 * Facts that hold of a module between passes; passes/facts.ts has an executable check of each.
 *   flat           one function of ops: nothing is outlined
 *   wide           no arithmetic in half precision
 *   unique         no two nodes with the same op, operands and attributes
 *   live           no node without an effect that nothing uses, no unused constant
 *   bn-folded      no inference BatchNorm with constant parameters
 *   observed       calibration left observers of values
 *   materialized   every result has memory of its own
 *   fused          the entry consists of `call` and view nodes only
 */
export type Prop = "flat" | "wide" | "unique" | "live" | "bn-folded" | "observed" | "materialized" | "fused";

/** A rewrite of a module. Returns `m` itself when nothing changed. Never changes its argument. */
export interface Pass<S extends AttrSchema = AttrSchema> {
  readonly name: string;
  readonly doc: string;
  readonly options: S;
  /** Facts without which the pass is refused. */
  readonly requires: readonly Prop[];
  /** Facts that hold afterwards, whatever the options. */
  readonly establishes: readonly Prop[];
  /** Facts that may no longer hold; all others are kept. */
  readonly breaks?: readonly Prop[];
  /**
   * How far results may move, as a share of 1 + |y|, because float arithmetic is done in another order or precision. Infinity: values are
   * replaced on purpose, only types are kept. Absent: not at all.
   */
  readonly tolerance?: number;
  /** Values in half precision are rounded at other places: only their types are kept. */
  readonly roundsHalves?: boolean;
  /** A second run changes nothing. */
  readonly idempotent?: boolean;
  /** IR texts that the pass rewrites, for checks: modules drawn at random seldom hold what it looks for. */
  readonly examples?: readonly string[];
  /** What was asked for, or code generation, depends on it: `--bisect` never leaves it out. */
  readonly obligatory?: boolean;
  run(m: Module, ctx: IrContext, options: AttrsOf<S>): Module;
}

export function definePass<const S extends AttrSchema>(pass: Pass<S>): Pass<S> {
  return pass;
}
