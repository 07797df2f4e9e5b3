/** docs/makers/performance.md from the results. */

import { geometricMean } from "../src/support/statistics.js";
import type { Failure, KernelTime, Row } from "./compare.js";
import type { Machine } from "./machine.js";
import { reasonFor } from "./reasons.js";
import type { Results } from "./results.js";
import type { Group } from "./subjects.js";

/** A load above this means that something else runs. */
const BUSY = 0.8;
/** A kernel below this share of its roofline is named. */
const GOOD_SHARE = 0.8;
/** Kernels that take less of their network's time are not worth a row. */
const LEAST_SHARE_OF_TIME = 0.05;

interface Section {
  readonly group: Group;
  readonly title: string;
  readonly text: string;
}

const SECTIONS: readonly Section[] = [
  {
    group: "kernels",
    title: "Single convolutions, fp32",
    text: "Winograd kernels do fewer multiplications than the direct sum that is counted, so their share may pass 100 %.",
  },
  {
    group: "kernels-int8",
    title: "Single convolutions, int8",
    text: "Peers: QLinearConv with `s8` and `u8` activations. The plain rows are the same s8 model compiled; `optimized from float` is the float convolution quantized by `qc optimize --quantizer symmetricpc`, which also converts its float input and output.",
  },
  {
    group: "networks",
    title: "Networks, fp32, batch 1",
    text: "Published architectures with random weights (`bench/networks`), 224 x 224 images, 128 tokens.",
  },
  {
    group: "networks-int8",
    title: "Networks, int8, batch 1",
    text: "Ours: quantized by `qc optimize --quantizer symmetricpc`, float in and out. Peers: the architecture written in integer operators, `u8` and `s8` activations.",
  },
  { group: "models", title: "Trained models", text: "The ONNX models of `../shared/models`, the peer on the same file." },
];

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? "---" : "--:")), ...rows].map((r) => `| ${r.join(" | ")} |`).join("\n");

export const msText = (ms: number): string => ms.toPrecision(3).replace(/e.*/, "");
const percent = (x: number): string => `${Math.round(100 * x)} %`;

export const shareOf = (r: Row): number | null => (r.floorMs === null || r.ms === 0 ? null : r.floorMs / r.ms);

/** Peers of a section in order of first appearance. */
const peerNames = (rows: readonly Row[]): readonly string[] => [...new Set(rows.flatMap((r) => r.peers.map((p) => p.name)))];

export const HEAD = (peers: readonly string[]): readonly string[] => [
  "threads",
  "qc ms",
  "from C ms",
  ...peers.flatMap((p) => [`peer ${p} ms`, "ratio"]),
  "GFLOP/s",
  "of roofline",
];

/** The cells of a row that follow its name. */
export function cells(r: Row, peers: readonly string[]): readonly string[] {
  const share = shareOf(r);
  return [
    String(r.threads),
    msText(r.ms),
    r.cMs === undefined ? "" : msText(r.cMs),
    ...peers.flatMap((name) => {
      const p = r.peers.find((x) => x.name === name);
      return p ? [msText(p.ms), p.ratio.toFixed(2)] : ["", ""];
    }),
    r.gflops === null ? "" : r.gflops.toFixed(0),
    share === null ? "" : percent(share),
  ];
}

/** `2 threads: geometric mean 1.31, lowest 1.02 of 8`, a line for each peer and number of threads. */
export function means(rows: readonly Row[]): readonly string[] {
  const threads = [...new Set(rows.map((r) => r.threads))].sort((a, b) => a - b);
  return peerNames(rows).flatMap((peer) =>
    threads.flatMap((n) => {
      const ratios = rows
        .filter((r) => r.threads === n)
        .flatMap((r) => r.peers.filter((p) => p.name === peer).map((p) => p.ratio));
      if (!ratios.length) return [];
      const mean = `geometric mean **${geometricMean(ratios).toFixed(2)}**, lowest ${Math.min(...ratios).toFixed(2)} of ${ratios.length}`;
      return [`- peer ${peer}, ${n} thread${n === 1 ? "" : "s"}: ${mean}`];
    }),
  );
}

function section({ group, title, text }: Section, { rows, failures }: Results): string {
  const mine = rows.filter((r) => r.group === group);
  const failed = failures.filter((f) => f.group === group);
  if (!mine.length && !failed.length) return `## ${title}\n\nNot measured on this machine.`;
  const peers = peerNames(mine);
  const body = mine.map((r) => [r.name, ...cells(r, peers)]);
  return [
    `## ${title}`,
    text,
    ...(mine.length ? [table(["", ...HEAD(peers)], body), means(mine).join("\n")] : []),
    ...(failed.length ? [failed.map((f: Failure) => `- ${f.name}: not measured: ${f.failed}`).join("\n")] : []),
    ...below(mine),
  ].join("\n\n");
}

/** Where the time of slow rows goes: kernels below 80 % of the roofline that matter to their network. */
function below(rows: readonly Row[]): readonly string[] {
  const found = rows
    .filter((r) => r.threads === 1)
    .flatMap((r) =>
      r.kernels
        .filter((k) => k.ms / r.ms >= LEAST_SHARE_OF_TIME && k.floorMs / k.ms < GOOD_SHARE)
        .map((k) => ({ r, k }))
        .slice(0, 6),
    );
  if (!found.length) return [];
  const rowOf = ({ r, k }: { readonly r: Row; readonly k: KernelTime }) => [
    r.name,
    `\`${k.name.replaceAll("|", "\\|")}\``,
    msText(k.ms),
    percent(k.ms / r.ms),
    (k.flops / k.ms / 1e6).toFixed(0),
    percent(k.floorMs / k.ms),
    reasonFor(k),
  ];
  const head = ["", "kernel", "ms", "of its time", "GFLOP/s", "of roofline", "reason"];
  return ["Below 80 % of the roofline, one thread, where it takes 5 % of the time or more:", table(head, found.map(rowOf))];
}

const sizeText = (bytes: number): string => (bytes < 1 << 20 ? `${bytes >> 10} KiB` : `${bytes >> 20} MiB`);

export function machineLines(m: Machine): readonly string[] {
  const int8 = m.int8Gops === null ? "" : `, ${m.int8Gops.toFixed(0)} GOP/s in exact int8`;
  const reads = m.bandwidth.map((b) => `${b.gbytes.toFixed(0)} GB/s from ${sizeText(b.bytes)}`).join(", ");
  return [
    `${m.cpu}, ${m.processors} processors: ${m.features.join(" ")}`,
    `one core: ${m.gflops.toFixed(0)} GFLOP/s in fp32${int8}; reads ${reads}`,
    ...(m.load > BUSY ? [`load ${m.load.toFixed(1)} when it started: other jobs shared the machine, ratios are rough`] : []),
    `LLVM ${m.llvm}, node ${m.node}, peer ${m.peer}`,
  ];
}

export function performanceDoc(results: Results, more: readonly string[]): string {
  const rounds = Math.min(...results.rows.map((r) => r.rounds));
  return [
    "# Performance",
    "<!-- written by npm run bench from bench/results; hand-written reasons: bench/reasons.ts -->",
    machineLines(results.machine)
      .map((l) => `- ${l}`)
      .join("\n"),
    `Measured ${results.measured}: one process, runs taking turns, medians of at least ${rounds} rounds. A ratio above 1 means that qc is faster than the peer, ONNX Runtime with all its optimizations. The roofline of a kernel is the larger of its operations over the measured peak and its bytes over the bandwidth of the smallest measured memory that holds them; that of a network is the sum over its kernels.`,
    ...SECTIONS.map((s) => section(s, results)),
    ...more,
  ]
    .join("\n\n")
    .concat("\n");
}
