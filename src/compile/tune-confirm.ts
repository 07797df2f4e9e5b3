/**
 * The last measurement of a search, in the whole model. First the best schedules of every workload, each in turn with the default ones; then the winners
 * together, against the default ones again. What is not faster in both is not used, so the tuned model is not slower than the untuned one.
 */
import { type Best, contenders } from "../autotune/records/best.js";
import type { TuningRecord } from "../autotune/records/record.js";
import { geometricMean, timeRatio, typicalMs } from "../autotune/statistics.js";
import type { Kernel } from "../ir/loop/stmt.js";
import type { BuildTimes, ModelBench } from "./tune-context.js";

/** Schedules of each workload that are built into whole models: as many models are built and take turns, and the default one. */
const CONTENDERS = 4;
/** Least gain of a kernel on all numbers of threads together, and its largest loss on one: the noise of these measurements. */
const GAIN = 0.99;
const LOSS = 1.05;
/** Largest loss of the whole model on one number of threads, while all together gain. */
const WHOLE_LOSS = 1.01;

/** Milliseconds of the whole model with default schedules and with those that were found. */
export interface WholeTimes {
  readonly threads: number;
  readonly standardMs: number;
  readonly tunedMs: number;
}

export interface ConfirmRequest {
  readonly bench: ModelBench;
  /** Records of this environment, those of the search included. */
  readonly records: readonly TuningRecord[];
  /** Keys of the default's steps by workload. */
  readonly baselines: ReadonlyMap<string, string>;
  readonly keyOf: (k: Kernel) => string;
  readonly standard: (k: Kernel) => Kernel;
  /** A kernel with a recorded schedule; null where its steps are not legal any more. */
  readonly replay: (best: Best) => ((k: Kernel) => Kernel) | null;
  /** Numbers of threads that the model will run on. */
  readonly threads: readonly number[];
  /** Records a measurement of a schedule in the whole model. */
  readonly record: (
    best: Best,
    source: "context" | "whole" | "slower",
    threads: number,
    ms: readonly number[],
    baselineMs: readonly number[],
  ) => void;
  readonly onStep?: (what: string) => void;
}

interface Contender {
  readonly best: Best;
  readonly scheduled: (k: Kernel) => Kernel;
}

/** Ratios to the default build, one for each number of threads: fast enough on all together, and too slow on none. */
export const wins = (ratios: readonly number[]): boolean => geometricMean(ratios) < GAIN && ratios.every((r) => r <= LOSS);

export async function confirm(request: ConfirmRequest): Promise<readonly WholeTimes[]> {
  const { bench, threads, keyOf, standard, onStep } = request;
  const found = new Map<string, readonly Contender[]>();
  for (const [key, all] of contenders(request.records, request.baselines, CONTENDERS)) {
    const usable = all.flatMap((best): Contender[] => {
      const scheduled = request.replay(best);
      return scheduled ? [{ best, scheduled }] : [];
    });
    if (usable.length) found.set(key, usable);
  }
  if (found.size === 0) return [];
  const rounds = Math.max(...[...found.values()].map((c) => c.length));
  onStep?.(`building ${rounds + 1} models`);
  const base = await bench.add(standard);
  const builds: number[] = [];
  for (let i = 0; i < rounds; i++) builds.push(await bench.add((k) => found.get(keyOf(k))?.[i]?.scheduled(k) ?? standard(k)));

  onStep?.("measuring the best in the whole model");
  const ratios = new Map<Contender, number[]>();
  for (const t of threads) {
    const [untuned, ...tuned] = await bench.time([base, ...builds], t);
    for (const [key, all] of found) {
      all.forEach((c, i) => {
        const [ms, baselineMs] = [timesOf(tuned[i], key), timesOf(untuned, key)];
        if (ms.length === 0 || baselineMs.length === 0) return;
        request.record(c.best, "context", t, ms, baselineMs);
        ratios.set(c, [...(ratios.get(c) ?? []), timeRatio(ms, baselineMs)]);
      });
    }
  }
  const winners = new Map<string, Contender>();
  for (const [key, all] of found) {
    const faster = all.filter((c) => ratios.get(c)?.length === threads.length && wins(ratios.get(c) ?? []));
    const mean = (c: Contender): number => geometricMean(ratios.get(c) ?? []);
    if (faster.length)
      winners.set(
        key,
        faster.reduce((a, b) => (mean(b) < mean(a) ? b : a)),
      );
  }
  if (winners.size === 0) return [];

  onStep?.("measuring the winners together");
  const together = await bench.add((k) => winners.get(keyOf(k))?.scheduled(k) ?? standard(k));
  const runs: { readonly t: number; readonly untuned: BuildTimes; readonly tuned: BuildTimes }[] = [];
  for (const t of threads) {
    const [untuned, tuned] = await bench.time([base, together], t);
    runs.push({ t, untuned, tuned });
  }
  const totals = runs.map(({ tuned, untuned }) => timeRatio(tuned.total, untuned.total));
  const isFaster = geometricMean(totals) < 1 && totals.every((r) => r <= WHOLE_LOSS);
  for (const { t, untuned, tuned } of runs) {
    // a model that is slower as a whole is not saved by kernels that look faster in it
    for (const [key, { best }] of winners)
      request.record(best, isFaster ? "whole" : "slower", t, timesOf(tuned, key), timesOf(untuned, key));
  }
  return runs.map(({ t, untuned, tuned }) => ({
    threads: t,
    standardMs: typicalMs(untuned.total),
    tunedMs: typicalMs(tuned.total),
  }));
}

const timesOf = (b: BuildTimes, key: string): readonly number[] => b.launches.get(key) ?? [];
