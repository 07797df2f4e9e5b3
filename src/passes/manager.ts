/** Runs a pipeline over a module, telling instruments before and after every pass. */
import type { Module } from "../ir/graph/module.js";
import type { IrContext } from "../ir/pass/context.js";
import type { Prop } from "../ir/pass/pass.js";
import { fail } from "../support/diag.js";
import { FACTS, factsAfter } from "./facts.js";
import type { PipelineStep } from "./pipeline.js";

/** An observer of a pipeline. Instruments run in list order; one that throws stops the pipeline. */
export interface Instrument {
  readonly name: string;
  /** False skips the pass. Asked of every step, obligatory ones too. */
  shouldRun?(step: PipelineStep, index: number): boolean;
  before?(m: Module, step: PipelineStep, index: number): void;
  /** `ctx` holds the constants of the build, which are gone when it ends. */
  after?(m: Module, step: PipelineStep, index: number, changed: boolean, ctx: IrContext): void;
  /** The pass, or an instrument that looked at its result, threw; `m` is the module that the pass was given. */
  failed?(error: unknown, m: Module, step: PipelineStep, index: number, ctx: IrContext): void;
  /** The last pipeline of the run is done. */
  finish?(): void;
}

/**
 * The module after every step. A step whose required facts do not hold is QC-PASS-004: a fact holds where it is `assumed`, where `m` passes its check,
 * or where a pass established it and none broke it since.
 */
export function runPipeline(
  m: Module,
  steps: readonly PipelineStep[],
  ctx: IrContext,
  instruments: readonly Instrument[] = [],
  assumed: readonly Prop[] = [],
): Module {
  let holds: ReadonlySet<Prop> = new Set([...assumed, ...factsOf(m, ctx, steps)]);
  let current = m;
  steps.forEach((step, index) => {
    if (!instruments.every((i) => i.shouldRun?.(step, index) ?? true)) return;
    const missing = step.pass.requires.filter((p) => !holds.has(p));
    if (missing.length) {
      fail("QC-PASS-004", `pass '${step.pass.name}' requires a module that is ${missing.join(", ")}`, {
        help: `put a pass that establishes it before '${step.pass.name}', and none that breaks it between them`,
      });
    }
    current = runStep(current, step, index, ctx, instruments);
    holds = factsAfter(step.pass, holds);
  });
  return current;
}

/** Those of the facts that the steps require which the module has from the start. */
const factsOf = (m: Module, ctx: IrContext, steps: readonly PipelineStep[]): readonly Prop[] =>
  [...new Set(steps.flatMap((s) => s.pass.requires))].filter((p) => FACTS[p]?.violation(m, ctx) === null);

/** One pass with its instruments; `failed` is told of an error of the pass and of an instrument that refuses its result. */
function runStep(m: Module, step: PipelineStep, index: number, ctx: IrContext, instruments: readonly Instrument[]): Module {
  try {
    for (const i of instruments) i.before?.(m, step, index);
    const next = step.pass.run(m, ctx, step.options as never);
    for (const i of instruments) i.after?.(next, step, index, next !== m, ctx);
    return next;
  } catch (error) {
    for (const i of instruments) i.failed?.(error, m, step, index, ctx);
    throw error;
  }
}
