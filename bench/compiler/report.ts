/** The part of docs/makers/performance.md about the compiler: tables, the chart, and what the numbers say. */
import type { Chart } from "./chart.js";
import type { Compilation, Growth } from "./growth.js";

export interface TaskTime {
  readonly name: string;
  /** Milliseconds, median, at each size. */
  readonly ms: readonly number[];
  /** Relative margin of error at the largest size, in percent. */
  readonly rme: number;
}

export interface CompilerResults {
  readonly cpu: string;
  /** Numbers of nodes of the graph stages, and of the kernel stages. */
  readonly sizes: readonly number[];
  readonly graph: readonly TaskTime[];
  readonly kernelSizes: readonly number[];
  readonly kernels: readonly TaskTime[];
  readonly growth: Growth;
  /** Stages that take far more than 8 times as long on 8 times the nodes, with their times. */
  readonly superlinear: readonly string[];
}

const MIB = 1 << 20;

export function charts({ nodes, weights }: Growth): readonly Chart[] {
  const series = (list: readonly Compilation[], x: (c: Compilation) => number) => [
    { label: "seconds", color: "#1f6fb2", points: list.map((c) => [x(c), c.seconds] as const) },
    { label: "peak MiB", color: "#c2571a", right: true, points: list.map((c) => [x(c), c.peakMiB] as const) },
  ];
  const axes = { left: "s", right: "MiB" };
  return [
    { title: "compile, by nodes", x: "nodes", ...axes, series: series(nodes, (c) => c.nodes) },
    { title: "compile, by weights", x: "MiB of weights", ...axes, series: series(weights, (c) => c.weightBytes / MIB) },
  ];
}

/** d log y / d log x from the first to the last point: 1 is linear, 2 quadratic. */
export function exponent(x: readonly number[], y: readonly number[]): number {
  const last = x.length - 1;
  return Math.log(y[last] / y[last - 1]) / Math.log(x[last] / x[last - 1]);
}

/** Slope of the least-squares line. */
export function slope(x: readonly number[], y: readonly number[]): number {
  const mean = (v: readonly number[]) => v.reduce((a, b) => a + b, 0) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  const sum = (f: (i: number) => number) => x.reduce((s, _, i) => s + f(i), 0);
  return sum((i) => (x[i] - mx) * (y[i] - my)) / sum((i) => (x[i] - mx) ** 2);
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? "---" : "--:")), ...rows].map((r) => `| ${r.join(" | ")} |`).join("\n");

const taskTable = (sizes: readonly number[], tasks: readonly TaskTime[]): string =>
  table(
    ["ms", ...sizes.map((n) => `${n} nodes`), "exponent", "±"],
    tasks.map((t) => [t.name, ...t.ms.map((v) => v.toPrecision(3)), exponent(sizes, t.ms).toFixed(2), `${t.rme.toFixed(0)} %`]),
  );

function growthText({ nodes, weights }: Growth): string {
  const perNode = slope(
    nodes.map((c) => c.nodes),
    nodes.map((c) => c.seconds),
  );
  const nodeKiB = slope(
    nodes.map((c) => c.nodes),
    nodes.map((c) => c.peakMiB * 1024),
  );
  const mib = weights.map((c) => c.weightBytes / MIB);
  const perMiB = slope(
    mib,
    weights.map((c) => c.seconds),
  );
  const copies = slope(
    mib,
    weights.map((c) => c.peakMiB),
  );
  const last = weights.slice(-2);
  const lastCopies = slope(
    last.map((c) => c.weightBytes / MIB),
    last.map((c) => c.peakMiB),
  );
  return [
    `Whole compilations, each in a process of its own, in processor time: ${(1000 * perNode).toFixed(1)} ms and ${nodeKiB.toFixed(0)} KiB a node`,
    `(exponent of the last doubling ${exponent(
      nodes.map((c) => c.nodes),
      nodes.map((c) => c.seconds),
    ).toFixed(2)} in time);`,
    `${(1000 * perMiB).toFixed(1)} ms and ${copies.toFixed(1)} MiB of memory for each further MiB of weights,`,
    `${lastCopies.toFixed(1)} MiB between the last two: constants beyond 64 MiB wait in a temporary file.`,
  ].join(" ");
}

export function compilerSection(r: CompilerResults): string {
  return [
    "## The compiler's own speed",
    `${r.cpu}, one core. Medians by the package benchmark on chains of conv, add, relu and reshape over 2 x 2 images; the number before a pass is its place in its pipeline. Exponent: of time against nodes, between the last two sizes; 1 is linear, 2 would be quadratic.`,
    taskTable(r.sizes, r.graph),
    taskTable(r.kernelSizes, r.kernels),
    r.superlinear.length === 0
      ? "On chains, trees and fans of 1,000 and of 8,000 nodes no stage grows faster than linear (in the least processor time of up to 7 runs)."
      : `Faster than linear: ${r.superlinear.join("; ")}.`,
    "![compile time and memory](compile-growth.svg)",
    growthText(r.growth),
  ]
    .join("\n\n")
    .concat("\n");
}
