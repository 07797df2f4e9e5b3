import type { Step } from "../../ir/schedule/step.js";
import type { Decisions } from "../../support/choose.js";
import { canonicalJson } from "../../support/hash.js";
import { geometricMean } from "../../support/statistics.js";
import { timeRatio, typicalMs } from "../statistics.js";
import type { Environment, TuningRecord } from "./record.js";
import { stepsKey } from "./steps-key.js";

/** Records that may be used here, and how many may not, and why. */
export interface Usable {
  readonly records: readonly TuningRecord[];
  readonly refused: readonly { readonly why: string; readonly count: number }[];
  /** Processors other than this one on which records that may be used were measured, for the same target. */
  readonly foreign: readonly string[];
}

const toolchainText = (t: Readonly<Record<string, string>>): string =>
  Object.entries(t)
    .map(([name, version]) => `${name} ${version}`)
    .sort()
    .join(", ");

/** Why a record says nothing about this environment; null where it does. */
export function whyNot(r: TuningRecord, here: Environment): string | null {
  if (r.target !== here.target) return `measured for another target: ${r.target.slice(0, 60)}`;
  if (canonicalJson(r.toolchain) !== canonicalJson(here.toolchain))
    return `measured with ${toolchainText(r.toolchain)}; this is ${toolchainText(here.toolchain)}`;
  return null;
}

export function usableRecords(records: readonly TuningRecord[], here: Environment): Usable {
  const refused = new Map<string, number>();
  const kept = records.filter((r) => {
    const why = whyNot(r, here);
    if (why) refused.set(why, (refused.get(why) ?? 0) + 1);
    return why === null;
  });
  return {
    records: kept,
    refused: [...refused].map(([why, count]) => ({ why, count })),
    foreign: [...new Set(kept.map((r) => r.cpu))].filter((cpu) => cpu !== here.cpu),
  };
}

/** Records measured against another default schedule than today's: their times say nothing about this one. */
export const isStale = (r: TuningRecord, baselines: ReadonlyMap<string, string>): boolean => {
  const today = baselines.get(r.workload);
  return today !== undefined && r.baseline !== today;
};

export interface Best {
  readonly workload: string;
  readonly kernel: string;
  readonly steps: readonly Step[];
  readonly decisions: Decisions;
  /** Time over the default's, both measured in turns: by thread numbers the worst measurement of the level that counts, of these the geometric mean. */
  readonly ratio: number;
  readonly ms: number;
  readonly baselineMs: number;
  readonly code: string | null;
  /** It is part of a model that was measured to be faster than the default one; else the search that found it was cut short before. */
  readonly isConfirmed: boolean;
}

/**
 * What counts as faster while no confirmation was reached, by how a candidate was measured (TuningRecord.source): alone, at length, in the model with others
 * of its kind. A kernel alone gains up to some percent that it does not gain in the model. No number of threads may be slower than `slowest`.
 */
const LEVELS = {
  trial: { rank: 0, margin: 0.9, slowest: 1 },
  final: { rank: 1, margin: 0.95, slowest: 1 },
  context: { rank: 2, margin: 0.97, slowest: 1.05 },
} as const;
type Level = keyof typeof LEVELS;
function levelOf({ source }: TuningRecord): Level {
  if (source === "slower" || source === "whole") return "context";
  return source === "context" || source === "final" ? source : "trial";
}

/** All measurements of one schedule. */
interface Tally {
  readonly record: TuningRecord;
  readonly ratio: number;
  readonly slowest: number;
  readonly level: Level;
  readonly hasFailed: boolean;
  /** Worst measurements of the two last levels apart; Infinity without one. */
  readonly finalRatio: number;
  readonly contextRatio: number;
}

const worstRatio = (of: readonly TuningRecord[]): number =>
  Math.max(...of.map((r) => (r.source === "slower" ? Number.POSITIVE_INFINITY : timeRatio(r.ms, r.baselineMs))));

/** Time over the default's on each number of threads. */
const ratiosByThreads = (of: readonly TuningRecord[]): readonly number[] =>
  [...grouped(of, (r) => `${r.threads}`).values()].map(worstRatio);

/** Of the highest level's records those of the last session count: earlier ones may be of another machine, or of other neighbours in the model. */
function tallyOf(records: readonly TuningRecord[]): Tally {
  const level = records.map(levelOf).reduce((a, b) => (LEVELS[b].rank > LEVELS[a].rank ? b : a));
  const top = records.filter((r) => levelOf(r) === level);
  const record = top[top.length - 1];
  const counting = level === "context" ? top.filter((r) => r.session === record.session) : records;
  const byThreads = ratiosByThreads(counting.filter((r) => r.error === null));
  const worstAs = (source: string): number => {
    const of = records.filter((r) => r.source === source && r.error === null);
    return of.length ? worstRatio(of) : Number.POSITIVE_INFINITY;
  };
  return {
    record,
    ratio: byThreads.length ? geometricMean(byThreads) : Number.POSITIVE_INFINITY,
    slowest: Math.max(0, ...byThreads),
    level,
    hasFailed: records.some((r) => r.error !== null),
    finalRatio: worstAs("final"),
    contextRatio: worstAs("context"),
  };
}

const isFaster = (t: Tally): boolean => t.ratio > 0 && t.ratio < LEVELS[t.level].margin && t.slowest <= LEVELS[t.level].slowest;

function grouped<T>(of: readonly T[], key: (x: T) => string): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const x of of) {
    const group = found.get(key(x));
    if (group) group.push(x);
    else found.set(key(x), [x]);
  }
  return found;
}

/** Of every schedule of a workload but the default all measurements together; none where one of them failed. */
const talliesOf = (own: readonly TuningRecord[]): readonly Tally[] =>
  [
    ...grouped(
      own.filter((r) => stepsKey(r.steps) !== r.baseline),
      (r) => stepsKey(r.steps),
    ).values(),
  ]
    .map(tallyOf)
    .filter((t) => !t.hasFailed);

const bestFrom = (record: TuningRecord, ratio: number, isConfirmed: boolean): Best => ({
  ...{ workload: record.workload, kernel: record.kernel, steps: record.steps, decisions: record.decisions, code: record.code },
  ...{ ratio, ms: typicalMs(record.ms), baselineMs: typicalMs(record.baselineMs), isConfirmed },
});

/**
 * The records of the last confirmation of a workload: `whole`, of the newest time, which one confirmation has in common. None where there was none.
 * They say which schedule is used, be it the default.
 */
function lastConfirmation(own: readonly TuningRecord[]): readonly TuningRecord[] {
  const confirmations = own.filter((r) => r.source === "whole" && r.error === null);
  const newest = confirmations.reduce((a, b) => (b.time >= a.time ? b : a), confirmations[0]);
  return confirmations.filter((r) => r.time === newest.time && r.session === newest.session);
}

/** Records by workload, those against one default only: today's, where `baselines` tells it, else that of the newest record. */
function comparable(
  records: readonly TuningRecord[],
  baselines: ReadonlyMap<string, string> | undefined,
): readonly (readonly TuningRecord[])[] {
  return [...grouped(records, (r) => r.workload)].flatMap(([workload, own]) => {
    const newest = own.reduce((a, b) => (b.time >= a.time ? b : a)).baseline;
    const today = baselines ? baselines.get(workload) : newest;
    const valid = own.filter((r) => r.baseline === today);
    return valid.length ? [valid] : [];
  });
}

/**
 * The schedule to use of each workload among records of one environment; none where that is the default. Where the whole model was measured at the end of a
 * search, what came of the last such measurement, and nothing else. Where every search was cut short before, the fastest by a margin, of the highest level
 * that candidates of the workload were measured at; a candidate that was ever wrong, or failed otherwise, is out. `baselines`: keys of the default's steps by
 * workload.
 */
export function bestSchedules(
  records: readonly TuningRecord[],
  { baselines }: { readonly baselines?: ReadonlyMap<string, string> } = {},
): ReadonlyMap<string, Best> {
  const best = new Map<string, Best>();
  for (const own of comparable(records, baselines)) {
    const found = confirmedBest(own) ?? fastest(own);
    const key = found && stepsKey(found.steps);
    if (found && key !== own[0].baseline && !own.some((r) => r.error !== null && stepsKey(r.steps) === key))
      best.set(own[0].workload, found);
  }
  return best;
}

/** Null where there was no confirmation. */
function confirmedBest(own: readonly TuningRecord[]): Best | null {
  const confirmation = lastConfirmation(own);
  if (confirmation.length === 0) return null;
  return bestFrom(confirmation[0], geometricMean(ratiosByThreads(confirmation)), true);
}

function fastest(own: readonly TuningRecord[]): Best | null {
  const tallies = talliesOf(own);
  const top = Math.max(...tallies.map((t) => LEVELS[t.level].rank));
  const faster = tallies.filter((t) => LEVELS[t.level].rank === top && isFaster(t));
  if (faster.length === 0) return null;
  const { record, ratio } = faster.reduce((a, b) => (b.ratio < a.ratio ? b : a));
  return bestFrom(record, ratio, false);
}

/** What is worth measuring in the whole model. */
export interface Contenders {
  /** What was confirmed before; null where that is the default, or nothing yet. */
  readonly incumbent: Best | null;
  /** The fastest others by kernel measurements: those first that were not in a whole model yet, then those that were faster there. */
  readonly challengers: readonly Best[];
}

/** Contenders by workload, `count` together at most; none where there is nothing to measure. */
export function contenders(
  records: readonly TuningRecord[],
  baselines: ReadonlyMap<string, string>,
  count: number,
): ReadonlyMap<string, Contenders> {
  const incumbents = bestSchedules(records, { baselines });
  const found = new Map<string, Contenders>();
  for (const own of comparable(records, baselines)) {
    const { workload } = own[0];
    const held = incumbents.get(workload);
    const incumbent = held?.isConfirmed ? held : null;
    const known = incumbent && stepsKey(incumbent.steps);
    const others = talliesOf(own).filter((t) => t.finalRatio < 1 && stepsKey(t.record.steps) !== known);
    const fresh = others.filter((t) => t.level === "final");
    const again = others.filter((t) => t.level === "context" && t.contextRatio < 1);
    const challengers = [fresh, again].flatMap((of) =>
      [...of].sort((a, b) => a.finalRatio - b.finalRatio).map((t) => bestFrom(t.record, t.finalRatio, false)),
    );
    const kept = challengers.slice(0, count - (incumbent ? 1 : 0));
    if (incumbent || kept.length > 0) found.set(workload, { incumbent, challengers: kept });
  }
  return found;
}
