/** The learned cost model: what share of the default schedule's time a candidate of any workload takes, by its features and the default's. */
import { createRandom, deriveSeed } from "../../search/random.js";
import { type Forest, fitForest, predict } from "./trees.js";

export interface CostModel {
  /** One measured candidate; features of it and of its workload's default, and its time over the default's. */
  add(features: readonly number[], standard: readonly number[], ratio: number, workload: string): void;
  /** Learns from all that was added; nothing while there is too little. */
  train(): void;
  /** Expected logarithm of the ratio: lower is faster. Null before the first training. */
  predict(features: readonly number[], standard: readonly number[]): number | null;
  readonly samples: number;
  /** Share of pairs of candidates of one workload that the model put in order before it had seen them; null while there are none. */
  rankingAccuracy(): number | null;
}

const LEAST_SAMPLES = 12;
/** Ratios beyond these tell nothing more. */
const clamp = (ratio: number): number => Math.min(8, Math.max(1 / 8, ratio));
const rowOf = (f: readonly number[], standard: readonly number[]): number[] => [...f, ...f.map((x, i) => x - standard[i])];

interface Pending {
  readonly workload: string;
  readonly predicted: number;
  readonly target: number;
}

export function createCostModel(seed: number): CostModel {
  const rows: number[][] = [];
  const targets: number[] = [];
  let forest: Forest | null = null;
  let pending: Pending[] = [];
  let right = 0;
  let pairs = 0;
  const settle = (): void => {
    pending.forEach((a, i) => {
      for (const b of pending.slice(i + 1)) {
        if (a.workload !== b.workload || Math.abs(a.target - b.target) < 0.02) continue;
        pairs++;
        if (a.predicted < b.predicted === a.target < b.target && a.predicted !== b.predicted) right++;
      }
    });
    pending = [];
  };
  return {
    get samples() {
      return rows.length;
    },
    add(features, standard, ratio, workload) {
      const row = rowOf(features, standard);
      const target = Math.log(clamp(ratio));
      if (forest) pending.push({ workload, predicted: predict(forest, row), target });
      rows.push(row);
      targets.push(target);
    },
    train() {
      settle();
      if (rows.length >= LEAST_SAMPLES)
        forest = fitForest(rows, targets, createRandom(deriveSeed(seed, `forest ${rows.length}`)));
    },
    predict: (features, standard) => (forest ? predict(forest, rowOf(features, standard)) : null),
    rankingAccuracy: () => (pairs > 0 ? right / pairs : null),
  };
}
