import { costOf } from "../ir/loop/cost.js";
import { kernelKey } from "../ir/loop/lower-group.js";
import type { Kernel } from "../ir/loop/stmt.js";
import { shortHash } from "../support/hash.js";

/** One unscheduled kernel of a model, with the weight it has there. */
export interface Workload {
  /** Of the kernel's text and the target; the kernel's own name does not count. */
  readonly key: string;
  readonly kernel: Kernel;
  /** How often one run of the model launches it. */
  readonly launches: number;
  /** Of one launch. */
  readonly flops: number;
  readonly bytes: number;
}

/** Equal keys: the same computation for the same target. */
export const workloadKey = (kernel: Kernel, targetKey: string): string => shortHash(`${targetKey}\n${kernelKey(kernel)}`, 24);

/** The different workloads among the kernels of a model's launches, in order of their first launch. */
export function collectWorkloads(kernels: readonly Kernel[], targetKey: string): readonly Workload[] {
  const found = new Map<string, Workload>();
  for (const kernel of kernels) {
    const key = workloadKey(kernel, targetKey);
    const known = found.get(key);
    found.set(key, known ? { ...known, launches: known.launches + 1 } : { key, kernel, launches: 1, ...costOf(kernel) });
  }
  return [...found.values()];
}
