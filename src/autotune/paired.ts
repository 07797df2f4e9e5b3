/**
 * Two programs measured in turns, in blocks that are independent of each other. The effect of a block is the logarithm of the ratio of their times in it, of
 * each the lower quartile, for what other programs do only adds to a time. Bounds by Wilcoxon's signed ranks (Hollander and Wolfe, Nonparametric Statistical Methods, section 3.3): exact for every distribution of effects
 * that is symmetric, as it is where two programs are equally fast and take turns in both orders.
 */
import { quantile } from "../support/statistics.js";

/** Blocks of samples, milliseconds: those of block b of one program were taken in turns with those of block b of the other. */
export type Blocks = readonly (readonly number[])[];

/** Time of one program over that of the other. */
export interface Estimate {
  /** Hodges and Lehmann's: the median of the means of all pairs of effects. */
  readonly ratio: number;
  /** One-sided bounds: each is wrong with probability `risk` at most. Infinity and 0 where there are too few blocks to tell. */
  readonly atMost: number;
  readonly atLeast: number;
}

/** log(time / other's time), one a block; of blocks that both have. */
export function effectsOf(times: Blocks, others: Blocks): readonly number[] {
  return times
    .slice(0, others.length)
    .flatMap((block, b) =>
      block.length > 0 && others[b].length > 0 ? [Math.log(quantile(block, 0.25) / quantile(others[b], 0.25))] : [],
    );
}

/** Effects of several conditions together: the mean of each block's. */
export function meanEffects(conditions: readonly (readonly number[])[]): readonly number[] {
  const blocks = Math.min(...conditions.map((c) => c.length));
  return Array.from({ length: blocks }, (_, b) => conditions.reduce((sum, c) => sum + c[b], 0) / conditions.length);
}

export function estimate(effects: readonly number[], risk: number): Estimate {
  if (effects.length === 0) return { ratio: 1, atMost: Number.POSITIVE_INFINITY, atLeast: 0 };
  const means = effects.flatMap((a, i) => effects.slice(i).map((b) => (a + b) / 2)).sort((a, b) => a - b);
  const beyond = meansBeyond(effects.length, risk);
  return {
    ratio: Math.exp(quantile(means, 0.5)),
    atMost: beyond === null ? Number.POSITIVE_INFINITY : Math.exp(means[means.length - 1 - beyond]),
    atLeast: beyond === null ? 0 : Math.exp(means[beyond]),
  };
}

/**
 * The largest c with P(W <= c) <= risk, W the sum of the ranks of positive effects, which is how many means of pairs are positive; null where P(W = 0) is more.
 * The number of sets of ranks of each sum: by adding one rank after the other.
 */
export function meansBeyond(blocks: number, risk: number): number | null {
  const sums = new Array<number>(1 + (blocks * (blocks + 1)) / 2).fill(0);
  sums[0] = 1;
  for (let rank = 1; rank <= blocks; rank++) for (let s = sums.length - 1; s >= rank; s--) sums[s] += sums[s - rank];
  let c = -1;
  for (let below = 0; c + 1 < sums.length; c++) {
    below += sums[c + 1];
    if (below / 2 ** blocks > risk) break;
  }
  return c < 0 ? null : c;
}
