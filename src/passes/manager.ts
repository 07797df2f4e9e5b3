/** Runs a pipeline over a module, telling instruments before and after every pass. */
import type { Module } from "../ir/graph/module.js";
import type { IrContext } from "../ir/pass/context.js";
import type { Prop } from "../ir/pass/pass.js";
import { fail } from "../support/diag.js";
import type { PipelineStep } from "./pipeline.js";

/** An observer of a pipeline. Instruments run in list order; one that throws stops the pipeline. */
export interface Instrument {
  readonly name: string;
  /** False skips the pass. */
  shouldRun?(step: PipelineStep, index: number): boolean;
  before?(m: Module, step: PipelineStep, index: number): void;
  after?(m: Module, step: PipelineStep, index: number, changed: boolean): void;
  /** The pass threw; `m` is the module it was given. */
  failed?(error: unknown, m: Module, step: PipelineStep, index: number): void;
  /** All passes are done. */
  finish?(m: Module): void;
}

/** The module after every step. A step whose required facts do not hold is QC-PASS-004. */
export function runPipeline(m: Module, steps: readonly PipelineStep[], ctx: IrContext, instruments: readonly Instrument[] = []): Module {
  const holds = new Set<Prop>();
  let current = m;
  steps.forEach((step, index) => {
    if (!instruments.every((i) => i.shouldRun?.(step, index) ?? true)) return;
    const missing = step.pass.requires.filter((p) => !holds.has(p));
    if (missing.length) {
      fail("QC-PASS-004", `pass '${step.pass.name}' requires a module that is ${missing.join(", ")}`, {
        help: `put a pass that establishes it before '${step.pass.name}'`,
      });
    }
    for (const i of instruments) i.before?.(current, step, index);
    const next = attempt(current, step, index, ctx, instruments);
    for (const p of step.pass.breaks ?? []) holds.delete(p);
    for (const p of step.pass.establishes) holds.add(p);
    for (const i of instruments) i.after?.(next, step, index, next !== current);
    current = next;
  });
  for (const i of instruments) i.finish?.(current);
  return current;
}

function attempt(m: Module, step: PipelineStep, index: number, ctx: IrContext, instruments: readonly Instrument[]): Module {
  try {
    return step.pass.run(m, ctx, step.options as never);
  } catch (error) {
    for (const i of instruments) i.failed?.(error, m, step, index);
    throw error;
  }
}
