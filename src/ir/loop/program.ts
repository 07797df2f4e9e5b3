/**
 * A whole network as a straight line of kernel launches over one static arena: what a backend emits.
 * Made by passes/memory from the fused module; a backend adds nothing but code.
 */
import type { Loc } from "../../support/diag.js";
import type { BlobId } from "../blob/blob-store.js";
import type { TensorType } from "../type/tensor-type.js";
import type { Kernel } from "./stmt.js";

/** Where an operand of a launch lies. Offsets in bytes, multiples of 64. */
export type Place =
  | { readonly in: "arena"; readonly offset: number }
  | { readonly in: "input"; readonly index: number }
  | { readonly in: "output"; readonly index: number }
  | { readonly in: "weights"; readonly offset: number }
  | { readonly in: "state"; readonly offset: number };

export interface Launch {
  /** Unique, from the source node: what a profile prints. */
  readonly label: string;
  /** Index into `kernels`; launches of equal workloads share one kernel. */
  readonly kernel: number;
  /** One place for each buffer of the kernel, in `buffers` order, scratch included. */
  readonly places: readonly Place[];
  readonly flops: number;
  readonly bytes: number;
  readonly loc: Loc;
}

export interface Port {
  readonly name: string;
  readonly type: TensorType;
}

/** Memory that outlives a run: `name` is the model's input that reads it, `output` the output that is its next value. */
export interface StatePort extends Port {
  readonly output: string;
  /** Into the state's memory, in bytes, a multiple of 64. */
  readonly offset: number;
}

export interface Program {
  readonly name: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly kernels: readonly Kernel[];
  readonly launches: readonly Launch[];
  readonly arenaBytes: number;
  /** Read-only constants, back to back at 64-byte aligned offsets. */
  readonly weights: readonly { readonly blob: BlobId; readonly offset: number; readonly bytes: number }[];
  readonly weightBytes: number;
  readonly states: readonly StatePort[];
  readonly stateBytes: number;
  /** What the states begin with where it is not zeros, in the order of their offsets. */
  readonly stateInit: readonly { readonly blob: BlobId; readonly offset: number; readonly bytes: number }[];
}
