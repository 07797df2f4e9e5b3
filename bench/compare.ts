/** One subject: built, checked against its peer, measured beside it on each number of threads. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withCProgram } from "../src/evaluate/latency/c-program.js";
import { floorMs } from "../src/ir/target/roofline.js";
import { load, type Net } from "../src/runtime/index.js";
import { type ModelRecord, readModelRecord } from "../src/runtime/model-record.js";
import type { TypedArray } from "../src/support/npy.js";
import { median } from "../src/support/statistics.js";
import type { Machine } from "./machine.js";
import { interleaved, type Rounds } from "./measure.js";
import { openPeer, type Peer, type PeerInput, type PeerOutput } from "./peer.js";
import type { Group, Subject } from "./subjects.js";

export interface PeerTime {
  readonly name: string;
  readonly ms: number;
  /** Median over rounds of peer / qc: above 1, qc is faster. */
  readonly ratio: number;
}

/** A kernel of a network on one thread. */
export interface KernelTime {
  readonly name: string;
  readonly ms: number;
  readonly flops: number;
  readonly bytes: number;
  /** What the roofline allows at best. */
  readonly floorMs: number;
}

export interface Row {
  readonly group: Group;
  readonly name: string;
  readonly threads: number;
  readonly ms: number;
  readonly rounds: number;
  readonly peers: readonly PeerTime[];
  /** The same model from a C program, median, measured on its own. */
  readonly cMs?: number;
  readonly gflops: number | null;
  /** Sum of the floors of its kernels; one thread only. */
  readonly floorMs: number | null;
  /** Largest first, one thread only. */
  readonly kernels: readonly KernelTime[];
  /** Largest difference from the peer in parts of its output range; null where the peer computes something else. */
  readonly error: number | null;
  readonly compileSeconds: number;
  readonly arenaBytes: number;
  readonly weightBytes: number;
}

export interface Failure {
  readonly group: Group;
  readonly name: string;
  readonly failed: string;
}

export interface CompareOptions extends Rounds {
  readonly threads: readonly number[];
}

const KEPT_KERNELS = 12;
const PROFILED_RUNS = 20;

/** Rows of one subject; throws where it cannot be built, cannot run, or disagrees with the peer. */
export async function compare(subject: Subject, machine: Machine, options: CompareOptions): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "qc-bench-"));
  try {
    const start = performance.now();
    const { arenaBytes, weightBytes } = await subject.build(folder);
    const built = { compileSeconds: (performance.now() - start) / 1000, arenaBytes, weightBytes };
    const rows: Row[] = [];
    for (const threads of options.threads) {
      rows.push({ ...(await measure(subject, join(folder, "out"), threads, machine, options)), ...built });
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(
  subject: Subject,
  folder: string,
  threads: number,
  machine: Machine,
  options: CompareOptions,
): Promise<Omit<Row, "compileSeconds" | "arenaBytes" | "weightBytes">> {
  const net = await load(folder, { threads });
  const peers: { readonly name: string; readonly peer: Peer }[] = [];
  try {
    for (const { name, model, inputs } of subject.peers()) peers.push({ name, peer: await openPeer(model, inputs, threads) });
    const feeds = feedsOf(net, subject.inputs);
    const error =
      subject.tolerance === null ? null : largestDifference(net.run(feeds), net, peers[0].peer, await peers[0].peer.run());
    if (error !== null && !(error <= (subject.tolerance ?? 0)))
      throw new Error(`differs from the peer by ${error.toExponential(1)} of the output range`);
    const [ours, ...theirs] = await interleaved([() => net.run(feeds), ...peers.map((p) => p.peer.run)], options);
    const kernels = threads === 1 ? kernelTimes(net, feeds, machine, arithmeticIn(folder)) : [];
    const ms = median(ours);
    net.close(); // its workers would spin beside the C program's
    const c = await withCProgram(folder, async (run) =>
      run({
        inputs: Object.values(feeds).map(bytesOf),
        threads,
        rounds: Math.max(ours.length, Math.min(2000, Math.round(200 / ms))),
      }),
    );
    return {
      group: subject.group,
      name: subject.name,
      threads,
      ms,
      rounds: ours.length,
      peers: peers.map(({ name }, i) => ({ name, ms: median(theirs[i]), ratio: median(theirs[i].map((t, r) => t / ours[r])) })),
      cMs: c.median,
      gflops: subject.flops === null ? null : subject.flops / ms / 1e6,
      floorMs: threads === 1 ? kernels.reduce((sum, k) => sum + k.floorMs, 0) : null,
      kernels: kernels.toSorted((a, b) => b.ms - a.ms).slice(0, KEPT_KERNELS),
      error,
    };
  } finally {
    net.close();
    for (const { peer } of peers) await peer.close();
  }
}

const feedsOf = (net: Net, inputs: readonly PeerInput[]): Readonly<Record<string, TypedArray>> =>
  Object.fromEntries(net.inputs.map((spec, i) => [spec.name, inputs[i].data]));

const bytesOf = (v: TypedArray): Uint8Array => new Uint8Array(v.buffer, v.byteOffset, v.byteLength);

/** Which peak bounds each kernel of a built model. */
const arithmeticIn = (folder: string): ModelRecord["arithmetic"] => readModelRecord(join(folder, "model.json")).arithmetic;

/** The median over runs of each kernel's time. */
function kernelTimes(
  net: Net,
  feeds: ReturnType<typeof feedsOf>,
  machine: Machine,
  arithmetic: ModelRecord["arithmetic"],
): readonly KernelTime[] {
  const profiles = Array.from({ length: PROFILED_RUNS }, () => {
    net.startProfile();
    net.run(feeds);
    net.stopProfile();
    return net.profile().phases;
  });
  return profiles[0].map(({ name, flops, bytes }, phase) => ({
    name,
    ms: median(profiles.map((p) => p[phase].ns)) / 1e6,
    flops,
    bytes,
    floorMs: floorMs(machine, flops, bytes, arithmetic[phase]?.kind === "int8"),
  }));
}

/** Over all outputs: the largest |ours - theirs| / (max theirs - min theirs). */
function largestDifference(
  ours: Readonly<Record<string, TypedArray>>,
  net: Net,
  peer: Peer,
  theirs: Readonly<Record<string, PeerOutput>>,
): number {
  return Math.max(
    ...net.outputs.map(({ name }, output) => {
      const expected = theirs[peer.outputNames[output]].data as ArrayLike<number>;
      const got = ours[name] as ArrayLike<number>;
      if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
      let [low, high, worst] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
      for (let i = 0; i < expected.length; i++) {
        low = Math.min(low, expected[i]);
        high = Math.max(high, expected[i]);
        worst = Math.max(worst, Math.abs(got[i] - expected[i])); // a NaN stays
      }
      return worst / (high - low || 1);
    }),
  );
}
