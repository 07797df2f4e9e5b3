/**
 * Evolution: the fastest schedules so far, and the default, have children: single choices drawn anew, or choices from two parents. Guided, more
 * children are made than measured, and the learned model keeps the promising ones; a share epsilon is drawn at random whatever the model thinks.
 */

import { featuresOf } from "../cost/features.js";
import type { CostModel } from "../cost/model.js";
import { type Candidate, crossing, drawing, mutating } from "../space.js";
import { drawUnseen, type Strategy } from "./strategy.js";
import type { Task } from "./task.js";

const PARENTS = 8;
const MUTATION = 0.15;
const CROSSOVER = 0.3;
const EPSILON = 0.15;
/** Children made for each one measured. */
const SURPLUS = 5;

function parentsOf(task: Task): readonly Candidate[] {
  const timed = task.measured.filter((m) => m.ratio !== null && m.ratio < 1.5);
  const best = [...timed].sort((a, b) => (a.ratio ?? 0) - (b.ratio ?? 0)).slice(0, PARENTS);
  const parents = best.map((m) => m.candidate);
  return parents.length < PARENTS ? [...parents, task.space.standard] : parents;
}

/** The better of two drawn: earlier parents are faster. */
function select(parents: readonly Candidate[], task: Task): Candidate {
  return parents[Math.min(task.random.below(parents.length), task.random.below(parents.length))];
}

function childrenOf(task: Task, count: number, taken: Set<string>): Candidate[] {
  const parents = parentsOf(task);
  return drawUnseen(
    task,
    count,
    () => {
      const a = select(parents, task);
      if (parents.length > 1 && task.random.next() < CROSSOVER)
        return task.space.derive(crossing(a.decisions, select(parents, task).decisions, task.random));
      const rate = Math.max(MUTATION, 1 / Math.max(1, a.sites.length));
      return task.space.derive(mutating(a.decisions, rate, task.random));
    },
    taken,
  );
}

const drawn = (task: Task, count: number, taken: Set<string>): Candidate[] =>
  drawUnseen(task, count, () => task.space.derive(drawing(task.random)), taken);

const ofSource = (candidates: readonly Candidate[], source: string) => candidates.map((candidate) => ({ candidate, source }));

export const evolutionaryStrategy: Strategy = {
  propose(task, count) {
    const taken = new Set<string>();
    const wild = Array.from({ length: count }, () => task.random.next()).filter((x) => x < EPSILON).length;
    const strangers = drawn(task, wild, taken);
    const children = childrenOf(task, count - strangers.length, taken);
    const rest = drawn(task, count - strangers.length - children.length, taken);
    return [...ofSource(children, "evolutionary"), ...ofSource([...strangers, ...rest], "random")];
  },
};

export const modelStrategy: Strategy = {
  propose(task, count, model) {
    const taken = new Set<string>();
    const wild = Array.from({ length: count }, () => task.random.next()).filter((x) => x < EPSILON).length;
    const pool = [...childrenOf(task, (SURPLUS - 1) * count, taken), ...drawn(task, count, taken)];
    const ranked = ranking(task, pool, model);
    const chosen = ranked.slice(0, count - wild);
    const others = task.random.shuffled(ranked.slice(count - wild)).slice(0, count - chosen.length);
    return [...ofSource(chosen, model.samples > 0 ? "model" : "evolutionary"), ...ofSource(others, "random")];
  },
};

/** Fastest first as the model expects; in random order while it expects nothing. */
function ranking(task: Task, pool: readonly Candidate[], model: CostModel): readonly Candidate[] {
  const scored = pool.map((c) => ({ c, score: model.predict(featuresOf(c.kernel), task.standardFeatures) }));
  if (scored.some((s) => s.score === null)) return task.random.shuffled(pool);
  return scored.sort((a, b) => (a.score ?? 0) - (b.score ?? 0)).map((s) => s.c);
}
