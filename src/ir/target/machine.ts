import { type DType, dtypeInfo } from "../type/dtype.js";

/** What schedules ask of a target. */
export interface Machine {
  /** Of the widest integer and float vectors. */
  readonly vectorBits: number;
  readonly vectorRegisters: number;
  /** Names, in LLVM's spelling, of the features that matter to schedules and instructions; sorted. */
  readonly features: readonly string[];
  /** Float sums keep their terms: no schedule that computes them from transformed operands (`--strict-float`). */
  readonly strictFloat?: boolean;
  /** Threads that a search measures on: above one, how they share a kernel's work is a choice. Default schedules do not depend on it. */
  readonly threads?: number;
}

/** Elements of a vector register. */
export const lanesFor = (m: Machine, t: DType): number => Math.max(2, m.vectorBits / (8 * dtypeInfo(t).bytes));
