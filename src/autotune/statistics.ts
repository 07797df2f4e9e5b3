export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = sorted.length >> 1;
  return sorted.length % 2 ? sorted[at] : (sorted[at - 1] + sorted[at]) / 2;
}

/** Time of a candidate over that of the default schedule, both measured in turns: the median of the pairs. Below 1 it is faster. */
export function pairedRatio(ms: readonly number[], baselineMs: readonly number[]): number {
  const n = Math.min(ms.length, baselineMs.length);
  return n === 0 ? Number.POSITIVE_INFINITY : median(Array.from({ length: n }, (_, i) => ms[i] / baselineMs[i]));
}
