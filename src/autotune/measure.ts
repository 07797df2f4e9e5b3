import type { RecordedError } from "./records/record.js";
import type { ScheduleCandidate } from "./schedule-space.js";
import type { Workload } from "./workload.js";

/** What came of one candidate. */
export interface Measurement {
  /** Hash of the generated code; null where it came to none. */
  readonly code: string | null;
  /** The code is that of a candidate measured before: nothing was run. */
  readonly isDuplicate: boolean;
  readonly ms: readonly number[];
  readonly baselineMs: readonly number[];
  readonly error: RecordedError | null;
}

export interface MeasureOptions {
  /** Samples of each candidate, at most. Those that are clearly slow get fewer, unless `thorough`. */
  readonly rounds: number;
  readonly thorough: boolean;
  /** Hashes of code that is known already. */
  readonly known: ReadonlySet<string>;
}

/** Builds and runs candidates. Whatever a candidate does, crash or loop forever, `measure` returns. */
export interface Measurer {
  /** Checks and times the default schedule, which every candidate is timed in turns with. */
  open(workload: Workload, standard: ScheduleCandidate): Promise<Measurement>;
  measure(workload: Workload, candidates: readonly ScheduleCandidate[], options: MeasureOptions): Promise<readonly Measurement[]>;
  close(): void;
}
