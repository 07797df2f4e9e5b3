/** One run of the tuner: every workload a space, the measurements recorded at once. */
import { createRandom, deriveSeed } from "../search/random.js";
import { confirmBest, type Outcome, runSearch } from "../search/run.js";
import type { Proposal, StrategyMaker } from "../search/strategy.js";
import { createCostModel } from "./cost/model.js";
import type { Measurement, Measurer } from "./measure.js";
import { progressOf, type TuneProgress, type TuneSummary } from "./progress.js";
import { recall } from "./recall.js";
import type { Environment, TuningRecord } from "./records/record.js";
import { createScheduleSpace, type ScheduleCandidate, type ScheduleFor } from "./schedule-space.js";
import { nextTask } from "./share.js";
import { timeRatio } from "./statistics.js";
import { createWorkloadTask, learnFrom, type WorkloadTask } from "./task.js";
import type { Workload } from "./workload.js";

export interface TuneRequest {
  readonly workloads: readonly Workload[];
  readonly schedule: ScheduleFor;
  readonly environment: Environment;
  readonly measurer: Measurer;
  /** Records of earlier sessions in the same environment. */
  readonly prior: readonly TuningRecord[];
  /** Records of other versions of the compiler, for the same target: the best are measured again, first of all. */
  readonly older?: readonly TuningRecord[];
  /** Threads that the measurer runs kernels on. */
  readonly threads?: number;
  /** Called with each record as it is made: appends it to the log. */
  readonly record: (r: TuningRecord) => void;
  /** Candidates to measure; the defaults, and measuring the best again, do not count. */
  readonly iterations: number;
  readonly seed: number;
  readonly strategy: StrategyMaker;
  /** Names this session; equal for all its records. */
  readonly session: string;
  readonly now?: () => Date;
  readonly onProgress?: (p: TuneProgress) => void;
  /** True: stop after the batch in flight. */
  readonly isStopped?: () => boolean;
}

const BATCH = 8;
const ROUNDS = 10;
const FINAL_ROUNDS = 25;
const FINALISTS = 4;

const ratioOf = (m: Measurement): number | null => (m.error ? null : timeRatio(m.ms, m.baselineMs));

/**
 * Searches; when the trials, or all spaces, are used up, or when it is stopped, the best of each workload are measured again. Every measurement is recorded
 * at once.
 */
export async function tune(request: TuneRequest): Promise<TuneSummary> {
  const { workloads, measurer, iterations, seed, threads = 1, prior } = request;
  const model = createCostModel(seed);
  // the stream of a workload starts elsewhere when there are records: a second session does not draw the same again
  const streamOf = (w: Workload) => `${w.key} ${prior.filter((r) => r.workload === w.key).length}`;
  const tasks = workloads.map((w) =>
    createWorkloadTask(w, createScheduleSpace(w.kernel, request.schedule), createRandom(deriveSeed(seed, streamOf(w))), model),
  );
  for (const t of tasks) recall(t, prior, request.older ?? [], threads, model);
  model.train();

  const note = (task: WorkloadTask, source: string, c: ScheduleCandidate, m: Measurement) =>
    request.record(recordOf(request, task, source, c, m));
  const facts = () => ({ total: iterations, tasks: tasks.map(progressOf), rankingAccuracy: model.rankingAccuracy() });
  const show = (phase: TuneProgress["phase"], current: string) =>
    request.onProgress?.({ done: tasks.reduce((n, t) => n + t.trials, 0), phase, current, ...facts() });

  const { done, duplicates } = await runSearch<WorkloadTask, ScheduleCandidate>({
    tasks,
    strategy: request.strategy.start(),
    budget: { trials: iterations, isSpent: request.isStopped },
    batch: Math.max(1, Math.min(BATCH, Math.ceil(iterations / (2 * Math.max(1, tasks.length))))),
    next: nextTask,
    async open(task) {
      show("search", task.workload.kernel.name);
      return task.baselineMs !== null || openTask(task, measurer, note);
    },
    async measure(task, proposals) {
      const how = { rounds: ROUNDS, thorough: false, known: task.codes };
      const candidates = proposals.map((p) => p.candidate);
      const results = await measurer.measure(task.workload, candidates, how);
      return results.map((m, i) => outcomeOf(task, proposals[i], m));
    },
    learn: model.train,
  });
  for (const task of tasks) {
    if (task.trials === 0 && !wasCutShort(task, prior)) continue;
    if (task.baselineMs === null && !(await openTask(task, measurer, note))) continue;
    show("final", task.workload.kernel.name);
    await measureFinalists(task, measurer, note);
  }
  show("final", "");
  return { done, duplicates, ...facts(), strategy: request.strategy.name, seed, session: request.session };

  function outcomeOf(task: WorkloadTask, { candidate, source }: Proposal<ScheduleCandidate>, m: Measurement): Outcome {
    if (m.isDuplicate) return { values: null, isDuplicate: true };
    const ratio = ratioOf(m);
    note(task, source, candidate, m);
    learnFrom(task, { candidate, ratio, code: m.code }, model);
    task.history.push(task.bestRatio);
    return { values: ratio === null ? null : [ratio], isDuplicate: false };
  }
}

/** An earlier session tried schedules of this workload and ended before the best were measured again. */
const wasCutShort = ({ workload, space, measured }: WorkloadTask, prior: readonly TuningRecord[]): boolean =>
  measured.some((m) => m.values !== null && isFaster(m.values)) &&
  !prior.some((r) => r.source === "final" && r.workload === workload.key && r.baseline === space.standard.key);

const isFaster = ([ratio]: readonly number[]): boolean => ratio < 1;

type Note = (task: WorkloadTask, source: string, c: ScheduleCandidate, m: Measurement) => void;

/** Measures the default: candidate 0. False where it cannot be measured; then there is nothing to compare with. */
async function openTask(task: WorkloadTask, measurer: Measurer, note: Note): Promise<boolean> {
  const standard = await measurer.open(task.workload, task.space.standard);
  note(task, "default", task.space.standard, standard);
  if (standard.code) task.codes.add(standard.code);
  if (standard.error || standard.ms.length === 0) {
    task.ended = `its default schedule fails: ${standard.error?.message ?? "no samples"}`;
    return false;
  }
  task.baselineMs = Math.min(...standard.ms);
  return true;
}

/** Measures the fastest again, at length. */
async function measureFinalists(task: WorkloadTask, measurer: Measurer, note: Note): Promise<void> {
  const confirmed = await confirmBest(task, FINALISTS, isFaster, async (finalists) => {
    const how = { rounds: FINAL_ROUNDS, thorough: true, known: new Set<string>() };
    const results = await measurer.measure(task.workload, finalists, how);
    results.forEach((m, i) => {
      if (!m.isDuplicate) note(task, "final", finalists[i], m);
    });
    return results.map((m) => {
      const ratio = ratioOf(m);
      return ratio === null ? null : [ratio];
    });
  });
  task.bestRatio = Math.min(1, confirmed[0]?.values?.[0] ?? 1);
}

function recordOf(request: TuneRequest, task: WorkloadTask, source: string, c: ScheduleCandidate, m: Measurement): TuningRecord {
  const { environment, session, seed, threads = 1, now = () => new Date() } = request;
  return {
    v: 1,
    workload: task.workload.key,
    kernel: task.workload.kernel.name,
    session,
    seed,
    source,
    decisions: c.decisions,
    steps: c.steps,
    baseline: task.space.standard.key,
    target: environment.target,
    cpu: environment.cpu,
    toolchain: environment.toolchain,
    code: m.code,
    threads,
    ms: m.ms,
    baselineMs: m.baselineMs,
    error: m.error,
    time: now().toISOString(),
  };
}
