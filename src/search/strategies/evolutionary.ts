/**
 * Evolution: the best candidates so far, and the standard one, have children: single choices drawn anew, or choices from two parents. Guided, more
 * children are made than measured, and what the search has learnt keeps the promising ones; a share epsilon is drawn at random whatever it expects.
 */
import { ranked } from "../objective.js";
import { type Candidate, crossing, drawing, mutating } from "../space.js";
import { drawUnseen, type Proposal, type Strategy } from "../strategy.js";
import type { Task } from "../task.js";

const PARENTS = 8;
const MUTATION = 0.15;
const CROSSOVER = 0.3;
const EPSILON = 0.15;
/** Children made for each one measured. */
const SURPLUS = 5;

function parentsOf<C extends Candidate>(task: Task<C>): readonly C[] {
  const promising = task.measured.filter((m) => m.values !== null && (task.isPromising?.(m.values) ?? true));
  const parents = ranked(promising, task.objectives)
    .slice(0, PARENTS)
    .map((m) => m.candidate);
  return parents.length < PARENTS ? [...parents, task.space.standard] : parents;
}

/** The better of two drawn: earlier parents are better. */
function select<C extends Candidate>(parents: readonly C[], task: Task<C>): C {
  return parents[Math.min(task.random.below(parents.length), task.random.below(parents.length))];
}

function childrenOf<C extends Candidate>(task: Task<C>, count: number, taken: Set<string>): C[] {
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

const drawn = <C extends Candidate>(task: Task<C>, count: number, taken: Set<string>): C[] =>
  drawUnseen(task, count, () => task.space.derive(drawing(task.random)), taken);

const ofSource = <C extends Candidate>(candidates: readonly C[], source: string): readonly Proposal<C>[] =>
  candidates.map((candidate) => ({ candidate, source }));

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
  propose(task, count) {
    const taken = new Set<string>();
    const wild = Array.from({ length: count }, () => task.random.next()).filter((x) => x < EPSILON).length;
    const pool = [...childrenOf(task, (SURPLUS - 1) * count, taken), ...drawn(task, count, taken)];
    const order = bestExpected(task, pool);
    const chosen = order.slice(0, count - wild);
    const others = task.random.shuffled(order.slice(count - wild)).slice(0, count - chosen.length);
    return [...ofSource(chosen, task.surrogate?.samples ? "model" : "evolutionary"), ...ofSource(others, "random")];
  },
};

/** Best first as the search expects; in random order while it expects nothing. */
function bestExpected<C extends Candidate>(task: Task<C>, pool: readonly C[]): readonly C[] {
  const scored = pool.map((c) => ({ c, score: task.surrogate?.predict(c) ?? null }));
  if (scored.some((s) => s.score === null)) return task.random.shuffled(pool);
  return scored.sort((a, b) => (a.score ?? 0) - (b.score ?? 0)).map((s) => s.c);
}
