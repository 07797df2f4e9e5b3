export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = sorted.length >> 1;
  return sorted.length % 2 ? sorted[at] : (sorted[at - 1] + sorted[at]) / 2;
}

/**
 * Time of a candidate over that of the default schedule, both measured in turns; below 1 it is faster. Of the least samples: what other programs do to a
 * measurement only adds to it (on a machine with six times more work than processors, medians of 3 to 7 samples were off tenfold).
 */
export function timeRatio(ms: readonly number[], baselineMs: readonly number[]): number {
  return ms.length === 0 || baselineMs.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...ms) / Math.min(...baselineMs);
}
