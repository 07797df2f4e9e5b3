import { breathe } from "../../support/interrupt.js";

/**
 * Milliseconds of one call of each run, round by round in rotating order until `isDone`: a machine that slows down slows all of them. A sample of run i is
 * the mean of `repeats[i]` calls, one unless given.
 */
export async function inTurns(
  runs: readonly (() => unknown)[],
  isDone: (rounds: number) => boolean,
  repeats: readonly number[] = runs.map(() => 1),
): Promise<readonly (readonly number[])[]> {
  const samples = runs.map((): number[] => []);
  for (let round = 0; !isDone(round); round++) {
    for (let k = 0; k < runs.length; k++) {
      const i = (round + k) % runs.length;
      const began = performance.now();
      for (let n = 0; n < repeats[i]; n++) await runs[i]();
      samples[i].push((performance.now() - began) / repeats[i]);
    }
    if (round % 64 === 63) await breathe();
  }
  return samples;
}
