/** What a search found, measured in the whole model and written into its log. */
import { availableParallelism } from "node:os";
import type { Kernel } from "../../ir/loop/stmt.js";
import type { Scheduled } from "../../ir/schedule/session.js";
import type { Step } from "../../ir/schedule/step.js";
import { openLog } from "../../search/log.js";
import { launchedKernels, type Placed } from "../launches.js";
import type { TuneSummary } from "../progress.js";
import { type Best, usableRecords } from "../records/best.js";
import { readLog } from "../records/log.js";
import type { TuningRecord } from "../records/record.js";
import type { SearchRequest } from "../search-workloads.js";
import type { TuningSite } from "../site.js";
import type { Workload } from "../workload.js";
import { type ConfirmRequest, confirm, type Measured, type Whole } from "./confirm.js";
import { openModelBench } from "./model-bench.js";

/** Schedules of a module's workloads: the default ones, and how a recorded one is applied. */
export interface KnownSchedules extends Pick<ConfirmRequest, "baselines" | "keyOf" | "replay"> {
  readonly placed: readonly Placed[];
  readonly standard: (k: Kernel) => Scheduled;
}

type RecordedMeasurement = Omit<Measured, "best"> & {
  readonly best: Pick<Best, "workload" | "kernel" | "decisions" | "steps" | "code">;
};

/** That the default schedule of a workload is used. */
const asStandard = (w: Workload, steps: readonly Step[]): RecordedMeasurement => ({
  best: { workload: w.key, kernel: w.kernel.name, decisions: {}, steps, code: null },
  ...{ source: "whole", threads: 1, ms: [], baselineMs: [] },
});

/** Measures what a search found in the whole model, on one thread and on all processors unless `threads` says on how many it runs. */
export async function confirmSearch(
  site: TuningSite,
  search: TuneSummary,
  request: Pick<SearchRequest, "threads" | "onProgress">,
  how: KnownSchedules,
): Promise<Whole | null> {
  const { module, ctx, tools, environment } = site;
  const { records } = usableRecords(readLog(site.log).records, environment);
  const keys = new Map(launchedKernels(module, ctx).map((l) => [l.callee, how.keyOf(l.kernel)]));
  const bench = openModelBench(module, ctx, tools, keys);
  const log = openLog<TuningRecord>(site.log);
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
