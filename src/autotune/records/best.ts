import type { Step } from "../../ir/schedule/step.js";
import { canonicalJson } from "../../support/hash.js";
import { median, pairedRatio } from "../statistics.js";
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
  /** Time over the default's, both measured in turns; the greatest of all measurements of this schedule. */
  readonly ratio: number;
  readonly ms: number;
  readonly baselineMs: number;
  readonly code: string | null;
}

/** Faster by less is noise: measured again at length, and in passing. */
const FINAL_MARGIN = 0.98;
const TRIAL_MARGIN = 0.94;

/**
 * The fastest schedule of each workload among records of one environment; none where no candidate beat the default in the session that measured both.
 * A candidate that was ever wrong, or failed otherwise, is out; one that was measured twice counts with the worse ratio.
 * `baselines`: keys of the default's steps by workload; records against another default are left out.
 */
export function bestSchedules(
  records: readonly TuningRecord[],
  baselines: ReadonlyMap<string, string> | null = null,
): ReadonlyMap<string, Best> {
  interface Tally {
    readonly record: TuningRecord;
    ratio: number;
    isFinal: boolean;
    failed: boolean;
    isDefault: boolean;
  }
  const tallies = new Map<string, Map<string, Tally>>();
  for (const r of records) {
    if (baselines && baselines.get(r.workload) !== r.baseline) continue;
    const own = tallies.get(r.workload) ?? new Map<string, Tally>();
    tallies.set(r.workload, own);
    const key = stepsKey(r.steps);
    const t = own.get(key) ?? { record: r, ratio: 0, isFinal: false, failed: false, isDefault: key === r.baseline };
    const isFinal = r.source === "final";
    const ratio = r.error ? t.ratio : Math.max(t.ratio, pairedRatio(r.ms, r.baselineMs));
    own.set(key, {
      ...t,
      record: isFinal ? r : t.record,
      ratio,
      isFinal: t.isFinal || isFinal,
      failed: t.failed || r.error !== null,
    });
  }
  const best = new Map<string, Best>();
  for (const [workload, own] of tallies) {
    const faster = [...own.values()].filter(
      (t) => !t.failed && !t.isDefault && t.ratio > 0 && t.ratio < (t.isFinal ? FINAL_MARGIN : TRIAL_MARGIN),
    );
    const isAnyFinal = faster.some((t) => t.isFinal);
    const [first, ...rest] = faster.filter((t) => t.isFinal === isAnyFinal);
    if (!first) continue;
    const { record, ratio } = rest.reduce((a, b) => (b.ratio < a.ratio ? b : a), first);
    const { kernel, steps, code } = record;
    best.set(workload, {
      workload,
      kernel,
      steps,
      ratio,
      ms: median(record.ms),
      baselineMs: median(record.baselineMs),
      code,
    });
  }
  return best;
}
