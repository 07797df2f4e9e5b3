import type { CostModel } from "../cost/model.js";
import type { Candidate } from "../space.js";
import type { Task } from "./task.js";

/** A way to choose what to measure next. Given equal tasks, models and random numbers it chooses the same. */
export interface Strategy {
  /** At most `count` candidates that the task has not seen, each with where it came from; none: the space is used up, as far as can be told. */
  propose(task: Task, count: number, model: CostModel): readonly { readonly candidate: Candidate; readonly source: string }[];
}

/** A strategy by its name. `start` makes one for a search: it may keep what it learns there. */
export interface StrategyMaker {
  readonly name: string;
  readonly doc: string;
  start(): Strategy;
}

/** Draws until `count` unseen candidates are found, giving up after `tries` in a row that were seen. */
export function drawUnseen(task: Task, count: number, draw: () => Candidate, taken: Set<string>, tries = 24): Candidate[] {
  const found: Candidate[] = [];
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
