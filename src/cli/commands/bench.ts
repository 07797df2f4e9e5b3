import { cpus } from "node:os";
import type { LatencyRow } from "../../evaluate/latency/measure.js";
import type { KernelTime } from "../../evaluate/latency/profile.js";
import { formatTable } from "../../support/table.js";
import { defineCommand } from "../options/command.js";
import { badValue, flag, integer, maybeChoice, type Option } from "../options/option.js";
import { builtOptions, FOLDER, withBuilt } from "./built-model.js";
import { byteText } from "./values.js";

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
      const { threads, rounds, profile } = args;
      const { measureLatencies } = await import("../../evaluate/latency/measure.js");
      const wanted = { threads, rounds, profile, fromC: args.from !== undefined, withPeer: args.peer !== undefined };
      const { peak, rows } = await measureLatencies(built, wanted);
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

const threadText = (n: number) => `${n} thread${n === 1 ? "" : "s"}`;

function latencyTable(rows: readonly LatencyRow[], tty: boolean): string {
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

function kernelTable(rows: readonly KernelTime[], tty: boolean): string {
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
