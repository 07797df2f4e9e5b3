import { type Candidate, enumerate } from "../space.js";
import type { Proposal, Strategy } from "../strategy.js";
import type { Task } from "../task.js";

/** All points in order. A strategy of its own for each search, since it remembers where it is in every space. */
export function gridStrategy(): Strategy {
  const places = new WeakMap<object, Generator<Candidate, void>>();
  const placeIn = <C extends Candidate>(task: Task<C>): Generator<C, void> => {
    const known = places.get(task) as Generator<C, void> | undefined;
    const place = known ?? enumerate(task.space);
    places.set(task, place);
    return place;
  };
  return {
    propose<C extends Candidate>(task: Task<C>, count: number) {
      const points = placeIn(task);
      const found: Proposal<C>[] = [];
      const taken = new Set<string>();
      while (found.length < count) {
        const next = points.next();
        if (next.done) break;
        const candidate = next.value;
        if (task.seen.has(candidate.key) || taken.has(candidate.key)) continue;
        taken.add(candidate.key);
        found.push({ candidate, source: "grid" });
      }
      return found;
    },
  };
}
