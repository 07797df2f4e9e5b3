import { quantile } from "../../support/statistics.js";

/** Of one run of a model, in milliseconds. */
export interface Latency {
  readonly rounds: number;
  readonly min: number;
  readonly median: number;
  readonly p99: number;
}

export const latencyOf = (ms: readonly number[]): Latency => ({
  rounds: ms.length,
  min: Math.min(...ms),
  median: quantile(ms, 0.5),
  p99: quantile(ms, 0.99),
});
