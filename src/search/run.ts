/** Searches spaces within a budget: propose, measure, note, until trials, time or spaces are used up. */
import { ranked, worse } from "./objective.js";
import type { Candidate } from "./space.js";
import type { Proposal, Strategy } from "./strategy.js";
import { type Measured, noteMeasured, type Task } from "./task.js";

/** Batches in a row that brought nothing new before a space counts as used up. */
const MOST_STALE = 3;

export interface Budget {
  /** Candidates to measure, together. */
  readonly trials: number;
  /** True: stop before the next batch. */
  readonly isSpent?: () => boolean;
}

/** What came of a proposal. */
export interface Outcome {
  readonly values: Measured["values"];
  /** It turned out to be what was measured before: nothing was, and no trial is used. */
  readonly isDuplicate: boolean;
}

/** A search of one or several spaces. Whatever was measured is known to the caller at once: `measure` and `open` write it down. */
export interface SearchRun<T extends Task<C>, C extends Candidate> {
  readonly tasks: readonly T[];
  readonly strategy: Strategy;
  readonly budget: Budget;
  /** Candidates that are measured together, at most. */
  readonly batch: number;
  /** Which of several tasks that have not ended gets the next batch; the first unless given. */
  next?(open: readonly T[]): T;
  /** Called before every batch of a task. False where there is nothing to measure: the task has ended. */
  open?(task: T): Promise<boolean>;
  /** Outcomes in the order of the proposals. */
  measure(task: T, proposals: readonly Proposal<C>[]): Promise<readonly Outcome[]>;
  /** Called after every batch: what was measured may teach something. */
  learn?(): void;
}

export interface SearchDone {
  /** Trials that were used. */
  readonly done: number;
  readonly duplicates: number;
}

export async function runSearch<T extends Task<C>, C extends Candidate>(run: SearchRun<T, C>): Promise<SearchDone> {
  const { budget, strategy } = run;
  let done = 0;
  let duplicates = 0;
  while (done < budget.trials && !budget.isSpent?.()) {
    const open = run.tasks.filter((t) => t.ended === null);
    if (open.length === 0) break;
    const task = run.next?.(open) ?? open[0];
    if (run.open && !(await run.open(task))) continue;
    const room = Math.min(run.batch, budget.trials - done);
    const recalled = task.recalled.splice(0, room).map((candidate) => ({ candidate, source: "recalled" }));
    const proposals = recalled.length ? recalled : strategy.propose<C>(task, room);
    if (proposals.length === 0) {
      task.ended = "every candidate of its space was tried";
      continue;
    }
    const outcomes = await run.measure(task, proposals);
    const fresh = noteAll(task, proposals, outcomes);
    done += fresh;
    duplicates += outcomes.length - fresh;
    run.learn?.();
  }
  return { done, duplicates };
}

/** Notes a batch; returns how many of it were new. */
function noteAll<C extends Candidate>(task: Task<C>, proposals: readonly Proposal<C>[], outcomes: readonly Outcome[]): number {
  let fresh = 0;
  outcomes.forEach(({ values, isDuplicate }, i) => {
    const { candidate } = proposals[i];
    task.seen.add(candidate.key);
    if (isDuplicate) return;
    fresh++;
    noteMeasured(task, { candidate, values });
  });
  task.trials += fresh;
  task.stale = fresh > 0 ? 0 : task.stale + 1;
  if (task.stale >= MOST_STALE) task.ended = "further candidates are the same as measured ones";
  return fresh;
}

/**
 * The best of a task, measured again where an objective has noise: the best of many are partly the luckiest, so each counts with the worse of both
 * measurements. `isContender`: worth it. Best first.
 */
export async function confirmBest<C extends Candidate>(
  task: Task<C>,
  count: number,
  isContender: (values: readonly number[]) => boolean,
  measure: (candidates: readonly C[]) => Promise<readonly Measured["values"][]>,
): Promise<readonly Measured<C>[]> {
  const { measured, objectives } = task;
  const contenders = measured.filter((m) => m.values !== null && isContender(m.values));
  const best = ranked(contenders, objectives).slice(0, count);
  if (best.length === 0 || objectives.every((o) => o.isExact)) return best;
  const again = await measure(best.map((m) => m.candidate));
  return ranked(
    best.map(({ candidate, values }, i) => {
      const second = again[i];
      return { candidate, values: second && worse(values, second, objectives) };
    }),
    objectives,
  );
}
