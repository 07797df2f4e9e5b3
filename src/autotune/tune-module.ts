/** The tuner beside the line: workloads of a fused module, a log, a search if one is asked for, and the schedules that come of it. */
import { availableParallelism, cpus } from "node:os";
import { basename, join } from "node:path";
import { planModule } from "../build/plan.js";
import type { Toolchain } from "../build/toolchain.js";
import type { Context } from "../context.js";
import type { BlobId } from "../ir/blob/blob-store.js";
import type { Module } from "../ir/graph/module.js";
import type { Kernel } from "../ir/loop/stmt.js";
import { verifyKernel } from "../ir/loop/verify.js";
import type { IrContext } from "../ir/pass/context.js";
import { applySteps } from "../ir/schedule/apply.js";
import { schedulerFor } from "../ir/schedule/scheduler.js";
import type { Scheduled } from "../ir/schedule/session.js";
import type { Step } from "../ir/schedule/step.js";
import { targetKey } from "../ir/target/resolve.js";
import { lowerFunc } from "../passes/memory/lower-func.js";
import type { LoweredFunc } from "../passes/memory/lowered.js";
import { openLog } from "../search/log.js";
import { byDefault } from "../support/choose.js";
import { fail, QcError } from "../support/diag.js";
import { isFile } from "../support/fs.js";
import { type ConfirmRequest, confirm, type Measured, type Whole } from "./confirm/confirm.js";
import { openModelBench } from "./confirm/model-bench.js";
import type { TuneSummary } from "./progress.js";
import { type Best, bestSchedules, isStale, type Usable, usableRecords } from "./records/best.js";
import { readLog } from "./records/log.js";
import type { Environment, TuningRecord } from "./records/record.js";
import { stepsKey } from "./records/steps-key.js";
import { type Placed, type SearchRequest, searchModule } from "./search-module.js";
import { collectWorkloads, type Workload, workloadKey } from "./workload.js";

/** What a search, or the log of one, did for a build. */
export interface TuningReport {
  readonly log: string;
  readonly workloads: number;
  /** Workloads whose schedule is a recorded one. */
  readonly tuned: number;
  /** Milliseconds of all launches one after the other, by the measurements: with the default schedules, and with those used. Tuned workloads only. */
  readonly standardMs: number;
  readonly tunedMs: number;
  /** Records in the log that are not used, and why. */
  readonly refused: Usable["refused"];
  readonly foreign: Usable["foreign"];
  readonly unreadable: number;
  /** Records that were measured against another default schedule than today's; they are not used. */
  readonly stale: number;
  readonly search: TuneSummary | null;
  /** The whole model as it was measured at the end of the search; null without one, or where no kernel was faster. */
  readonly whole: Whole | null;
}

export interface Tuned {
  readonly schedule: (k: Kernel) => Kernel;
  readonly report: TuningReport;
}

/** Where the log of a model lies under the folder of its results. */
export const logPath = (outputPath: string, modelFile: string): string =>
  join(outputPath, "optimization_artifacts", `${basename(modelFile).replace(/\.[^.]+$/, "")}.tuning.json`);

export const environmentOf = (tools: Toolchain): Environment => ({
  target: targetKey(tools.target),
  cpu: cpus()[0]?.model ?? "unknown",
  toolchain: { qc: tools.producer.replace(/^qc /, ""), ...tools.engine.toolchain },
});

/** The unscheduled kernel of every launch, in order, and the private function it is made of. */
function launchedKernels(m: Module, ctx: Context): readonly (LoweredFunc & { readonly callee: string })[] {
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

/**
 * Schedules for a module by the log at `log`, after `iterations` more trials.
 * Errors: QC-TUNE-001 no trials and no log, 002 the target does not run on this machine, 003 the file is no log.
 */
export async function tuneModule(m: Module, ctx: Context, tools: Toolchain, log: string, request: SearchRequest): Promise<Tuned> {
  const environment = environmentOf(tools);
  const placed = placedWorkloads(m, ctx, environment.target);
  if (request.iterations === 0 && !isFile(log)) {
    fail("QC-TUNE-001", `there is no tuning log '${log}' to take schedules from`, {
      help: "search first: --optimization category:graph,iterations:1000; or leave category:graph out",
    });
  }
  const scheduler = schedulerFor(ctx.schedulers, tools.target);
  const standard = (k: Kernel) => scheduler.schedule(k, tools.target, byDefault);
  const baselines = new Map(placed.map(({ workload: w }) => [w.key, stepsKey(standard(w.kernel).steps)]));
  const search = request.iterations > 0 ? await searchModule(placed, ctx, tools, environment, log, request) : null;
  const keyOf = (k: Kernel) => workloadKey(k, environment.target);
  const byKey = new Map(placed.map((p) => [p.workload.key, p.workload]));
  const replay = (best: Best) => replayOf(best, byKey.get(best.workload), (k) => scheduler.nameOf(k, tools.target), ctx);
  const whole = search
    ? await confirmSearch(m, ctx, tools, environment, log, search, request, {
        baselines,
        keyOf,
        replay,
        placed,
        standard,
      })
    : null;
  const content = readLog(log);
  const usable = usableRecords(content.records, environment);
  const stale = usable.records.filter((r) => isStale(r, baselines)).length;
  const found = bestSchedules(usable.records, { baselines });
  const best = new Map<string, { readonly best: Best; readonly scheduled: (k: Kernel) => Kernel }>();
  for (const { workload } of placed) {
    const b = found.get(workload.key);
    const scheduled = b && replay(b);
    if (b && scheduled) best.set(workload.key, { best: b, scheduled });
  }
  reportUnused(usable, content.unreadable, stale, log, ctx);
  reportUnconfirmed([...best.values()].filter((b) => !b.best.isConfirmed).length, log, ctx);
  const used = placed.flatMap(({ workload }) => {
    const b = best.get(workload.key)?.best;
    return b ? [{ b, workload }] : [];
  });
  return {
    schedule: (k) => best.get(keyOf(k))?.scheduled(k) ?? standard(k).kernel,
    report: {
      log,
      workloads: placed.length,
      tuned: used.length,
      standardMs: used.reduce((sum, { b, workload }) => sum + workload.launches * b.baselineMs, 0),
      tunedMs: used.reduce((sum, { b, workload }) => sum + workload.launches * b.baselineMs * b.ratio, 0),
      refused: usable.refused,
      foreign: usable.foreign,
      unreadable: content.unreadable,
      stale,
      search,
      whole,
    },
  };
}

/** Says what of a log is left out, and why. */
function reportUnused(usable: Usable, unreadable: number, stale: number, log: string, ctx: IrContext): void {
  for (const { why, count } of usable.refused) {
    const message = `${count} record${count === 1 ? "" : "s"} of '${log}' ${count === 1 ? "is" : "are"} not used: ${why}`;
    ctx.report({ severity: "warning", code: "QC-TUNE-005", message });
  }
  if (stale > 0) {
    const [records, are] = stale === 1 ? ["record", "is"] : ["records", "are"];
    const message = `${stale} ${records} of '${log}' ${are} not used: measured against another default schedule than this version's`;
    const help = "a further search measures the fastest of them again";
    ctx.report({ severity: "warning", code: "QC-TUNE-011", message, help });
  }
  for (const cpu of usable.foreign)
    ctx.report({
      severity: "remark",
      code: "QC-TUNE-006",
      message: `'${log}' holds times for this target from another processor: ${cpu}`,
    });
  if (unreadable > 0) {
    const [lines, are] = unreadable === 1 ? ["line", "is"] : ["lines", "are"];
    const message = `${unreadable} ${lines} of '${log}' cannot be read and ${are} left out`;
    ctx.report({ severity: "warning", code: "QC-TUNE-007", message });
  }
}

/** Says that schedules are used which were only measured alone. */
function reportUnconfirmed(count: number, log: string, ctx: IrContext): void {
  if (count === 0) return;
  const what = count === 1 ? "1 schedule was never measured" : `${count} schedules were never measured`;
  ctx.report({
    severity: "warning",
    code: "QC-TUNE-013",
    message: `${what} in the whole model: the search that wrote '${log}' was cut short`,
    help: "a further search, be it of one iteration, confirms them or puts the default schedules in their places",
  });
}

/** A recorded schedule, if it still applies; where a step is not legal any more that is reported, and the default stays. */
function replayOf(
  best: Best,
  workload: Workload | undefined,
  nameOf: (k: Kernel) => string,
  ctx: IrContext,
): ((k: Kernel) => Kernel) | null {
  const scheduled = (k: Kernel): Kernel => ({ ...applySteps(k, best.steps), name: nameOf(k) });
  try {
    if (workload) verifyKernel(scheduled(workload.kernel));
    return workload ? scheduled : null;
  } catch (e) {
    if (!(e instanceof QcError)) throw e;
    const message = `the recorded schedule of '${best.kernel}' does not apply any more, the default is used: ${e.message}`;
    ctx.report({ severity: "warning", code: "QC-TUNE-008", message });
    return null;
  }
}

/** Measures what a search found in the whole model, on one thread and on all processors unless `threads` says on how many it runs. */
async function confirmSearch(
  m: Module,
  ctx: Context,
  tools: Toolchain,
  environment: Environment,
  logFile: string,
  search: TuneSummary,
  request: SearchRequest,
  how: Pick<ConfirmRequest, "baselines" | "keyOf" | "replay"> & {
    readonly placed: readonly Placed[];
    readonly standard: (k: Kernel) => Scheduled;
  },
): Promise<Whole | null> {
  const { records } = usableRecords(readLog(logFile).records, environment);
  const keys = new Map(launchedKernels(m, ctx).map((l) => [l.callee, how.keyOf(l.kernel)]));
  const bench = openModelBench(m, ctx, tools, keys);
  const log = openLog<TuningRecord>(logFile);
  const { session, seed } = search;
  const append = (of: readonly RecordedMeasurement[]): void => {
    const time = new Date().toISOString();
    log.appendAll(
      of.map(({ best: { workload, kernel, decisions, steps, code }, source, threads, ms, baselineMs }): TuningRecord => {
        const baseline = how.baselines.get(workload) ?? "";
        const what = { workload, kernel, session, seed, source, decisions, steps, baseline, ...environment, code, threads };
        return { v: 1, ...what, ms, baselineMs, error: null, time };
      }),
    );
  };
  try {
    return await confirm({
      ...{ bench, records, baselines: how.baselines, keyOf: how.keyOf, replay: how.replay },
      standard: (k) => how.standard(k).kernel,
      threads: request.threads !== undefined ? [request.threads] : [...new Set([1, availableParallelism()])],
      record: append,
      decide(used) {
        const tuned = new Set(used.map((u) => u.best.workload));
        const rest = how.placed.filter((p) => !tuned.has(p.workload.key));
        append([...used, ...rest.map(({ workload }) => asStandard(workload, how.standard(workload.kernel).steps))]);
      },
      onStep: (current) => request.onProgress?.({ ...search, phase: "model", current }),
    });
  } finally {
    log.close();
    bench.close();
  }
}

type RecordedMeasurement = Omit<Measured, "best"> & {
  readonly best: Pick<Best, "workload" | "kernel" | "decisions" | "steps" | "code">;
};

/** That the default schedule of a workload is used. */
const asStandard = (w: Workload, steps: readonly Step[]): RecordedMeasurement => ({
  best: { workload: w.key, kernel: w.kernel.name, decisions: {}, steps, code: null },
  ...{ source: "whole", threads: 1, ms: [], baselineMs: [] },
});
