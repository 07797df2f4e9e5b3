/** What candidates are judged by, and which of several are better than which. */

export interface Objective {
  readonly name: string;
  readonly goal: "least" | "greatest";
  /** A second measurement gives the same number: a score, a size. Else it is a cost with noise: a time. */
  readonly isExact: boolean;
}

/** One number for each objective, in their order and units; null: the candidate failed. */
export type Values = readonly number[] | null;

/** By how much the first value is better; 0 or less where it is not. */
const lead = (o: Objective, a: number, b: number): number => (o.goal === "least" ? b - a : a - b);

/** Whether `a` is better in one objective and worse in none. */
export function dominates(a: readonly number[], b: readonly number[], objectives: readonly Objective[]): boolean {
  const leads = objectives.map((o, i) => lead(o, a[i], b[i]));
  return leads.every((l) => l >= 0) && leads.some((l) => l > 0);
}

/** The worse of two measurements of one candidate, objective by objective. */
export const worse = (a: readonly number[], b: readonly number[], objectives: readonly Objective[]): readonly number[] =>
  objectives.map((o, i) => (lead(o, a[i], b[i]) > 0 ? b[i] : a[i]));

interface Valued {
  readonly values: Values;
}
type Succeeded<T extends Valued> = T & { readonly values: readonly number[] };
const succeeded = <T extends Valued>(m: T): m is Succeeded<T> => m.values !== null;

/** Those that nothing dominates: of one objective the best, with all that equal it. */
export function paretoFront<T extends Valued>(of: readonly T[], objectives: readonly Objective[]): readonly Succeeded<T>[] {
  const valued = of.filter(succeeded);
  return valued.filter((m) => !valued.some((x) => dominates(x.values, m.values, objectives)));
}

/**
 * Best first, failures left out. Of several objectives: front after front, within a front the loneliest first, so that the ends of every objective and
 * what lies apart come before crowds. Deb et al. 2002, "A fast and elitist multiobjective genetic algorithm: NSGA-II", section III. Equals keep their order.
 */
export function ranked<T extends Valued>(of: readonly T[], objectives: readonly Objective[]): readonly Succeeded<T>[] {
  const valued = of.filter(succeeded);
  if (objectives.length === 1) return valued.sort((a, b) => -lead(objectives[0], a.values[0], b.values[0]));
  const order: Succeeded<T>[] = [];
  for (let left = valued; left.length > 0; ) {
    const front = paretoFront(left, objectives);
    order.push(...loneliestFirst(front, objectives));
    left = left.filter((m) => !front.includes(m));
  }
  return order;
}

/** By crowding distance: the sum over objectives of the gap between both neighbours, as a share of the front's range. */
function loneliestFirst<T extends { readonly values: readonly number[] }>(
  front: readonly T[],
  objectives: readonly Objective[],
): readonly T[] {
  const distance = new Map<T, number>(front.map((m) => [m, 0]));
  objectives.forEach((_, o) => {
    const sorted = [...front].sort((a, b) => a.values[o] - b.values[o]);
    const range = sorted[sorted.length - 1].values[o] - sorted[0].values[o];
    sorted.forEach((m, i) => {
      const isEnd = i === 0 || i === sorted.length - 1;
      const gap = isEnd ? Number.POSITIVE_INFINITY : range > 0 ? (sorted[i + 1].values[o] - sorted[i - 1].values[o]) / range : 0;
      distance.set(m, (distance.get(m) ?? 0) + gap);
    });
  });
  const of = (m: T): number => distance.get(m) ?? 0;
  return [...front].sort((a, b) => (of(a) === of(b) ? 0 : of(b) - of(a)));
}
