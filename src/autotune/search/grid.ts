import { type Candidate, enumerate } from "../space.js";
import type { Strategy } from "./strategy.js";
import type { Task } from "./task.js";

/** All points in order. A strategy of its own for each search, since it remembers where it is in every space. */
export function gridStrategy(): Strategy {
  const places = new Map<Task, Generator<Candidate, void>>();
  return {
    propose(task, count) {
      const points = places.get(task) ?? enumerate(task.space);
      places.set(task, points);
      const found: { candidate: Candidate; source: string }[] = [];
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
