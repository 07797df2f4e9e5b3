import type { Candidate } from "./space.js";
import type { Task } from "./task.js";

/** A candidate, and where it came from: the name of a strategy, `random`, `recalled`. */
export interface Proposal<C extends Candidate = Candidate> {
  readonly candidate: C;
  readonly source: string;
}

/** A way to choose what to measure next. Given equal tasks it chooses the same. */
export interface Strategy {
  /** At most `count` candidates that the task has not seen; none: the space is used up, as far as can be told. */
  propose<C extends Candidate>(task: Task<C>, count: number): readonly Proposal<C>[];
}

/** A strategy by its name. `start` makes one for a search: it may keep what it learns there. */
export interface StrategyMaker {
  readonly name: string;
  readonly doc: string;
  start(): Strategy;
}

/** Draws until `count` unseen candidates are found, giving up after `tries` in a row that were seen. */
export function drawUnseen<C extends Candidate>(
  task: Pick<Task<C>, "seen">,
  count: number,
  draw: () => C,
  taken: Set<string>,
  tries = 24,
): C[] {
  const found: C[] = [];
  for (let misses = 0; found.length < count && misses < tries; ) {
    const c = draw();
    if (task.seen.has(c.key) || taken.has(c.key)) {
      misses++;
      continue;
    }
    misses = 0;
    taken.add(c.key);
    found.push(c);
  }
  return found;
}
