/** What people see of a schedule search: while it runs, and what came of it. */

import type { TaskProgress, TuneProgress } from "../../autotune/progress.js";
import type { SearchRequest } from "../../autotune/search-workloads.js";
import type { TuningReport } from "../../autotune/tune.js";
import type { Io } from "../options/command.js";

const ROWS = 12;
const REDRAW_MS = 200;
const CLEAR_DOWN = "\x1b[0J";

const ms = (x: number | null): string => (x === null ? "" : x >= 10 ? x.toFixed(1) : x.toFixed(4));
const clock = (seconds: number): string => {
  const s = Math.max(0, Math.round(seconds));
  return s >= 3600
    ? `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`
    : s >= 60
      ? `${Math.floor(s / 60)} min ${s % 60} s`
      : `${s} s`;
};
const percent = (x: number): string => `${(100 * x).toFixed(0)} %`;

/** Milliseconds of all measured workloads in one run of the model: by the defaults, and by the best so far. */
function totals(tasks: readonly TaskProgress[]): { standard: number; best: number } {
  const timed = tasks.filter((t) => t.baselineMs !== null);
  const sum = (f: (t: TaskProgress) => number) => timed.reduce((n, t) => n + t.launches * f(t), 0);
  return { standard: sum((t) => t.baselineMs ?? 0), best: sum((t) => t.bestMs ?? 0) };
}

function headline(p: TuneProgress, seconds: number): string {
  const { standard, best } = totals(p.tasks);
  const left = p.done > 0 ? `, ${clock((seconds / p.done) * (p.total - p.done))} left` : "";
  const gain = standard > 0 ? `; measured kernels ${ms(standard)} --> ${ms(best)} ms` : "";
  const rank = p.rankingAccuracy === null ? "" : `; cost model orders ${percent(p.rankingAccuracy)} of pairs`;
  switch (p.phase) {
    case "search":
      return `tune: ${p.done} of ${p.total} trials, ${clock(seconds)}${left}${gain}${rank}`;
    case "final":
      return `tune: measuring the best again ${p.current}${gain}`;
    case "model":
      return `tune: ${p.current}`;
    default:
      return p.phase satisfies never;
  }
}

function rows(tasks: readonly TaskProgress[], current: string): readonly string[] {
  const weight = (t: TaskProgress) => t.launches * (t.baselineMs ?? 0);
  const shown = [...tasks]
    .filter((t) => t.baselineMs !== null)
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, ROWS);
  return shown.map((t) => {
    const ratio = t.bestMs && t.baselineMs ? `${(t.baselineMs / t.bestMs).toFixed(2)} x` : "";
    const mark = t.kernel === current ? "*" : " ";
    const name = `${t.kernel} ${t.workload.slice(0, 6)}`.padEnd(44).slice(0, 44);
    const failed = t.failures ? `, ${t.failures} failed` : "";
    return `${mark} ${name} ${`${t.launches}`.padStart(3)} x ${ms(t.baselineMs).padStart(8)} --> ${ms(t.bestMs).padStart(8)} ms ${ratio.padStart(7)}  ${t.trials} trials${failed}`;
  });
}

/**
 * Shows a search: on a terminal a table that is redrawn, elsewhere a line for every tenth and for what is measured at the end; with --json the same as lines
 * of JSON.
 */
export function showProgress(io: Io, now: () => number = Date.now): (p: TuneProgress) => void {
  const start = now();
  let last = Number.NEGATIVE_INFINITY;
  let height = 0;
  let tenth = 0;
  return (p) => {
    const seconds = (now() - start) / 1000;
    const isEnd = p.phase === "final" && p.current === "";
    if (io.stderr.isTTY && !io.json) {
      const up = height > 0 ? `\x1b[${height}A` : "";
      if (isEnd) io.stderr.write(`\r${up}${CLEAR_DOWN}`);
      if (isEnd || now() - last < REDRAW_MS) return;
      last = now();
      const lines = [headline(p, seconds), ...rows(p.tasks, p.current)];
      io.stderr.write(`\r${up}${CLEAR_DOWN}${lines.join("\n")}\n`);
      height = lines.length;
      return;
    }
    const reached = Math.floor((10 * p.done) / Math.max(1, p.total));
    if (p.phase === "final" || (p.phase === "search" && reached <= tenth)) return;
    tenth = reached;
    io.note(io.json ? JSON.stringify(jsonProgress(p, seconds)) : headline(p, seconds));
  };
}

function jsonProgress(p: TuneProgress, seconds: number): unknown {
  const { standard, best } = totals(p.tasks);
  const { done, total, phase, current, rankingAccuracy } = p;
  const left = done > 0 ? (seconds / done) * (total - done) : null;
  const numbers = { done, total, seconds, secondsLeft: left, standardMs: standard, bestMs: best, rankingAccuracy };
  return { phase, current, ...numbers, workloads: p.tasks.filter((t) => t.baselineMs !== null) };
}

/** A search as the command line asks for it. */
export function searchRequest(iterations: number, io: Io, more: Partial<SearchRequest> = {}): SearchRequest {
  return {
    iterations,
    onProgress: showProgress(io),
    onInterrupt: (log) => io.note(`\ninterrupted: everything measured so far is in ${log}; the same command goes on from there`),
    ...more,
  };
}

/** Lines of a report about a search, or about the log of one. */
export function tuningLines(t: TuningReport): readonly string[] {
  const gain = t.tuned ? `: ${ms(t.standardMs)} --> ${ms(t.tunedMs)} ms in them` : "";
  const { search } = t;
  const failures = search?.tasks.reduce((n, x) => n + x.failures, 0) ?? 0;
  const unused = t.stale + t.refused.reduce((n, r) => n + r.count, 0);
  const rank =
    search?.rankingAccuracy == null ? "" : `; the cost model ordered ${percent(search.rankingAccuracy)} of pairs it had not seen`;
  return [
    `  tuned     ${t.tuned} of ${t.workloads} workloads are faster than their default schedules${gain}`,
    ...wholeLines(t),
    ...(search
      ? [
          `            ${search.done} trials (${search.strategy}, seed ${search.seed}), ${failures} failed, ${search.duplicates} were known code${rank}`,
        ]
      : []),
    ...failedLines(search?.tasks ?? []),
    `            log ${t.log}${unused ? `, ${unused} of its records not used` : ""}`,
  ];
}

/** The whole model at the end of a search: times on each number of threads, and what was decided. */
function wholeLines({ whole }: TuningReport): readonly string[] {
  if (!whole) return [];
  const times = whole.times.map(
    (w) => `            whole model, ${w.threads} thread${w.threads > 1 ? "s" : ""}: ${ms(w.standardMs)} --> ${ms(w.tunedMs)} ms`,
  );
  const { ratio, atMost } = whole.kernels;
  const bound = `${whole.ratio.toFixed(3)} of the default's time; the tuned kernels ${ratio.toFixed(3)}, at most ${atMost.toFixed(3)}`;
  return [...times, `            ${bound}${whole.isUsed ? "" : ": not clearly faster, not used"}`];
}

/** Workloads that cannot be searched because not even their default schedule runs: the first three, and how many more. */
function failedLines(tasks: readonly TaskProgress[]): readonly string[] {
  const failed = tasks.filter((t) => t.baselineMs === null && t.ended?.startsWith("its default schedule fails"));
  const lines = failed.slice(0, 3).map((t) => `            not searched: ${t.kernel}: ${t.ended}`);
  return failed.length > 3 ? [...lines, `            not searched: ${failed.length - 3} more`] : lines;
}
