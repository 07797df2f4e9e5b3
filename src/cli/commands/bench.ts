import { cpus } from "node:os";
import type { CRun, Latency } from "../../evaluate/c-latency.js";
import { floorMs, type MachinePeak } from "../../ir/target/roofline.js";
import type { ModelRecord } from "../../runtime/model-record.js";
import type { Net, PhaseProfile } from "../../runtime/net.js";
import { breathe } from "../../support/interrupt.js";
import { formatTable } from "../../support/table.js";
import { defineCommand } from "../options/command.js";
import { badValue, flag, integer, maybeChoice, type Option } from "../options/option.js";
import { type Built, builtOptions, FOLDER, withBuilt } from "./built-model.js";
import { drawInputs } from "./draw-inputs.js";
import { openPeer, type Peer } from "./peer.js";
import { byteText } from "./values.js";

const WARM_UP = 5;
/** Without --rounds: as many as fit into this time, within limits. */
const BUDGET_MS = 1500;
const LEAST_ROUNDS = 20;
const MOST_ROUNDS = 5000;

interface Row {
  readonly threads: number;
  readonly latency: Latency;
  readonly peer: Latency | null;
  /** Median over rounds of peer / qc: above 1, qc is faster. */
  readonly ratio: number | null;
  /** The same model from a C program, measured on its own; ratio: median of the peer / median of this. */
  readonly c: (Latency & { readonly ratio: number | null }) | null;
  readonly profile: readonly KernelRow[] | null;
}

interface KernelRow {
  readonly kernel: string;
  /** Milliseconds a run. */
  readonly ms: number;
  readonly share: number;
  readonly gflops: number | null;
  readonly gbytes: number | null;
  /** Of what the machine's peak and bandwidth allow at best; null on several threads. Winograd kernels may pass 1. */
  readonly roofline: number | null;
}

/** `--threads 1,2`: each is measured. */
function threadCounts(): Option<readonly number[]> {
  return {
    doc: "numbers of threads to measure, by comma",
    aliases: [],
    value: "1,2",
    required: false,
    absent: [1],
    defaultText: "1",
    parse: (given, spelling) =>
      given
        .flatMap((t) => t.split(","))
        .map((t) => {
          const n = Number(t);
          return Number.isInteger(n) && n >= 1 && n <= 256 ? n : badValue(spelling, t, "is not a number of threads, 1 to 256");
        }),
  };
}

export const bench = defineCommand({
  name: "bench",
  summary: "latency, memory and time per kernel of a built model",
  description: "Measures a built model on drawn inputs: latency, arena and weights; with --profile the time of every kernel.",
  examples: [
    ["qc bench out/", "latency on one thread"],
    ["qc bench out/ --threads 1,2 --profile", "two numbers of threads, and where the time goes"],
    ["qc bench out/ --from c", "from Node and from a C program"],
    ["qc bench out/ --peer onnxruntime", "in turns with ONNX Runtime on the model that was compiled"],
  ],
  operands: [FOLDER],
  options: {
    ...builtOptions,
    threads: threadCounts(),
    rounds: integer("runs to measure; as many as fit into 1.5 s unless given", { min: 1, max: 1_000_000 }),
    profile: flag("time, GFLOP/s, GB/s and share of the roofline of every kernel"),
    from: maybeChoice("also measure from a C program, built with the C compiler at hand", ["c"]),
    peer: maybeChoice("also measure this, in turns", ["onnxruntime"]),
  },
  async run(args, io) {
    await withBuilt(args, io, async (built) => {
      const peak = args.profile ? await machinePeak() : null;
      const wanted = { rounds: args.rounds, peak, withPeer: args.peer !== undefined };
      const measureAll = async (program: CProgram | null): Promise<Row[]> => {
        const all: Row[] = [];
        for (const threads of args.threads) all.push(await measure(built, threads, { ...wanted, program }));
        return all;
      };
      const rows = args.from ? await fromC(built, measureAll) : await measureAll(null);
      const net = await built.load(1);
      const { arenaBytes, weightBytes, stateBytes, features } = net.describe();
      net.close();
      const cpu = cpus()[0]?.model ?? "unknown";
      const { name, target } = built.json;
      const states = built.json.states ?? [];
      io.result({ model: name, target, features, cpu, arenaBytes, weightBytes, stateBytes, states, peak, rows }, () =>
        [
          `${name} on ${cpu}`,
          `arena ${byteText(arenaBytes)}, weights ${byteText(weightBytes)}${stateBytes ? `, state ${byteText(stateBytes)} (${states.map((s) => s.name).join(", ")})` : ""}`,
          latencyTable(rows, io.stdout.isTTY === true),
          ...rows.flatMap((r) =>
            r.profile ? ["", `kernels, ${threadText(r.threads)}:`, kernelTable(r.profile, io.stdout.isTTY === true)] : [],
          ),
        ].join("\n"),
      );
    });
  },
});

type CProgram = (run: CRun) => Latency;

async function machinePeak(): Promise<MachinePeak> {
  const { measureOf, openToolchain } = await import("../../build/toolchain.js");
  return measureOf(openToolchain()).peak();
}

async function fromC<T>(built: Built, body: (program: CProgram) => Promise<T>): Promise<T> {
  const { withCProgram } = await import("../../evaluate/c-latency.js");
  return withCProgram(built.folder, body);
}

interface Wanted {
  readonly rounds: number | undefined;
  /** Absent: no profile. */
  readonly peak: MachinePeak | null;
  readonly withPeer: boolean;
  readonly program: CProgram | null;
}

async function measure(built: Built, threads: number, { rounds, peak, withPeer, program }: Wanted): Promise<Row> {
  const net = await built.load(threads);
  let peer: Peer | null = null;
  try {
    const inputs = drawInputs(net.inputs);
    if (withPeer) peer = await openPeer(built, net.inputs, inputs, threads);
    const runs = [() => Promise.resolve(net.run(inputs)), ...(peer ? [peer.run] : [])];
    const samples = await interleaved(runs, rounds);
    const theirs = samples[1] ? latencyOf(samples[1]) : null;
    const raw = net.inputs.map(({ name }) => inputs[name]);
    const profile = peak && profileOf(net, inputs, samples[0].length, threads === 1 ? peak : null, built.json.arithmetic);
    net.close(); // its workers would spin beside the C program's
    const c = program?.({
      inputs: raw.map((v) => new Uint8Array(v.buffer, v.byteOffset, v.byteLength)),
      threads,
      rounds: samples[0].length,
    });
    return {
      threads,
      latency: latencyOf(samples[0]),
      peer: theirs,
      ratio: samples[1]
        ? quantile(
            samples[1].map((p, i) => p / samples[0][i]),
            0.5,
          )
        : null,
      c: c ? { ...c, ratio: theirs && theirs.median / c.median } : null,
      profile,
    };
  } finally {
    net.close();
    await peer?.close();
  }
}

/** Milliseconds of each run, the runs taking turns, so that a machine that slows down slows all of them. */
async function interleaved(runs: readonly (() => Promise<unknown>)[], rounds: number | undefined): Promise<number[][]> {
  const samples = runs.map((): number[] => []);
  for (const run of runs) for (let i = 0; i < WARM_UP; i++) await run();
  const start = performance.now();
  const isDone = (done: number) =>
    rounds !== undefined
      ? done >= rounds
      : done >= MOST_ROUNDS || (done >= LEAST_ROUNDS && performance.now() - start > BUDGET_MS * runs.length);
  for (let round = 0; !isDone(round); round++) {
    for (let k = 0; k < runs.length; k++) {
      const i = (round + k) % runs.length;
      const began = performance.now();
      await runs[i]();
      samples[i].push(performance.now() - began);
    }
    if (round % 64 === 63) await breathe();
  }
  return samples;
}

/** Linear between the two nearest ranks. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  return sorted[below] + (at - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
}

const latencyOf = (ms: readonly number[]): Latency => ({
  rounds: ms.length,
  min: Math.min(...ms),
  median: quantile(ms, 0.5),
  p99: quantile(ms, 0.99),
});

function profileOf(
  net: Net,
  inputs: Parameters<Net["run"]>[0],
  rounds: number,
  peak: MachinePeak | null,
  arithmetic: ModelRecord["arithmetic"],
): KernelRow[] {
  net.startProfile();
  for (let i = 0; i < Math.min(rounds, 1000); i++) net.run(inputs);
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

const threadText = (n: number) => `${n} thread${n === 1 ? "" : "s"}`;

function latencyTable(rows: readonly Row[], tty: boolean): string {
  const hasPeer = rows.some((r) => r.peer);
  const hasC = rows.some((r) => r.c);
  const head = [
    "threads",
    "min ms",
    "median ms",
    "p99 ms",
    "runs/s",
    "rounds",
    ...(hasPeer ? ["onnxruntime median ms", "ratio"] : []),
    ...(hasC ? ["from C median ms"] : []),
    ...(hasC && hasPeer ? ["ratio from C"] : []),
  ];
  const cells = rows.map(({ threads, latency: l, peer, ratio, c }) => [
    threads,
    ...[l.min, l.median, l.p99].map((ms) => ms.toFixed(3)),
    Math.round(1000 / l.median),
    l.rounds,
    ...(hasPeer ? [peer?.median.toFixed(3) ?? "", ratio?.toFixed(2) ?? ""] : []),
    ...(hasC ? [c?.median.toFixed(3) ?? ""] : []),
    ...(hasC && hasPeer ? [c?.ratio?.toFixed(2) ?? ""] : []),
  ]);
  return formatTable(head, cells, { tty });
}

function kernelTable(rows: readonly KernelRow[], tty: boolean): string {
  const rate = (x: number | null) => (x === null ? "" : x.toFixed(1));
  return formatTable(
    ["kernel", "ms", "share", "GFLOP/s", "GB/s", "of roofline"],
    rows.map((r) => [
      r.kernel,
      r.ms.toFixed(4),
      `${(100 * r.share).toFixed(1)} %`,
      rate(r.gflops),
      rate(r.gbytes),
      r.roofline === null ? "" : `${Math.round(100 * r.roofline)} %`,
    ]),
    { tty, right: [1, 2, 3, 4, 5] },
  );
}
