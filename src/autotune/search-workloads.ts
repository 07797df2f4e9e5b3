/** One search for the workloads of a model: the measuring process, the log, the tuner between them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { measureOf, type Toolchain } from "../build/toolchain.js";
import type { Context } from "../context.js";
import type { BlobId } from "../ir/blob/blob-store.js";
import type { Buffer } from "../ir/loop/stmt.js";
import { schedulerFor } from "../ir/schedule/scheduler.js";
import { openLog } from "../search/log.js";
import type { StrategyMaker } from "../search/strategy.js";
import { fail } from "../support/diag.js";
import { isFile } from "../support/fs.js";
import { shortHash } from "../support/hash.js";
import { onInterrupt } from "../support/interrupt.js";
import { createRuleTable } from "../support/rule-table.js";
import { openTempFolder } from "../support/temp-folder.js";
import type { Placed } from "./launches.js";
import type { Measurer } from "./measure.js";
import type { TuneProgress, TuneSummary } from "./progress.js";
import { usableRecords, whyNot } from "./records/best.js";
import { readLogIfAny } from "./records/log.js";
import type { TuningRecord } from "./records/record.js";
import { tune } from "./session.js";
import type { TuningSite } from "./site.js";
import { bytesOf } from "./worker/operands.js";
import { createProcessMeasurer } from "./worker/process.js";
import type { OpenMessage } from "./worker/protocol.js";

/** A schedule search, LEIP's `category:graph`. */
export interface SearchRequest {
  /** Candidates to measure; 0 uses what an earlier search found. */
  readonly iterations: number;
  readonly seed?: number;
  /** Name of a strategy of the context; `model` unless given. */
  readonly strategy?: string;
  /**
   * Threads that kernels are measured on, and how they share the work is searched too. Unless given, one; then what wins must not be slower on all processors
   * either.
   */
  readonly threads?: number;
  /** Ends the search after so many seconds. */
  readonly limitSeconds?: number;
  readonly onProgress?: (p: TuneProgress) => void;
  /** Called where the process is interrupted while it searches; everything measured is in the log already. */
  readonly onInterrupt?: (log: string) => void;
}

/** Copies of a kernel's constants, or results, take no more than this together: enough to be found in no cache. */
const MOST_FOOTPRINT = 48 * 1024 * 1024;

/**
 * What of a network goes by before a kernel is launched again: its constants, twice, for third-level caches keep less than they hold (21 MB of a network came
 * from a cache of 32 MB at half its speed); and the arena, about the largest kernel's operands.
 */
function footprintOf(placed: readonly Placed[], ctx: Context): OpenMessage["footprint"] {
  const blobs = new Set(placed.flatMap((p) => Object.values(p.consts)));
  const constants = [...blobs].reduce((n, b) => n + ctx.blobs.get(b).byteLength, 0);
  const isActivation = (b: Buffer): boolean => b.role === "in" || b.role === "out";
  const operands = placed.map(({ workload }) => workload.kernel.buffers.filter(isActivation).reduce((n, b) => n + bytesOf(b), 0));
  return { constants: Math.min(MOST_FOOTPRINT, 2 * constants), arena: Math.min(MOST_FOOTPRINT, Math.max(0, ...operands)) };
}

const DEFAULT_STRATEGY = "model";

/** QC-TUNE-016 the target's backend has no schedules, 002 the target does not run on this machine. */
function requireMeasurable(tools: Toolchain): void {
  measureOf(tools);
  const missing = tools.engine.missingHere();
  if (missing.length === 0) return;
  fail("QC-TUNE-002", `candidates for '${tools.targetText}' cannot be measured here: this machine lacks ${missing.join(", ")}`, {
    help: "search on such a machine, copy its log to optimization_artifacts/, and compile with category:graph,iterations:0",
  });
}

/** QC-TUNE-012 where there is none of that name. */
function strategyNamed(name: string, ctx: Context): StrategyMaker {
  const strategies = createRuleTable<StrategyMaker>({ what: "search strategy", missingCode: "QC-TUNE-012" });
  for (const [key, strategy] of ctx.strategies) strategies.add(key, strategy, "qc");
  return strategies.require(name);
}

/** A process that measures candidates of these workloads, their constants in files of `folder`. */
function measurerOf(
  placed: readonly Placed[],
  how: Omit<OpenMessage, "k" | "key" | "kernel" | "standard" | "consts">,
  ctx: Context,
  folder: string,
): Measurer {
  const byKey = new Map(placed.map((p) => [p.workload.key, p]));
  const constFile = (blob: BlobId): string => {
    const file = join(folder, shortHash(blob, 24));
    if (!isFile(file)) writeFileSync(file, ctx.blobs.get(blob));
    return file;
  };
  return createProcessMeasurer((key, standard) => {
    const { workload, consts } = byKey.get(key) ?? fail("QC-TUNE-009", `there is no workload '${key}'`);
    const files = Object.fromEntries(Object.entries(consts).map(([buffer, blob]) => [buffer, constFile(blob)]));
    return { k: "open", key, kernel: workload.kernel, standard, consts: files, ...how };
  });
}

/** Errors: QC-TUNE-016 the target's backend has no schedules, 002 the target does not run on this machine, 004 no worker, 012 no such strategy. */
export async function searchWorkloads(
  placed: readonly Placed[],
  { ctx, tools, environment, log: logFile }: Omit<TuningSite, "module">,
  request: SearchRequest,
): Promise<TuneSummary> {
  requireMeasurable(tools);
  const { seed = 0, threads = 1, limitSeconds } = request;
  const strategy = strategyNamed(request.strategy ?? DEFAULT_STRATEGY, ctx);
  const scheduler = schedulerFor(ctx.schedulers, tools.target);
  const searched = { ...tools.target, threads };
  const { records } = readLogIfAny(logFile);
  const folder = openTempFolder("tune");
  const measured = { seed, threads, footprint: footprintOf(placed, ctx), target: tools.target };
  const measurer = measurerOf(placed, measured, ctx, folder.path);
  const log = openLog<TuningRecord>(logFile);
  const cleanUp = (): void => {
    measurer.close();
    log.close();
    folder.remove();
  };
  const release = onInterrupt(() => {
    cleanUp();
    request.onInterrupt?.(logFile);
  });
  const start = performance.now();
  try {
    return await tune({
      workloads: placed.map((p) => p.workload),
      schedule: (kernel, choose) => scheduler.schedule(kernel, searched, choose),
      environment,
      measurer,
      prior: usableRecords(records, environment).records,
      older: records.filter((r) => r.target === environment.target && whyNot(r, environment) !== null),
      threads,
      record: log.append,
      iterations: request.iterations,
      seed,
      strategy,
      session: shortHash(`${process.pid} ${Date.now()}`, 10),
      onProgress: request.onProgress,
      isStopped: () => limitSeconds !== undefined && performance.now() - start > 1000 * limitSeconds,
    });
  } finally {
    release();
    cleanUp();
  }
}
