/** A space of recipes for a network of four layers that exists on paper only: what a layer is quantized to, and how its range is found. */
import type { Objective } from "../../src/search/objective.js";
import { createSpace } from "../../src/search/space.js";
import type { Chooser } from "../../src/support/choose.js";
import { canonicalJson } from "../../src/support/hash.js";

const LAYERS = ["conv1", "conv2", "dense"] as const;
const BITS = { float: 32, int8: 8, int4: 4 } as const;
const NOISE = { minmax: 4, percentile: 3, mse: 1 } as const;

export interface Recipe {
  readonly key: string;
  /** Of the simulated network, in decibels. */
  readonly snr: number;
  readonly bytes: number;
}

const keysOf = <T extends object>(of: T): readonly (keyof T & string)[] => Object.keys(of) as (keyof T & string)[];

/** A layer that stays float has no calibrator to choose: its site vanishes. */
function recipe(choose: Chooser): Recipe {
  const layers = LAYERS.map((layer, i) => {
    const dtype = choose(`${layer}.dtype`, keysOf(BITS), "float");
    const calibrator = dtype === "float" ? null : choose(`${layer}.calibrator`, keysOf(NOISE), "minmax");
    const noise = calibrator === null ? 0 : (NOISE[calibrator] * (i + 1)) / (BITS[dtype] / 4);
    return { layer, dtype, calibrator, noise, bytes: (100 * (i + 1) * BITS[dtype]) / 8 };
  });
  const sum = (of: "noise" | "bytes") => layers.reduce((n, l) => n + l[of], 0);
  return {
    key: canonicalJson(layers.map(({ layer, dtype, calibrator }) => [layer, dtype, calibrator])),
    snr: 60 - sum("noise"),
    bytes: sum("bytes"),
  };
}

export const recipes = () => createSpace(recipe);
/** 1 + 2 dtypes by 3 calibrators, for each layer. */
export const RECIPES = 7 ** LAYERS.length;
export const SNR: Objective = { name: "snr", goal: "greatest", isExact: true };
export const BYTES: Objective = { name: "bytes", goal: "least", isExact: true };
