/**
 * A design space: something that is made by taking decisions, run with other decisions. Sites may depend on earlier decisions (the positions of a tile on
 * its vectors), so a point of the space is the trace of one run: every site it met, its options and what was taken.
 */
import { byDefault, type Choice, type Chooser, type Decisions } from "../support/choose.js";
import type { Random } from "./random.js";

export interface Site {
  readonly name: string;
  readonly options: readonly Choice[];
  readonly taken: Choice;
}

/** A point of a space. */
export interface Candidate {
  readonly decisions: Decisions;
  readonly sites: readonly Site[];
  /** Candidates of equal keys are the same thing, whatever was decided. */
  readonly key: string;
}

export interface Space<C extends Candidate = Candidate> {
  /** The candidate that a chooser leads to. */
  derive(choose: Chooser): C;
  /** The candidate of all fallbacks. */
  readonly standard: C;
}

/** What a run of `make` makes, with the decisions that led to it. A site with one option is no decision. */
export function createSpace<Made extends { readonly key: string }>(make: (choose: Chooser) => Made): Space<Made & Candidate> {
  const derive = (choose: Chooser): Made & Candidate => {
    const sites: Site[] = [];
    const recording: Chooser = (name, options, fallback) => {
      const taken = options.length > 1 ? choose(name, options, fallback) : fallback;
      if (options.length > 1) sites.push({ name, options, taken });
      return taken;
    };
    const made = make(recording);
    return { ...made, decisions: Object.fromEntries(sites.map((s) => [s.name, s.taken])), sites };
  };
  return { derive, standard: derive(byDefault) };
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
export function* enumerate<C extends Candidate>(space: Space<C>): Generator<C, void> {
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
