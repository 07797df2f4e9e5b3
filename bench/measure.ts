/** Latencies of several runs that take turns, so that a machine that slows down slows all of them. */

export type Run = () => unknown;

export interface Rounds {
  readonly least: number;
  /** Milliseconds that one sample should take at least: short runs are repeated within it. */
  readonly sampleMs: number;
}

const WARM_UP = 3;
const MOST_REPEATS = 1000;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

export const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);

/** Milliseconds a call, one list of samples a run: every round measures each run once, in rotating order. */
export async function interleaved(runs: readonly Run[], { least, sampleMs }: Rounds): Promise<readonly (readonly number[])[]> {
  const repeats: number[] = [];
  for (const run of runs) {
    for (let i = 0; i < WARM_UP; i++) await run();
    const start = performance.now();
    await run();
    repeats.push(Math.max(1, Math.min(MOST_REPEATS, Math.round(sampleMs / Math.max(1e-4, performance.now() - start)))));
  }
  const samples = runs.map((): number[] => []);
  for (let round = 0; round < least; round++) {
    for (let k = 0; k < runs.length; k++) {
      const i = (round + k) % runs.length;
      const start = performance.now();
      for (let n = 0; n < repeats[i]; n++) await runs[i]();
      samples[i].push((performance.now() - start) / repeats[i]);
    }
  }
  return samples;
}
