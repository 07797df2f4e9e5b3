/** Where a sketch may go more than one way. The site names are stable: decisions are kept by them. */
export type Choice = number | string | boolean;

/**
 * Decides one site of a sketch: one of `options`, which hold the fallback. The default schedule takes every fallback; a search tries the
 * others. Sites may depend on what was decided before them.
 */
export type Chooser = <T extends Choice>(site: string, options: readonly T[], fallback: T) => T;

/** The decisions of a schedule by site. */
export type Decisions = Readonly<Record<string, Choice>>;

export const byDefault: Chooser = (_site, _options, fallback) => fallback;

/** Follows decisions; where there is none, or it is no option here, the fallback. */
export function following(decisions: Decisions): Chooser {
  return (site, options, fallback) => options.find((o) => Object.hasOwn(decisions, site) && o === decisions[site]) ?? fallback;
}
