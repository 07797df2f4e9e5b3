/** The tuner beside the line: workloads of a fused module, a log, a search if one is asked for, and the schedules that come of it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Best, bestSchedules, type Usable, usableRecords } from "../autotune/records/best.js";
import { openLog, readLog, readLogIfAny } from "../autotune/records/log.js";
import type { Environment } from "../autotune/records/record.js";
import type { StrategyName } from "../autotune/search/names.js";
import { type TuneProgress, type TuneSummary, tune } from "../autotune/session.js";
import { createSpace } from "../autotune/space.js";
import { collectWorkloads, type Workload, workloadKey } from "../autotune/workload.js";
import { hostInfo } from "../backends/llvm/libllvm/open.js";
import type { Context } from "../context.js";
import type { BlobId } from "../ir/blob/blob-store.js";
import type { Module } from "../ir/graph/module.js";
import type { Kernel } from "../ir/loop/stmt.js";
import { verifyKernel } from "../ir/loop/verify.js";
import type { IrContext } from "../ir/pass/context.js";
import { applySteps } from "../ir/schedule/apply.js";
import { scheduledName, scheduleKernel } from "../ir/schedule/defaults/schedule.js";
import { targetKey } from "../ir/target/resolve.js";
import { missingOnHost } from "../ir/target/target.js";
import { lowerFunc } from "../passes/memory/lower-func.js";
import type { LoweredFunc } from "../passes/memory/lowered.js";
import { fail, QcError } from "../support/diag.js";
import { isFile } from "../support/fs.js";
import { shortHash } from "../support/hash.js";
import { onInterrupt } from "../support/interrupt.js";
import type { Toolchain } from "./toolchain.js";
import { timeInContext } from "./tune-context.js";
import { createProcessMeasurer } from "./tune-process.js";

/** A schedule search, LEIP's `category:graph`. */
export interface SearchRequest {
  /** Candidates to measure; 0 uses what an earlier search found. */
  readonly iterations: number;
  readonly seed?: number;
  readonly strategy?: StrategyName;
  /** Ends the search after so many seconds. */
  readonly limitSeconds?: number;
  readonly onProgress?: (p: TuneProgress) => void;
  /** Called where the process is interrupted while it searches; everything measured is in the log already. */
  readonly onInterrupt?: (log: string) => void;
}

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
  readonly search: TuneSummary | null;
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
  toolchain: { qc: tools.producer.replace(/^qc /, ""), llvm: tools.llvm.version },
});

/** A workload of a module and the constants that its first launch reads. */
interface Placed {
  readonly workload: Workload;
  readonly consts: Readonly<Record<string, BlobId>>;
}

/** The unscheduled kernel of every launch, in order. */
function launchedKernels(m: Module, ctx: IrContext): readonly LoweredFunc[] {
  const calls = m.funcs[0].body.filter((n) => n.op === "call");
  return calls.flatMap((n) => {
    const callee = m.funcs.find((f) => f.name === n.attrs.callee);
    return callee ? [lowerFunc(callee, m, ctx, (k) => k)] : [];
  });
}

/** The workloads of a fused module. */
export function placedWorkloads(m: Module, ctx: IrContext, target: string): readonly Placed[] {
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
  const baselines = new Map(placed.map(({ workload: w }) => [w.key, createSpace(w.kernel, tools.target).standard.key]));
  const search = request.iterations > 0 ? await searchModule(placed, ctx, tools, environment, log, request) : null;
  if (search) await confirm(m, placed, ctx, tools, environment, log, baselines, search);
  const content = readLog(log);
  const usable = usableRecords(content.records, environment);
  const best = replayable(bestSchedules(usable.records, { baselines }), placed, tools, ctx);
  reportUnused(usable, content.unreadable, log, ctx);
  const used = placed.flatMap(({ workload }) => {
    const b = best.get(workload.key)?.best;
    return b ? [{ b, workload }] : [];
  });
  return {
    schedule: (k) => best.get(workloadKey(k, environment.target))?.scheduled(k) ?? scheduleKernel(k, tools.target).kernel,
    report: {
      log,
      workloads: placed.length,
      tuned: used.length,
      standardMs: used.reduce((sum, { b, workload }) => sum + workload.launches * b.baselineMs, 0),
      tunedMs: used.reduce((sum, { b, workload }) => sum + workload.launches * b.baselineMs * b.ratio, 0),
      refused: usable.refused,
      foreign: usable.foreign,
      unreadable: content.unreadable,
      search,
    },
  };
}

/** Says what of a log is left out, and why. */
function reportUnused(usable: Usable, unreadable: number, log: string, ctx: IrContext): void {
  for (const { why, count } of usable.refused) {
    const message = `${count} record${count === 1 ? "" : "s"} of '${log}' ${count === 1 ? "is" : "are"} not used: ${why}`;
    ctx.report({ severity: "warning", code: "QC-TUNE-005", message });
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

interface Replay {
  readonly best: Best;
  readonly scheduled: (k: Kernel) => Kernel;
}

/** Recorded schedules that still apply; a step that is not legal any more is reported, and the default stays. */
function replayable(
  found: ReadonlyMap<string, Best>,
  placed: readonly Placed[],
  tools: Toolchain,
  ctx: IrContext,
): ReadonlyMap<string, Replay> {
  const replays = new Map<string, Replay>();
  for (const { workload } of placed) {
    const best = found.get(workload.key);
    if (!best) continue;
    const scheduled = (k: Kernel): Kernel => ({ ...applySteps(k, best.steps), name: scheduledName(k, tools.target) });
    try {
      verifyKernel(scheduled(workload.kernel));
      replays.set(workload.key, { best, scheduled });
    } catch (e) {
      if (!(e instanceof QcError)) throw e;
      const message = `the recorded schedule of '${best.kernel}' does not apply any more, the default is used: ${e.message}`;
      ctx.report({ severity: "warning", code: "QC-TUNE-008", message });
    }
  }
  return replays;
}

/** Measures what the search found in the whole model, and records that: what is not faster there is not used. */
async function confirm(
  m: Module,
  placed: readonly Placed[],
  ctx: Context,
  tools: Toolchain,
  environment: Environment,
  logFile: string,
  baselines: ReadonlyMap<string, string>,
  { session, seed }: TuneSummary,
): Promise<void> {
  const { records } = usableRecords(readLog(logFile).records, environment);
  const found = bestSchedules(records, { baselines, forContext: true });
  const best = replayable(found, placed, tools, ctx);
  if (best.size === 0) return;
  const keyOf = (k: Kernel) => workloadKey(k, environment.target);
  const standard = (k: Kernel) => scheduleKernel(k, tools.target).kernel;
  const launchKeys = launchedKernels(m, ctx).map((l) => keyOf(l.kernel));
  const times = await timeInContext(m, ctx, tools, launchKeys, standard, (k) => best.get(keyOf(k))?.scheduled(k) ?? standard(k));
  const log = openLog(logFile);
  try {
    for (const { workload } of placed) {
      const b = best.get(workload.key)?.best;
      const t = times.get(workload.key);
      if (!b || !t) continue;
      const { steps, decisions, code } = b;
      const what = { workload: workload.key, kernel: workload.kernel.name, baseline: baselines.get(workload.key) ?? "" };
      const how = { session, seed, source: "context", decisions, steps, code, error: null, ...t };
      log.append({ v: 1, ...what, ...how, ...environment, time: new Date().toISOString() });
    }
  } finally {
    log.close();
  }
}

async function searchModule(
  placed: readonly Placed[],
  ctx: IrContext,
  tools: Toolchain,
  environment: Environment,
  logFile: string,
  request: SearchRequest,
): Promise<TuneSummary> {
  const missing = missingOnHost(tools.target, hostInfo(tools.llvm));
  if (missing.length > 0) {
    fail(
      "QC-TUNE-002",
      `candidates for '${tools.targetText}' cannot be measured here: this machine lacks ${missing.join(", ")}`,
      {
        help: "search on such a machine, copy its log to optimization_artifacts/, and compile with category:graph,iterations:0",
      },
    );
  }
  const seed = request.seed ?? 0;
  const { records } = readLogIfAny(logFile);
  const folder = mkdtempSync(join(tmpdir(), "qc-tune-"));
  const byKey = new Map(placed.map((p) => [p.workload.key, p]));
  const constFile = (blob: BlobId): string => {
    const file = join(folder, shortHash(blob, 24));
    if (!isFile(file)) writeFileSync(file, ctx.blobs.get(blob));
    return file;
  };
  const measurer = createProcessMeasurer((key, standard) => {
    const { workload, consts } = byKey.get(key) ?? fail("QC-TUNE-009", `there is no workload '${key}'`);
    const files = Object.fromEntries(Object.entries(consts).map(([buffer, blob]) => [buffer, constFile(blob)]));
    return { k: "open", key, kernel: workload.kernel, standard, consts: files, seed, target: tools.target };
  });
  const log = openLog(logFile);
  const cleanUp = (): void => {
    measurer.close();
    log.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const release = onInterrupt(() => {
    cleanUp();
    request.onInterrupt?.(logFile);
  });
  const start = performance.now();
  const { limitSeconds } = request;
  try {
    return await tune({
      workloads: placed.map((p) => p.workload),
      machine: tools.target,
      environment,
      measurer,
      prior: usableRecords(records, environment).records,
      record: log.append,
      iterations: request.iterations,
      seed,
      strategy: request.strategy ?? "model",
      session: shortHash(`${process.pid} ${Date.now()}`, 10),
      onProgress: request.onProgress,
      isStopped: () => limitSeconds !== undefined && performance.now() - start > 1000 * limitSeconds,
    });
  } finally {
    release();
    cleanUp();
  }
}
