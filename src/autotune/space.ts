/**
 * The design space of a workload: a scheduler's rules, run with other decisions at their choices. Sites may depend on earlier decisions
 * (the positions of a tile on its vectors), so a point of the space is the trace of one run: every site it met, its options and what was taken.
 */
import type { Kernel } from "../ir/loop/stmt.js";
import { byDefault, type Choice, type Chooser, type Decisions } from "../ir/schedule/choose.js";
import type { Scheduled } from "../ir/schedule/session.js";
import type { Step } from "../ir/schedule/step.js";
import type { Random } from "./random.js";
import { stepsKey } from "./records/steps-key.js";

export interface Site {
  readonly name: string;
  readonly options: readonly Choice[];
  readonly taken: Choice;
}

export interface Candidate {
  readonly decisions: Decisions;
  readonly sites: readonly Site[];
  readonly steps: readonly Step[];
  readonly kernel: Kernel;
  /** Of the steps: candidates of equal keys are the same schedule. */
  readonly key: string;
}

export interface Space {
  readonly workload: Kernel;
  /** The candidate that a chooser leads to. */
  derive(choose: Chooser): Candidate;
  /** The rules of the default schedule. */
  readonly standard: Candidate;
}

/** A kernel scheduled for one target, as a chooser decides: `Scheduler.schedule`. */
export type ScheduleFor = (kernel: Kernel, choose: Chooser) => Scheduled;

export function createSpace(kernel: Kernel, schedule: ScheduleFor): Space {
  const derive = (choose: Chooser): Candidate => {
    const sites: Site[] = [];
    const recording: Chooser = (name, options, fallback) => {
      const taken = options.length > 1 ? choose(name, options, fallback) : fallback;
      if (options.length > 1) sites.push({ name, options, taken });
      return taken;
    };
    const { kernel: scheduled, steps } = schedule(kernel, recording);
    const decisions = Object.fromEntries(sites.map((s) => [s.name, s.taken]));
    return { decisions, sites, steps, kernel: scheduled, key: stepsKey(steps) };
  };
  return { workload: kernel, derive, standard: derive(byDefault) };
}

/** Every site drawn at random. */
export const drawing =
  (random: Random): Chooser =>
  (_site, options) =>
    random.pick(options);

/** The decisions of a parent, each site drawn anew with probability `rate`; sites that the parent did not have take the fallback. */
export const mutating =
  (parent: Decisions, rate: number, random: Random): Chooser =>
  (site, options, fallback) => {
    if (random.next() < rate) return random.pick(options);
    return options.find((o) => o === parent[site]) ?? fallback;
  };

/** Each site from one of two parents. */
export const crossing =
  (a: Decisions, b: Decisions, random: Random): Chooser =>
  (site, options, fallback) => {
    const from = random.next() < 0.5 ? a : b;
    return options.find((o) => o === from[site]) ?? fallback;
  };

/** All points of a space one after the other, the last site turning fastest; sites that appear or vanish on the way are followed. */
export function* enumerate(space: Space): Generator<Candidate, void> {
  let prefix: readonly number[] = [];
  for (;;) {
    let at = 0;
    const candidate = space.derive((_site, options) => options[prefix[at++] ?? 0]);
    yield candidate;
    const taken = candidate.sites.map((s) => s.options.indexOf(s.taken));
    let last = taken.length - 1;
    while (last >= 0 && taken[last] === candidate.sites[last].options.length - 1) last--;
    if (last < 0) return;
    prefix = [...taken.slice(0, last), taken[last] + 1];
  }
}
