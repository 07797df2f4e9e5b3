/** The latency of a built model on drawn inputs, on each of several numbers of threads, beside a peer and a C program where they are asked for. */
import { measureOf, openToolchain } from "../../build/toolchain.js";
import type { MachinePeak } from "../../ir/target/roofline.js";
import { quantile } from "../../support/statistics.js";
import type { BuiltModel } from "../builds.js";
import { type CProgram, withCProgram } from "./c-program.js";
import { drawInputs } from "./draw-inputs.js";
import { inTurns } from "./in-turns.js";
import { type Latency, latencyOf } from "./latency.js";
import { openPeer, type Peer } from "./peer.js";
import { type KernelTime, profileOf } from "./profile.js";

const WARM_UP = 5;
/** Without a number of rounds: as many as fit into this time, within limits. */
const BUDGET_MS = 1500;
const LEAST_ROUNDS = 20;
const MOST_ROUNDS = 5000;

/** What is measured. */
export interface LatencyRequest {
  /** Numbers of threads; each is measured. */
  readonly threads: readonly number[];
  /** As many as fit into 1.5 s unless given. */
  readonly rounds?: number;
  /** Also the time of every kernel, beside what the machine's peak allows. */
  readonly profile: boolean;
  /** Also from a C program, built with the C compiler at hand. */
  readonly fromC: boolean;
  /** Also ONNX Runtime on the model that was compiled. */
  readonly withPeer: boolean;
}

export interface LatencyRow {
  readonly threads: number;
  readonly latency: Latency;
  readonly peer: Latency | null;
  /** Median over rounds of peer / qc: above 1, qc is faster. */
  readonly ratio: number | null;
  /** The same model from a C program, measured on its own; ratio: median of the peer / median of this. */
  readonly c: (Latency & { readonly ratio: number | null }) | null;
  readonly profile: readonly KernelTime[] | null;
}

export interface Latencies {
  /** Of this machine; null without a profile. */
  readonly peak: MachinePeak | null;
  readonly rows: readonly LatencyRow[];
}

/** Errors: QC-CLI-038 no peer, QC-LINK-002 no C compiler, QC-COMPILE-006 the C program fails. */
export async function measureLatencies(built: BuiltModel, request: LatencyRequest): Promise<Latencies> {
  const peak = request.profile ? await measureOf(openToolchain()).peak() : null;
  const measureAll = async (program: CProgram | null): Promise<LatencyRow[]> => {
    const rows: LatencyRow[] = [];
    for (const threads of request.threads) rows.push(await measure(built, threads, { ...request, peak, program }));
    return rows;
  };
  return { peak, rows: request.fromC ? await withCProgram(built.folder, measureAll) : await measureAll(null) };
}

interface Wanted extends Pick<LatencyRequest, "rounds" | "withPeer"> {
  /** Absent: no profile. */
  readonly peak: MachinePeak | null;
  readonly program: CProgram | null;
}

async function measure(built: BuiltModel, threads: number, { rounds, peak, withPeer, program }: Wanted): Promise<LatencyRow> {
  const net = await built.load(threads);
  let peer: Peer | null = null;
  try {
    const inputs = drawInputs(net.inputs);
    if (withPeer) peer = await openPeer(built, net.inputs, inputs, threads);
    const runs = [() => net.run(inputs), ...(peer ? [peer.run] : [])];
    for (const run of runs) for (let i = 0; i < WARM_UP; i++) await run();
    const [own, theirs] = await inTurns(runs, enough(rounds, runs.length));
    const raw = net.inputs.map(({ name }) => inputs[name]);
    // the roofline is one core's
    const profile = peak && profileOf(net, inputs, own.length, threads === 1 ? peak : null, built.json.arithmetic);
    net.close(); // its workers would spin beside the C program's
    const c = program?.({
      inputs: raw.map((v) => new Uint8Array(v.buffer, v.byteOffset, v.byteLength)),
      threads,
      rounds: own.length,
    });
    const ratios = theirs?.map((p, i) => p / own[i]);
    const peerLatency = theirs ? latencyOf(theirs) : null;
    return {
      threads,
      latency: latencyOf(own),
      peer: peerLatency,
      ratio: ratios ? quantile(ratios, 0.5) : null,
      c: c ? { ...c, ratio: peerLatency && peerLatency.median / c.median } : null,
      profile,
    };
  } finally {
    net.close();
    await peer?.close();
  }
}

/** Whether so many rounds are enough: those asked for, or as many as fit into the budget of so many runs. */
function enough(rounds: number | undefined, runs: number): (done: number) => boolean {
  const start = performance.now();
  return (done) =>
    rounds !== undefined
      ? done >= rounds
      : done >= MOST_ROUNDS || (done >= LEAST_ROUNDS && performance.now() - start > BUDGET_MS * runs);
}
