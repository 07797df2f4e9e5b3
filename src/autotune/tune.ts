/** The tuner beside the line: workloads of a fused module, a log, a search if one is asked for, and the schedules that come of it. */

import type { Toolchain } from "../build/toolchain.js";
import type { Context } from "../context.js";
import type { Module } from "../ir/graph/module.js";
import type { Kernel } from "../ir/loop/stmt.js";
import { schedulerFor } from "../ir/schedule/scheduler.js";
import { byDefault } from "../support/choose.js";
import { fail } from "../support/diag.js";
import { isFile } from "../support/fs.js";
import type { Whole } from "./confirm/confirm.js";
import { confirmSearch, type KnownSchedules } from "./confirm/confirm-search.js";
import { type Placed, placedWorkloads } from "./launches.js";
import type { TuneSummary } from "./progress.js";
import { type Best, bestSchedules, isStale, type Usable, usableRecords } from "./records/best.js";
import { readLog } from "./records/log.js";
import { stepsKey } from "./records/steps-key.js";
import { reportUnconfirmed, reportUnused } from "./records/unused.js";
import { replayOf } from "./replay.js";
import { type SearchRequest, searchWorkloads } from "./search-workloads.js";
import { environmentOf, type TuningSite } from "./site.js";
import { workloadKey } from "./workload.js";

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

/**
 * Schedules for a module by the log at `log`, after `iterations` more trials.
 * Errors: QC-TUNE-001 no trials and no log, 002 the target does not run on this machine, 003 the file is no log.
 */
export async function tuneModule(m: Module, ctx: Context, tools: Toolchain, log: string, request: SearchRequest): Promise<Tuned> {
  const environment = environmentOf(tools);
  const site: TuningSite = { module: m, ctx, tools, environment, log };
  const placed = placedWorkloads(m, ctx, environment.target);
  if (request.iterations === 0 && !isFile(log)) {
    fail("QC-TUNE-001", `there is no tuning log '${log}' to take schedules from`, {
      help: "search first: --optimization category:graph,iterations:1000; or leave category:graph out",
    });
  }
  const known = knownSchedules(placed, site);
  const search = request.iterations > 0 ? await searchWorkloads(placed, site, request) : null;
  const whole = search ? await confirmSearch(site, search, request, known) : null;
  const { best, ...unused } = recordedSchedules(known, site);
  const used = placed.flatMap(({ workload }) => {
    const b = best.get(workload.key)?.best;
    return b ? [{ b, workload }] : [];
  });
  return {
    schedule: (k) => best.get(known.keyOf(k))?.scheduled(k) ?? known.standard(k).kernel,
    report: {
      log,
      workloads: placed.length,
      tuned: used.length,
      standardMs: used.reduce((sum, { b, workload }) => sum + workload.launches * b.baselineMs, 0),
      tunedMs: used.reduce((sum, { b, workload }) => sum + workload.launches * b.baselineMs * b.ratio, 0),
      ...unused,
      search,
      whole,
    },
  };
}

function knownSchedules(placed: readonly Placed[], { ctx, tools, environment }: TuningSite): KnownSchedules {
  const scheduler = schedulerFor(ctx.schedulers, tools.target);
  const standard = (k: Kernel) => scheduler.schedule(k, tools.target, byDefault);
  const byKey = new Map(placed.map((p) => [p.workload.key, p.workload]));
  return {
    placed,
    standard,
    baselines: new Map(placed.map(({ workload: w }) => [w.key, stepsKey(standard(w.kernel).steps)])),
    keyOf: (k) => workloadKey(k, environment.target),
    replay: (best) => replayOf(best, byKey.get(best.workload), (k) => scheduler.nameOf(k, tools.target), ctx),
  };
}

interface Recorded extends Pick<TuningReport, "refused" | "foreign" | "unreadable" | "stale"> {
  /** By workload, where a recorded schedule is faster than the default one and still applies. */
  readonly best: ReadonlyMap<string, { readonly best: Best; readonly scheduled: (k: Kernel) => Kernel }>;
}

/** The schedules of the log that are used; says what of it is not. */
function recordedSchedules({ placed, baselines, replay }: KnownSchedules, { ctx, environment, log }: TuningSite): Recorded {
  const { records, unreadable } = readLog(log);
  const usable = usableRecords(records, environment);
  const stale = usable.records.filter((r) => isStale(r, baselines)).length;
  const found = bestSchedules(usable.records, { baselines });
  const best = new Map<string, { readonly best: Best; readonly scheduled: (k: Kernel) => Kernel }>();
  for (const { workload } of placed) {
    const b = found.get(workload.key);
    const scheduled = b && replay(b);
    if (b && scheduled) best.set(workload.key, { best: b, scheduled });
  }
  reportUnused(usable, unreadable, stale, log, ctx);
  reportUnconfirmed([...best.values()].filter((b) => !b.best.isConfirmed).length, log, ctx);
  return { best, refused: usable.refused, foreign: usable.foreign, unreadable, stale };
}
