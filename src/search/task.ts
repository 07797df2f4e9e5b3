import type { Objective, Values } from "./objective.js";
import type { Random } from "./random.js";
import type { Candidate, Space } from "./space.js";

export interface Measured<C extends Candidate = Candidate> {
  readonly candidate: C;
  readonly values: Values;
}

/** What a search has learnt about candidates that it did not measure. */
export interface Surrogate<C extends Candidate = Candidate> {
  /** Measurements that it learnt from. */
  readonly samples: number;
  /** Lower is better; null while nothing is expected. */
  predict(candidate: C): number | null;
}

/** One space while it is searched: all that a strategy may look at. */
export interface Task<C extends Candidate = Candidate> {
  readonly space: Space<C>;
  readonly random: Random;
  readonly objectives: readonly Objective[];
  /** Keys of all candidates that need not be tried again. */
  readonly seen: Set<string>;
  readonly measured: Measured<C>[];
  /** Candidates that go before those of the strategy. */
  readonly recalled: C[];
  readonly surrogate: Surrogate<C> | null;
  /** Good enough to be searched around; without it everything that did not fail is. */
  isPromising?(values: readonly number[]): boolean;
  trials: number;
  /** Batches in a row that brought nothing new. */
  stale: number;
  /** Why it is searched no more; null while it is. */
  ended: string | null;
}

export type TaskStart<C extends Candidate> = Pick<Task<C>, "space" | "random" | "objectives"> &
  Partial<Pick<Task<C>, "surrogate" | "isPromising">>;

export function createTask<C extends Candidate>(start: TaskStart<C>): Task<C> {
  return {
    surrogate: null,
    ...start,
    seen: new Set(),
    measured: [],
    recalled: [],
    trials: 0,
    stale: 0,
    ended: null,
  };
}

/** Notes what came of a candidate. */
export function noteMeasured<C extends Candidate>(task: Task<C>, m: Measured<C>): void {
  task.seen.add(m.candidate.key);
  task.measured.push(m);
}
