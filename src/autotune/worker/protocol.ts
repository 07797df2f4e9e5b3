/** What the tuner and its worker process say to each other. */

import type { Kernel } from "../../ir/loop/stmt.js";
import type { Step } from "../../ir/schedule/step.js";
import type { Target } from "../../ir/target/target.js";
import type { Measurement } from "../measure.js";

export interface OpenMessage {
  readonly k: "open";
  readonly key: string;
  readonly kernel: Kernel;
  readonly standard: readonly Step[];
  /** Files with the bytes of the constants, by buffer. */
  readonly consts: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly threads: number;
  /** Bytes of the network that are touched between two launches of a kernel, within limits: how cold its constants and its results are. */
  readonly footprint: { readonly constants: number; readonly arena: number };
  readonly target: Target;
}

export interface MeasureMessage {
  readonly k: "measure";
  readonly key: string;
  readonly candidates: readonly (readonly Step[])[];
  readonly rounds: number;
  readonly thorough: boolean;
  readonly known: readonly string[];
}

export type Request = OpenMessage | MeasureMessage;

/** What the worker is about to do: a clock starts. `candidate` -1: something common to all. */
export interface PhaseMessage {
  readonly k: "phase";
  readonly candidate: number;
  readonly phase: "build" | "run" | "time";
}

export type Reply = PhaseMessage | { readonly k: "done"; readonly results: readonly Measurement[] };
