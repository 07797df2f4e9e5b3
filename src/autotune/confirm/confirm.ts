/**
 * The last measurement of a search, in the whole model. First the best schedules of every workload, each in turn with the default ones; then the winners
 * together, against the default ones again. Where they are not clearly faster the least certain are dropped, and at last all: what is recorded as used was
 * measured to be faster than the default model, together, or is the default.
 */

import type { Kernel } from "../../ir/loop/stmt.js";
import {
  ATTEMPTS,
  BLOCKS,
  CHOOSING_BLOCKS,
  judgeModel,
  judgeSchedule,
  type ModelVerdict,
  type Pair,
  type Verdict,
} from "../acceptance.js";
import type { Blocks } from "../paired.js";
import { type Best, contenders } from "../records/best.js";
import type { TuningRecord } from "../records/record.js";
import { stepsKey } from "../records/steps-key.js";
import { typicalMs } from "../statistics.js";
import type { BuildTimes, ModelBench } from "./model-bench.js";

/** Schedules of each workload that are built into whole models: as many models are built and take turns, and the default one. */
const CONTENDERS = 4;

/** The whole model with default schedules and with those that were found. */
export interface WholeTimes {
  readonly threads: number;
  readonly standardMs: number;
  readonly tunedMs: number;
}

/** How the model compares with the default one on all numbers of threads together. */
export interface Whole extends Pick<ModelVerdict, "ratio" | "atMost" | "kernels"> {
  readonly times: readonly WholeTimes[];
  /** The schedules measured are used; else what was used before is, or the default ones. */
  readonly isUsed: boolean;
}

/** Measurements of one schedule on one number of threads. */
export interface Measured {
  readonly best: Best;
  readonly source: "context" | "slower" | "whole";
  readonly threads: number;
  readonly ms: readonly number[];
  readonly baselineMs: readonly number[];
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
  /** Records measurements, all in one piece. */
  readonly record: (of: readonly Measured[]) => void;
  /** Records what is used from now on, all in one piece: these, and the default schedules of all other workloads. */
  readonly decide: (used: readonly Measured[]) => void;
  readonly onStep?: (what: string) => void;
}

interface Contender {
  readonly best: Best;
  readonly scheduled: (k: Kernel) => Kernel;
}

/** Schedules by workload; the default where there is none. */
type Combination = ReadonlyMap<string, Contender>;

interface Run {
  readonly threads: number;
  readonly builds: readonly BuildTimes[];
}

const launchesOf = (b: BuildTimes, key: string): Blocks => b.launches.get(key) ?? [];

export async function confirm(request: ConfirmRequest): Promise<Whole | null> {
  const { bench, onStep } = request;
  const { incumbents, entries, isNew } = enter(request);
  if (!isNew) return null;
  const models = Math.max(...[...entries.values()].map((c) => c.length));
  onStep?.(`building ${models + 1} models`);
  const schedule = (c: Combination) => (k: Kernel) => c.get(request.keyOf(k))?.scheduled(k) ?? request.standard(k);
  const base = await bench.add(request.standard);
  const builds: number[] = [];
  for (let i = 0; i < models; i++) {
    const each = [...entries].flatMap(([key, of]) => (of[i] ? [[key, of[i]] as const] : []));
    builds.push(await bench.add(schedule(new Map(each))));
  }
  onStep?.("measuring the best in the whole model");
  const certainty = await chooseIn(entries, [base, ...builds], request);

  const winners = winnersOf(entries, certainty);
  let combination: Combination = winners.size > 0 ? winners : new Map(incumbents);
  const before = incumbents.size > 0 ? await bench.add(schedule(incumbents)) : null;
  let last: Whole | null = null;
  for (let attempt = 0; attempt < ATTEMPTS && combination.size > 0; attempt++) {
    const isBefore = before !== null && sameSchedules(combination, incumbents);
    onStep?.(attempt === 0 ? "measuring the winners together" : `measuring ${combination.size} of the winners together`);
    const together = isBefore ? before : await bench.add(schedule(combination));
    const measured = [base, together, ...(before === null || isBefore ? [] : [before])];
    const runs = await timeAll(measured, BLOCKS, request);
    const { ratio, atMost, kernels, isFaster } = judge(runs, 1, 0, combination);
    const isUsed = isFaster && (measured.length < 3 || judge(runs, 1, 2, combination).ratio <= 1);
    last = { ratio, atMost, kernels, times: runs.map(timesOf), isUsed };
    if (isUsed) {
      request.decide(measuredIn(runs, combination, "whole"));
      return last;
    }
    request.record(measuredIn(runs, combination, "slower"));
    if (before !== null && judge(runs, 0, measured.length - 1, incumbents).atMost < 1) incumbents.clear();
    if (isBefore) break;
    combination = moreCertain(combination, certainty, runs);
  }
  // what was confirmed before stays unless the default model is clearly faster by now
  request.decide([...incumbents.values()].flatMap(({ best }) => asBefore(best, request.records)));
  return last;
}

/** The schedules that take part, by workload: what was confirmed before goes first. */
function enter(request: ConfirmRequest): {
  readonly incumbents: Map<string, Contender>;
  readonly entries: ReadonlyMap<string, readonly Contender[]>;
  readonly isNew: boolean;
} {
  const incumbents = new Map<string, Contender>();
  const entries = new Map<string, readonly Contender[]>();
  let isNew = false;
  const usable = (best: Best): readonly Contender[] => {
    const scheduled = request.replay(best);
    return scheduled ? [{ best, scheduled }] : [];
  };
  for (const [key, { incumbent, challengers }] of contenders(request.records, request.baselines, CONTENDERS)) {
    const held = incumbent ? usable(incumbent) : [];
    const others = challengers.flatMap(usable);
    if (held.length) incumbents.set(key, held[0]);
    isNew ||= others.length > 0;
    if (held.length + others.length > 0) entries.set(key, [...held, ...others]);
  }
  return { incumbents, entries, isNew };
}

/** Builds in turns on every number of threads. */
async function timeAll(builds: readonly number[], blocks: number, { bench, threads }: ConfirmRequest): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (const t of threads) runs.push({ threads: t, builds: await bench.time(builds, t, blocks) });
  return runs;
}

/** One build against another: on every number of threads, cold and warm; `tuned`: the workloads that they schedule otherwise. */
function judge(runs: readonly Run[], one: number, other: number, tuned: Combination): ModelVerdict {
  const whole = runs.flatMap(({ builds }) =>
    (["cold", "warm"] as const).map((state): Pair => [builds[one][state], builds[other][state]]),
  );
  const keys = [...tuned.keys()];
  return judgeModel(
    whole,
    runs.map(({ builds }): Pair => [allLaunches(builds[one], keys), allLaunches(builds[other], keys)]),
  );
}

/** Milliseconds of all launches of these workloads in one run. */
function allLaunches({ launches, counts, warm }: BuildTimes, keys: readonly string[]): Blocks {
  return warm.map((rounds, b) =>
    rounds.map((_, r) => keys.reduce((sum, key) => sum + (counts.get(key) ?? 0) * (launches.get(key)?.[b]?.[r] ?? 0), 0)),
  );
}

/** Measures contender i of every workload in build i + 1, the default ones in build 0; what is known of each then. */
async function chooseIn(
  entries: ReadonlyMap<string, readonly Contender[]>,
  builds: readonly number[],
  request: ConfirmRequest,
): Promise<ReadonlyMap<Contender, Verdict>> {
  const runs = await timeAll(builds, CHOOSING_BLOCKS, request);
  const found = new Map<Contender, Verdict>();
  const measured: Measured[] = [];
  for (const [key, all] of entries) {
    all.forEach((c, i) => {
      const pairs = runs.map((run) => [launchesOf(run.builds[i + 1], key), launchesOf(run.builds[0], key)] as const);
      if (pairs.some((pair) => pair.some((blocks) => blocks.length === 0))) return;
      found.set(c, judgeSchedule(pairs));
      pairs.forEach(([ms, baselineMs], at) => {
        const of = { ms: ms.flat(), baselineMs: baselineMs.flat() };
        measured.push({ best: c.best, source: "context", threads: runs[at].threads, ...of });
      });
    });
  }
  request.record(measured);
  return found;
}

/** Of each workload the fastest schedule that is faster than the default. */
function winnersOf(entries: ReadonlyMap<string, readonly Contender[]>, known: ReadonlyMap<Contender, Verdict>): Combination {
  const winners = new Map<string, Contender>();
  const ratioOf = (c: Contender): number => known.get(c)?.ratio ?? 1;
  for (const [key, all] of entries) {
    const faster = all.filter((c) => known.get(c)?.isFaster);
    if (faster.length > 0)
      winners.set(
        key,
        faster.reduce((a, b) => (ratioOf(b) < ratioOf(a) ? b : a)),
      );
  }
  return winners;
}

/** Without the least certain: those whose bound was above the default's time in one of both measurements; where there are none of these, half of all. */
function moreCertain(combination: Combination, known: ReadonlyMap<Contender, Verdict>, runs: readonly Run[]): Combination {
  const bounds = [...combination].map(([key, c]) => {
    const pairs = runs.map(({ builds }) => [launchesOf(builds[1], key), launchesOf(builds[0], key)] as const);
    return { key, c, atMost: Math.max(known.get(c)?.atMost ?? 1, judgeSchedule(pairs).atMost) };
  });
  const certain = bounds.filter((b) => b.atMost < 1).sort((a, b) => a.atMost - b.atMost);
  const kept = certain.length < bounds.length ? certain : certain.slice(0, Math.floor(certain.length / 2));
  return new Map(kept.map(({ key, c }) => [key, c]));
}

function sameSchedules(a: Combination, b: Combination): boolean {
  const keyOf = (c: Contender | undefined): string => (c ? stepsKey(c.best.steps) : "");
  return a.size === b.size && [...a].every(([key, c]) => keyOf(c) === keyOf(b.get(key)));
}

/** What the launches of a combination took, in build 1, and the default ones in build 0. */
const measuredIn = (runs: readonly Run[], combination: Combination, source: Measured["source"]): readonly Measured[] =>
  [...combination].flatMap(([key, { best }]) =>
    runs.map(({ threads, builds }) => {
      const [baselineMs, ms] = builds.map((b) => launchesOf(b, key).flat());
      return { best, source, threads, ms, baselineMs };
    }),
  );

const timesOf = ({ threads, builds: [untuned, tuned] }: Run): WholeTimes => ({
  ...{ threads, standardMs: typicalMs(untuned.warm.flat()), tunedMs: typicalMs(tuned.warm.flat()) },
});

/** The measurements that confirmed a schedule, once more. */
function asBefore(best: Best, records: readonly TuningRecord[]): readonly Measured[] {
  const key = stepsKey(best.steps);
  const confirmed = records.filter((r) => r.source === "whole" && r.workload === best.workload && stepsKey(r.steps) === key);
  const last = confirmed.filter((r) => r.time === confirmed[confirmed.length - 1].time);
  return last.map(({ threads, ms, baselineMs }) => ({ best, source: "whole", threads, ms, baselineMs }));
}
