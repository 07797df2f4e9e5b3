/**
 * When a schedule, and a model of tuned schedules, counts as faster. Effects of blocks, see paired.ts: a block is a model copied, loaded and warmed up anew,
 * for two copies of one and the same model differ by 1 to 3 % as long as they lie where they lie in memory, however often they run.
 */
import { type Blocks, type Estimate, effectsOf, estimate, meanEffects } from "./paired.js";

/** Probability that a model is taken which is not faster, over all attempts of one search together. */
export const RISK = 0.01;
/** Combinations of schedules that are measured against the default model before it stays. */
export const ATTEMPTS = 3;
/** Blocks of a measurement that decides: enough for RISK / ATTEMPTS. Of one that chooses: by OWN_RISK. */
export const BLOCKS = 12;
export const CHOOSING_BLOCKS = 8;

/** Of one schedule in the model, before the whole decides: probability that its gain is noise, its least gain, its largest loss on one number of threads. */
const OWN_RISK = 0.1;
const LEAST_GAIN = 0.99;
const LARGEST_LOSS = 1.05;
/** Largest loss of the whole model under one condition, while all together gain: what the conditions' estimates are off by. */
const WHOLE_LOSS = 1.005;

/** A schedule or a model against the default one: the effects of every condition it was measured under. */
export interface Verdict extends Estimate {
  readonly isFaster: boolean;
}

function judged(conditions: readonly (readonly number[])[], risk: number, least: number, loss: number): Verdict {
  const together = estimate(conditions.length ? meanEffects(conditions) : [], risk);
  const isLoser = conditions.some((c) => c.length === 0 || estimate(c, risk).ratio > loss);
  return { ...together, isFaster: together.atMost < 1 && together.ratio <= least && !isLoser };
}

/** One schedule in the model: times of its launches and of the default's, by number of threads. */
export const judgeSchedule = (pairs: readonly (readonly [Blocks, Blocks])[]): Verdict =>
  judged(
    pairs.map(([own, base]) => effectsOf(own, base)),
    OWN_RISK,
    LEAST_GAIN,
    LARGEST_LOSS,
  );

/** A whole model: times of its runs and of the default's, by number of threads and by what ran before. Wrong with probability RISK / ATTEMPTS. */
export const judgeModel = (pairs: readonly (readonly [Blocks, Blocks])[]): Verdict =>
  judged(
    pairs.map(([own, base]) => effectsOf(own, base)),
    RISK / ATTEMPTS,
    1,
    WHOLE_LOSS,
  );
