import type { Decisions } from "../../ir/schedule/defaults/choose.js";
import type { Step } from "../../ir/schedule/step.js";
import { canonicalJson } from "../../support/hash.js";
import { timeRatio } from "../statistics.js";
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

export interface Best {
  readonly workload: string;
  readonly kernel: string;
  readonly steps: readonly Step[];
  readonly decisions: Decisions;
  /** Time over the default's, both measured in turns; the greatest of all measurements of this schedule. */
  readonly ratio: number;
  readonly ms: number;
  readonly baselineMs: number;
  readonly code: string | null;
}

/** How a candidate was measured: in passing, again at length, and last in the whole model. Faster by less than the margin is noise. */
const LEVELS = {
  trial: { rank: 0, margin: 0.94 },
  final: { rank: 1, margin: 0.98 },
  context: { rank: 2, margin: 0.99 },
} as const;
type Level = keyof typeof LEVELS;
const levelOf = (r: TuningRecord): Level => (r.source === "context" ? "context" : r.source === "final" ? "final" : "trial");

/** All measurements of one schedule. */
interface Tally {
  readonly record: TuningRecord;
  readonly ratio: number;
  readonly level: Level;
  readonly hasFailed: boolean;
}

function tallyOf(records: readonly TuningRecord[]): Tally {
  const level = records.map(levelOf).reduce((a, b) => (LEVELS[b].rank > LEVELS[a].rank ? b : a));
  return {
    record: records.findLast((r) => levelOf(r) === level) ?? records[0],
    ratio: Math.max(...records.map((r) => (r.error ? 0 : timeRatio(r.ms, r.baselineMs)))),
    level,
    hasFailed: records.some((r) => r.error !== null),
  };
}

function grouped<T>(of: readonly T[], key: (x: T) => string): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const x of of) {
    const group = found.get(key(x));
    if (group) group.push(x);
    else found.set(key(x), [x]);
  }
  return found;
}

export interface BestOptions {
  /** Keys of the default's steps by workload; records against another default are left out. Absent: all count. */
  readonly baselines?: ReadonlyMap<string, string>;
  /** The fastest by kernel measurements, whether or not something was measured in the whole model yet: what to measure there next. */
  readonly forContext?: boolean;
}

/**
 * The fastest schedule of each workload among records of one environment; none where no candidate beat the default in the session that measured both.
 * A candidate that was ever wrong, or failed otherwise, is out; one that was measured several times counts with the worst ratio. Where candidates of a
 * workload were measured at length, or in the whole model, only those can win.
 */
export function bestSchedules(
  records: readonly TuningRecord[],
  { baselines, forContext = false }: BestOptions = {},
): ReadonlyMap<string, Best> {
  const valid = records.filter((r) => !baselines || baselines.get(r.workload) === r.baseline);
  const best = new Map<string, Best>();
  for (const [workload, own] of grouped(valid, (r) => r.workload)) {
    const rivals = own.filter((r) => stepsKey(r.steps) !== r.baseline);
    const tallies = [...grouped(rivals, (r) => stepsKey(r.steps)).values()].map(tallyOf).filter((t) => !t.hasFailed);
    const rank = (t: Tally): number => Math.min(LEVELS[t.level].rank, forContext ? LEVELS.final.rank : LEVELS.context.rank);
    const top = Math.max(...tallies.map(rank));
    const faster = tallies.filter((t) => rank(t) === top && t.ratio > 0 && t.ratio < LEVELS[t.level].margin);
    if (faster.length === 0) continue;
    const { record, ratio } = faster.reduce((a, b) => (b.ratio < a.ratio ? b : a));
    const { kernel, steps, code, decisions } = record;
    const [ms, baselineMs] = [Math.min(...record.ms), Math.min(...record.baselineMs)];
    best.set(workload, { workload, kernel, steps, decisions, ratio, ms, baselineMs, code });
  }
  return best;
}
