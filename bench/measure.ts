/** Latencies of several runs that take turns, so that a machine that slows down slows all of them. */
import { inTurns } from "../src/evaluate/latency/in-turns.js";

export type Run = () => unknown;

export interface Rounds {
  readonly least: number;
  /** Milliseconds that one sample should take at least: short runs are repeated within it. */
  readonly sampleMs: number;
}

const WARM_UP = 3;
const MOST_REPEATS = 1000;

/** Milliseconds a call, one list of samples a run: every round measures each run once, in rotating order. */
export async function interleaved(runs: readonly Run[], { least, sampleMs }: Rounds): Promise<readonly (readonly number[])[]> {
  const repeats: number[] = [];
  for (const run of runs) {
    for (let i = 0; i < WARM_UP; i++) await run();
    const start = performance.now();
    await run();
    repeats.push(Math.max(1, Math.min(MOST_REPEATS, Math.round(sampleMs / Math.max(1e-4, performance.now() - start)))));
  }
  return inTurns(runs, (rounds) => rounds >= least, repeats);
}
