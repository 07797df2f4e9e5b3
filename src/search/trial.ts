/** The plain record of a search's log, for clients that need to say no more: a candidate by its decisions, and its values. */
import { type Decisions, following } from "../support/choose.js";
import { canonicalJson } from "../support/hash.js";
import type { Values } from "./objective.js";
import type { Candidate } from "./space.js";
import { noteMeasured, type Task } from "./task.js";

export interface Trial {
  readonly v: 1;
  /** Names the space: of what, by which rules. */
  readonly space: string;
  readonly source: string;
  readonly decisions: Decisions;
  /** By name of the objective, in its units; null where the candidate failed. */
  readonly values: Readonly<Record<string, number>> | null;
  /** Why it failed. */
  readonly error: string | null;
  /** ISO 8601, UTC. */
  readonly time: string;
}

const isObject = (x: unknown): x is Record<string, unknown> => x !== null && typeof x === "object" && !Array.isArray(x);

/** A value as a trial, or null where it is none. */
export function asTrial(x: unknown): Trial | null {
  if (!isObject(x) || x.v !== 1 || !["space", "source", "time"].every((k) => typeof x[k] === "string")) return null;
  const { decisions, values, error } = x;
  if (!isObject(decisions) || !Object.values(decisions).every((d) => ["number", "string", "boolean"].includes(typeof d)))
    return null;
  if (values !== null && !(isObject(values) && Object.values(values).every((n) => Number.isFinite(n)))) return null;
  if (error !== null && typeof error !== "string") return null;
  return x as unknown as Trial;
}

/**
 * Notes what earlier searches of the same space measured, so that a search goes on from there and measures nothing twice. Returns how many trials say
 * nothing any more: their decisions lead elsewhere today, or they lack an objective.
 */
export function resume<C extends Candidate>(task: Task<C>, trials: readonly Trial[], space: string): number {
  let foreign = 0;
  for (const trial of trials.filter((t) => t.space === space)) {
    const candidate = task.space.derive(following(trial.decisions));
    const values = valuesOf(trial, task);
    if (values === undefined || canonicalJson(candidate.decisions) !== canonicalJson(trial.decisions)) foreign++;
    else if (!task.seen.has(candidate.key)) noteMeasured(task, { candidate, values });
  }
  return foreign;
}

function valuesOf({ values }: Trial, task: Pick<Task, "objectives">): Values | undefined {
  if (values === null) return null;
  const own = task.objectives.map((o) => values[o.name]);
  return own.every((v) => v !== undefined) ? own : undefined;
}
