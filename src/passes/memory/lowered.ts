import type { ValueId } from "../../ir/graph/module.js";
import type { Kernel } from "../../ir/loop/stmt.js";

/** A private function as one kernel, and which buffer stands for which operand. */
export interface LoweredFunc {
  readonly kernel: Kernel;
  /** Buffer of each parameter; null where the kernel does not read it. */
  readonly ins: readonly (string | null)[];
  /** Buffer of each result. */
  readonly outs: readonly string[];
  /** Constants of the module by the buffer that holds them, those that only `prepare` kernels read included. */
  readonly consts: Readonly<Record<string, ValueId>>;
}
