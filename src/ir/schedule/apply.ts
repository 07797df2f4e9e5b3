import type { Kernel } from "../loop/stmt.js";
import { illegal, type Step, type StepDef } from "./step.js";
import { contract, pairs } from "./steps/arith.js";
import { attach } from "./steps/attach.js";
import { border } from "./steps/border.js";
import { cache } from "./steps/cache.js";
import { join } from "./steps/join.js";
import { collapse, writeback } from "./steps/kernel.js";
import { fuse, parallel, reorder, split, unroll } from "./steps/loops.js";
import { partial } from "./steps/partial.js";
import { prefetch } from "./steps/prefetch.js";
import { bytes, quads } from "./steps/quads.js";
import { windows } from "./steps/quads-windows.js";
import { recentre } from "./steps/recentre.js";
import { tile } from "./steps/tile.js";
import { vectorize } from "./steps/vectorize.js";
import { widen } from "./steps/widen.js";
import { winograd } from "./steps/winograd.js";

/** Every schedule step, by name. */
export const STEPS = {
  collapse,
  writeback,
  cache,
  split,
  reorder,
  fuse,
  unroll,
  parallel,
  vectorize,
  tile,
  attach,
  join,
  widen,
  border,
  partial,
  contract,
  prefetch,
  pairs,
  bytes,
  recentre,
  quads,
  windows,
  winograd,
} as const;

export const stepDef = <N extends Step["step"]>(name: N): StepDef<N> => STEPS[name] as unknown as StepDef<N>;

/** A kernel after one step, which may come from a file. QC-SCHED-001 where there is no such step, or it is not legal. */
export function applyStep(kernel: Kernel, step: Step): Kernel {
  if (!Object.hasOwn(STEPS, step.step)) illegal(step, "there is no such step");
  return stepDef(step.step).apply(kernel, step as never);
}

/** A kernel after all steps, in order: how a recorded schedule is replayed. */
export function applySteps(kernel: Kernel, steps: readonly Step[]): Kernel {
  return steps.reduce(applyStep, kernel);
}
