import { floorMs, type MachinePeak } from "../../ir/target/roofline.js";
import type { ModelRecord } from "../../runtime/model-record.js";
import type { Net, PhaseProfile } from "../../runtime/net.js";

/** What one kernel takes of a run. */
export interface KernelTime {
  readonly kernel: string;
  /** Milliseconds a run. */
  readonly ms: number;
  readonly share: number;
  readonly gflops: number | null;
  readonly gbytes: number | null;
  /** Of what the machine's peak and bandwidth allow at best; null without a peak. Winograd kernels may pass 1. */
  readonly roofline: number | null;
}

const MOST_RUNS = 1000;

/** The kernels of a network over `rounds` runs, the slowest first. */
export function profileOf(
  net: Net,
  inputs: Parameters<Net["run"]>[0],
  rounds: number,
  peak: MachinePeak | null,
  arithmetic: ModelRecord["arithmetic"],
): readonly KernelTime[] {
  net.startProfile();
  for (let i = 0; i < Math.min(rounds, MOST_RUNS); i++) net.run(inputs);
  net.stopProfile();
  const { runs, phases } = net.profile();
  const total = phases.reduce((sum, p) => sum + p.ns, 0);
  const rate = (count: number, p: PhaseProfile) => (count > 0 && p.ns > 0 ? (count * runs) / p.ns : null);
  return phases
    .map((p, i) => ({
      kernel: p.name,
      ms: p.ns / runs / 1e6,
      share: total > 0 ? p.ns / total : 0,
      gflops: rate(p.flops, p),
      gbytes: rate(p.bytes, p),
      roofline: peak && p.ns > 0 ? (floorMs(peak, p.flops, p.bytes, arithmetic[i]?.kind === "int8") * 1e6 * runs) / p.ns : null,
    }))
    .sort((a, b) => b.ms - a.ms);
}
