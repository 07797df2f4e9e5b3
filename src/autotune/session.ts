/** One run of the tuner: propose, measure, record, learn, until the trials are used up. */

import { createCostModel } from "./cost/model.js";
import type { Measurement, Measurer } from "./measure.js";
import { createRandom, deriveSeed } from "./random.js";
import { recall } from "./recall.js";
import type { Environment, TuningRecord } from "./records/record.js";
import { nextTask } from "./search/share.js";
import type { StrategyMaker } from "./search/strategy.js";
import { createTask, noteMeasured, type Task } from "./search/task.js";
import { type Candidate, createSpace, type ScheduleFor } from "./space.js";
import { timeRatio } from "./statistics.js";
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

export interface TaskProgress {
  readonly workload: string;
  readonly kernel: string;
  readonly launches: number;
  readonly trials: number;
  readonly failures: number;
  /** Milliseconds of the default and of the best, a launch; null before they are measured. */
  readonly baselineMs: number | null;
  readonly bestMs: number | null;
  readonly ended: string | null;
}

export interface TuneProgress {
  readonly done: number;
  readonly total: number;
  /** Searching; measuring the best of each workload again; measuring them in the whole model. */
  readonly phase: "search" | "final" | "model";
  /** The kernel in work, or what is done. */
  readonly current: string;
  readonly tasks: readonly TaskProgress[];
  /** Share of pairs that the cost model put in order unseen; null before it could. */
  readonly rankingAccuracy: number | null;
}

export interface TuneSummary extends Omit<TuneProgress, "phase" | "current"> {
  readonly strategy: string;
  readonly seed: number;
  readonly session: string;
  readonly duplicates: number;
}

const BATCH = 8;
const ROUNDS = 10;
const FINAL_ROUNDS = 25;
const FINALISTS = 4;
/** Batches in a row that brought nothing new before a space counts as used up. */
const MOST_STALE = 3;

const failuresOf = (t: Task): number => t.measured.filter((m) => m.ratio === null).length;

const progressOf = (t: Task): TaskProgress => ({
  workload: t.workload.key,
  kernel: t.workload.kernel.name,
  launches: t.workload.launches,
  trials: t.trials,
  failures: failuresOf(t),
  baselineMs: t.baselineMs,
  bestMs: t.baselineMs === null ? null : t.baselineMs * t.bestRatio,
  ended: t.ended,
});

/**
 * Searches; when the trials, or all spaces, are used up, or when it is stopped, the best of each workload are measured again. Every measurement is recorded
 * at once.
 */
export async function tune(request: TuneRequest): Promise<TuneSummary> {
  const { workloads, measurer, iterations, seed, threads = 1, onProgress } = request;
  const model = createCostModel(seed);
  const strategy = request.strategy.start();
  // the stream of a workload starts elsewhere when there are records: a second session does not draw the same again
  const streamOf = (w: Workload) => `${w.key} ${request.prior.filter((r) => r.workload === w.key).length}`;
  const tasks = workloads.map((w) =>
    createTask(w, createSpace(w.kernel, request.schedule), createRandom(deriveSeed(seed, streamOf(w)))),
  );
  for (const t of tasks) recall(t, request.prior, request.older ?? [], threads, model);
  model.train();

  const isStopped = () => request.isStopped?.() ?? false;
  const batch = Math.max(1, Math.min(BATCH, Math.ceil(iterations / (2 * Math.max(1, tasks.length)))));
  const stale = new Map<Task, number>();
  let done = 0;
  let duplicates = 0;
  const note = (task: Task, source: string, c: Candidate, m: Measurement) =>
    request.record(recordOf(request, task, source, c, m));
  const show = (phase: TuneProgress["phase"], current: string) =>
    onProgress?.({
      done,
      total: iterations,
      phase,
      current,
      tasks: tasks.map(progressOf),
      rankingAccuracy: model.rankingAccuracy(),
    });

  while (done < iterations && !isStopped()) {
    const task = nextTask(tasks);
    if (!task) break;
    show("search", task.workload.kernel.name);
    if (task.baselineMs === null && !(await openTask(task, measurer, note))) continue;
    const room = Math.min(batch, iterations - done);
    const again = task.recalled.splice(0, room).map((candidate) => ({ candidate, source: "recalled" }));
    const found = again.length ? again : strategy.propose(task, room, model);
    if (found.length === 0) {
      task.ended = "every schedule of its space was tried";
      continue;
    }
    const results = await measurer.measure(
      task.workload,
      found.map((f) => f.candidate),
      { rounds: ROUNDS, thorough: false, known: task.codes },
    );
    let fresh = 0;
    results.forEach((m, i) => {
      const { candidate, source } = found[i];
      task.seen.add(candidate.key);
      if (m.isDuplicate) {
        duplicates++;
        return;
      }
      fresh++;
      note(task, source, candidate, m);
      noteMeasured(task, { candidate, ratio: m.error ? null : timeRatio(m.ms, m.baselineMs), code: m.code }, model);
      task.trials++;
      task.history.push(task.bestRatio);
    });
    done += fresh;
    stale.set(task, fresh > 0 ? 0 : (stale.get(task) ?? 0) + 1);
    if ((stale.get(task) ?? 0) >= MOST_STALE) task.ended = "further schedules are the same code";
    model.train();
  }
  for (const task of tasks) {
    if (task.trials === 0 && !wasCutShort(task, request.prior)) continue;
    if (task.baselineMs === null && !(await openTask(task, measurer, note))) continue;
    show("final", task.workload.kernel.name);
    await measureFinalists(task, measurer, note);
  }
  show("final", "");
  return {
    done,
    total: iterations,
    tasks: tasks.map(progressOf),
    rankingAccuracy: model.rankingAccuracy(),
    strategy: request.strategy.name,
    seed,
    session: request.session,
    duplicates,
  };
}

/** An earlier session tried schedules of this workload and ended before the best were measured again. */
const wasCutShort = ({ workload, space, measured }: Task, prior: readonly TuningRecord[]): boolean =>
  measured.some((m) => m.ratio !== null && m.ratio < 1) &&
  !prior.some((r) => r.source === "final" && r.workload === workload.key && r.baseline === space.standard.key);

type Note = (task: Task, source: string, c: Candidate, m: Measurement) => void;

/** Measures the default: candidate 0. False where it cannot be measured; then there is nothing to compare with. */
async function openTask(task: Task, measurer: Measurer, note: Note): Promise<boolean> {
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

/** The fastest of many are partly the luckiest: they are measured again, at length, and count with the worse result. */
async function measureFinalists(task: Task, measurer: Measurer, note: Note): Promise<void> {
  const timed = task.measured.filter((m) => m.ratio !== null && m.ratio < 1).sort((a, b) => (a.ratio ?? 0) - (b.ratio ?? 0));
  const finalists = timed.slice(0, FINALISTS).map((m) => m.candidate);
  if (finalists.length === 0) return;
  const results = await measurer.measure(task.workload, finalists, { rounds: FINAL_ROUNDS, thorough: true, known: new Set() });
  results.forEach((m, i) => {
    if (!m.isDuplicate) note(task, "final", finalists[i], m);
  });
  const ratios = results.map((m, i) => (m.error ? 1 : Math.max(timeRatio(m.ms, m.baselineMs), timed[i].ratio ?? 1)));
  task.bestRatio = Math.min(1, ...ratios);
}

function recordOf(request: TuneRequest, task: Task, source: string, c: Candidate, m: Measurement): TuningRecord {
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
