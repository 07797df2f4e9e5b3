/** The launches of a fused module, and the workloads among them. */
import { planModule } from "../build/plan.js";
import type { Context } from "../context.js";
import type { BlobId } from "../ir/blob/blob-store.js";
import type { Module } from "../ir/graph/module.js";
import { lowerFunc } from "../passes/memory/lower-func.js";
import type { LoweredFunc } from "../passes/memory/lowered.js";
import { collectWorkloads, type Workload, workloadKey } from "./workload.js";

/** A workload of a module and the constants that its first launch reads. */
export interface Placed {
  readonly workload: Workload;
  readonly consts: Readonly<Record<string, BlobId>>;
}

/** The unscheduled kernel of every launch, in order, and the private function it is made of. */
export function launchedKernels(m: Module, ctx: Context): readonly (LoweredFunc & { readonly callee: string })[] {
  const funcs = new Map(m.funcs.map((f) => [f.name, f]));
  return planModule(m, ctx, (k) => k).callees.flatMap((callee) => {
    const func = funcs.get(callee);
    return func ? [{ callee, ...lowerFunc(func, m, ctx, (k) => k) }] : [];
  });
}

/** The workloads of a fused module. */
export function placedWorkloads(m: Module, ctx: Context, target: string): readonly Placed[] {
  const lows = launchedKernels(m, ctx);
  const constsOf = new Map<string, Readonly<Record<string, BlobId>>>();
  for (const { kernel, consts } of lows) {
    const key = workloadKey(kernel, target);
    if (!constsOf.has(key))
      constsOf.set(key, Object.fromEntries(Object.entries(consts).map(([buffer, id]) => [buffer, m.consts[id].blob])));
  }
  const workloads = collectWorkloads(
    lows.map((l) => l.kernel),
    target,
  );
  return workloads.map((workload) => ({ workload, consts: constsOf.get(workload.key) ?? {} }));
}
