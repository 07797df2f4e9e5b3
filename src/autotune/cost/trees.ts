/**
 * Gradient-boosted regression trees for the squared error, with histograms. Friedman 2001, algorithm 3; the histogram split of LightGBM (Ke et al.
 * 2017): features are cut into at most 32 quantile bins once, a split of a node is a scan over bins.
 */
import type { Random } from "../../search/random.js";

export interface TreeOptions {
  readonly trees: number;
  readonly depth: number;
  /** Shrinkage of each tree's contribution. */
  readonly rate: number;
  /** Rows that a leaf holds at least. */
  readonly leaf: number;
  /** Share of the rows that each tree sees. */
  readonly subsample: number;
}

export const TREE_OPTIONS: TreeOptions = { trees: 80, depth: 5, rate: 0.12, leaf: 3, subsample: 0.8 };

type Tree =
  | { readonly k: "leaf"; readonly value: number }
  | { readonly k: "split"; readonly feature: number; readonly at: number; readonly below: Tree; readonly above: Tree };

export interface Forest {
  readonly base: number;
  readonly rate: number;
  readonly trees: readonly Tree[];
}

const BINS = 32;

/** Upper edges of the bins of a feature: midpoints between different neighbouring values, thinned to quantiles. */
function edgesOf(values: readonly number[]): readonly number[] {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  const cuts = distinct.slice(1).map((v, i) => (v + distinct[i]) / 2);
  if (cuts.length < BINS) return cuts;
  return Array.from({ length: BINS - 1 }, (_, i) => cuts[Math.floor(((i + 1) * cuts.length) / BINS)]);
}

function binOf(edges: readonly number[], v: number): number {
  let lo = 0;
  let hi = edges.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (v <= edges[mid]) hi = mid;
    else lo = mid + 1;
  }
  return lo;
}

interface Data {
  readonly edges: readonly (readonly number[])[];
  /** By feature, then row. */
  readonly bins: readonly Uint8Array[];
}

/** Gain of a split: the squared sums of both sides over their sizes, less that of the whole. */
function bestSplit(
  d: Data,
  rows: readonly number[],
  residual: Float64Array,
  leaf: number,
): { feature: number; bin: number } | null {
  const total = rows.reduce((s, r) => s + residual[r], 0);
  let best: { feature: number; bin: number } | null = null;
  let bestGain = (total * total) / rows.length + 1e-9;
  const sums = new Float64Array(BINS);
  const counts = new Int32Array(BINS);
  d.edges.forEach((edges, feature) => {
    if (edges.length === 0) return;
    sums.fill(0);
    counts.fill(0);
    const bins = d.bins[feature];
    for (const r of rows) {
      sums[bins[r]] += residual[r];
      counts[bins[r]]++;
    }
    let sum = 0;
    let count = 0;
    for (let bin = 0; bin < edges.length; bin++) {
      sum += sums[bin];
      count += counts[bin];
      if (count < leaf || rows.length - count < leaf) continue;
      const gain = (sum * sum) / count + ((total - sum) * (total - sum)) / (rows.length - count);
      if (gain > bestGain) [best, bestGain] = [{ feature, bin }, gain];
    }
  });
  return best;
}

function grow(d: Data, rows: readonly number[], residual: Float64Array, depth: number, o: TreeOptions): Tree {
  const split = depth > 0 && rows.length >= 2 * o.leaf ? bestSplit(d, rows, residual, o.leaf) : null;
  if (!split) return { k: "leaf", value: rows.reduce((s, r) => s + residual[r], 0) / Math.max(1, rows.length) };
  const bins = d.bins[split.feature];
  return {
    k: "split",
    feature: split.feature,
    at: d.edges[split.feature][split.bin],
    below: grow(
      d,
      rows.filter((r) => bins[r] <= split.bin),
      residual,
      depth - 1,
      o,
    ),
    above: grow(
      d,
      rows.filter((r) => bins[r] > split.bin),
      residual,
      depth - 1,
      o,
    ),
  };
}

function leafValue(tree: Tree, x: readonly number[]): number {
  let t = tree;
  while (t.k === "split") t = x[t.feature] <= t.at ? t.below : t.above;
  return t.value;
}

/** Fits rows of features to targets; all rows have the same length. */
export function fitForest(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  random: Random,
  o = TREE_OPTIONS,
): Forest {
  const base = targets.reduce((s, y) => s + y, 0) / Math.max(1, targets.length);
  const width = rows[0]?.length ?? 0;
  const edges = Array.from({ length: width }, (_, f) => edgesOf(rows.map((r) => r[f])));
  const bins = edges.map((e, f) => Uint8Array.from(rows, (r) => binOf(e, r[f])));
  const residual = Float64Array.from(targets, (y) => y - base);
  const all = rows.map((_, i) => i);
  const trees: Tree[] = [];
  for (let n = 0; n < o.trees && rows.length >= 2 * o.leaf; n++) {
    const seen = o.subsample < 1 ? all.filter(() => random.next() < o.subsample) : all;
    const tree = grow({ edges, bins }, seen, residual, o.depth, o);
    trees.push(tree);
    for (const r of all) residual[r] -= o.rate * leafValue(tree, rows[r]);
  }
  return { base, rate: o.rate, trees };
}

export const predict = (f: Forest, x: readonly number[]): number =>
  f.trees.reduce((sum, t) => sum + f.rate * leafValue(t, x), f.base);
