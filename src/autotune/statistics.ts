import { quantile } from "../support/statistics.js";

/** Samples from which on a quartile is known better than the least. */
const MANY = 16;

/** What other programs do to a measurement only adds to it: of many samples the lower quartile, of few the least. */
export const typicalMs = (ms: readonly number[]): number => (ms.length >= MANY ? quantile(ms, 0.25) : Math.min(...ms));

/**
 * Time of a candidate over that of the default schedule, both measured in turns; below 1 it is faster. On a machine with six times more work than
 * processors, medians of 3 to 7 samples were off tenfold.
 */
export function timeRatio(ms: readonly number[], baselineMs: readonly number[]): number {
  return ms.length === 0 || baselineMs.length === 0 ? Number.POSITIVE_INFINITY : typicalMs(ms) / typicalMs(baselineMs);
}
