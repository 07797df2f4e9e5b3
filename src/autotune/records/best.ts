import type { Decisions } from "../../ir/schedule/defaults/choose.js";
import type { Step } from "../../ir/schedule/step.js";
import { canonicalJson } from "../../support/hash.js";
import { geometricMean, timeRatio, typicalMs } from "../statistics.js";
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
}

/**
 * How a candidate was measured, see TuningRecord.source. Faster by less than the margin is noise. No number of threads may be slower than `slowest`: times of one
 * kernel on several threads vary by some percent; that the model as a whole is not slower on any is seen to by its own measurement.
 */
const LEVELS = {
  trial: { rank: 0, margin: 0.94, slowest: 1 },
  final: { rank: 1, margin: 0.98, slowest: 1 },
  context: { rank: 2, margin: 0.99, slowest: 1.05 },
  whole: { rank: 3, margin: 0.99, slowest: 1.05 },
} as const;
type Level = keyof typeof LEVELS;
function levelOf({ source }: TuningRecord): Level {
  if (source === "slower") return "whole";
  return source === "whole" || source === "context" || source === "final" ? source : "trial";
}

/** All measurements of one schedule. */
interface Tally {
  readonly record: TuningRecord;
  readonly ratio: number;
  readonly slowest: number;
  readonly level: Level;
  readonly hasFailed: boolean;
}

/** Of the highest level's records those of the last session count: earlier ones may be of another machine, or of other neighbours in the model. */
function tallyOf(records: readonly TuningRecord[]): Tally {
  const level = records.map(levelOf).reduce((a, b) => (LEVELS[b].rank > LEVELS[a].rank ? b : a));
  const top = records.filter((r) => levelOf(r) === level);
  const record = top[top.length - 1];
  const counting = LEVELS[level].rank >= LEVELS.context.rank ? top.filter((r) => r.session === record.session) : records;
  const timed = counting.filter((r) => r.error === null);
  const byThreads = [...grouped(timed, (r) => `${r.threads}`).values()].map((of) =>
    Math.max(...of.map((r) => (r.source === "slower" ? Number.POSITIVE_INFINITY : timeRatio(r.ms, r.baselineMs)))),
  );
  return {
    record,
    ratio: byThreads.length ? geometricMean(byThreads) : Number.POSITIVE_INFINITY,
    slowest: Math.max(0, ...byThreads),
    level,
    hasFailed: records.some((r) => r.error !== null),
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

function bestOf({ record, ratio }: Tally): Best {
  const { workload, kernel, steps, code, decisions } = record;
  return { workload, kernel, steps, decisions, ratio, ms: typicalMs(record.ms), baselineMs: typicalMs(record.baselineMs), code };
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
 * The fastest schedule of each workload among records of one environment; none where no candidate beat the default in the session that measured both.
 * A candidate that was ever wrong, or failed otherwise, is out. Where candidates of a workload were measured at length, in the whole model, or there
 * together with the others' winners, only those can win. `baselines`: keys of the default's steps by workload.
 */
export function bestSchedules(
  records: readonly TuningRecord[],
  { baselines }: { readonly baselines?: ReadonlyMap<string, string> } = {},
): ReadonlyMap<string, Best> {
  const best = new Map<string, Best>();
  for (const own of comparable(records, baselines)) {
    const tallies = talliesOf(own);
    const top = Math.max(...tallies.map((t) => LEVELS[t.level].rank));
    const faster = tallies.filter((t) => LEVELS[t.level].rank === top && isFaster(t));
    if (faster.length) best.set(own[0].workload, bestOf(faster.reduce((a, b) => (b.ratio < a.ratio ? b : a))));
  }
  return best;
}

/**
 * What is worth measuring in the whole model: of every workload what won there before, then the fastest by kernel measurements that were not there yet,
 * `count` together.
 */
export function contenders(
  records: readonly TuningRecord[],
  baselines: ReadonlyMap<string, string>,
  count: number,
): ReadonlyMap<string, readonly Best[]> {
  const incumbents = bestSchedules(records, { baselines });
  const found = new Map<string, readonly Best[]>();
  for (const own of comparable(records, baselines)) {
    const { workload } = own[0];
    const tallies = talliesOf(own);
    const incumbent = incumbents.get(workload);
    const held = incumbent && tallies.some((t) => LEVELS[t.level].rank >= LEVELS.context.rank) ? [incumbent] : [];
    const finals = tallies.filter((t) => t.level === "final" && t.ratio < 1).sort((a, b) => a.ratio - b.ratio);
    const all = [...held, ...finals.map(bestOf)].slice(0, count);
    if (all.length) found.set(workload, all);
  }
  return found;
}
