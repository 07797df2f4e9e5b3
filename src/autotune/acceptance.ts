/**
 * When a schedule, and a model of tuned schedules, counts as faster. Effects of blocks, see paired.ts: a block is a model copied, loaded and warmed up anew,
 * for two copies of one and the same model differ as long as they lie where they lie in memory, however often they run.
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
/** Loss of the whole model under one condition from which on it counts, where it is noise with a probability of LOSS_RISK at most. */
const WHOLE_LOSS = 1.005;
const LOSS_RISK = 0.25;

/** Times of one program and of another that it took turns with. */
export type Pair = readonly [Blocks, Blocks];

/** A schedule or a model against the default one. */
export interface Verdict extends Estimate {
  readonly isFaster: boolean;
}

/** Also of the tuned kernels of the model, their launches added up. */
export interface ModelVerdict extends Verdict {
  readonly kernels: Estimate;
}

const eachOf = (pairs: readonly Pair[]): readonly (readonly number[])[] => pairs.map(([own, base]) => effectsOf(own, base));
const together = (pairs: readonly Pair[], risk: number): Estimate =>
  estimate(pairs.length ? meanEffects(eachOf(pairs)) : [], risk);

/** One schedule in the model: times of its launches and of the default's, by number of threads. */
export function judgeSchedule(pairs: readonly Pair[]): Verdict {
  const all = together(pairs, OWN_RISK);
  const isLoser = eachOf(pairs).some((effects) => estimate(effects, OWN_RISK).ratio > LARGEST_LOSS);
  return { ...all, isFaster: all.atMost < 1 && all.ratio <= LEAST_GAIN && !isLoser };
}

/**
 * A whole model: times of its runs and of the default's, by number of threads and by what ran before; and of the kernels that are scheduled otherwise, by
 * number of threads. That these are faster is certain but for RISK / ATTEMPTS; the rest of the model, which is the same code, only hides their gain. That they
 * cost the rest no more than they gain is the whole's best estimate, for all conditions together and for each.
 */
export function judgeModel(runs: readonly Pair[], tuned: readonly Pair[]): ModelVerdict {
  const risk = RISK / ATTEMPTS;
  const whole = together(runs, risk);
  const kernels = together(tuned, risk);
  const isLoser = eachOf(runs).some((effects) => {
    const one = estimate(effects, LOSS_RISK);
    return one.ratio > WHOLE_LOSS && one.atLeast > 1;
  });
  return { ...whole, kernels, isFaster: kernels.atMost < 1 && whole.ratio <= 1 && !isLoser };
}
