/**
 * What tuning brings: the bench networks with their default schedules and with those that a search confirmed, in turns with each other, then the tuned ones
 * in turns with ONNX Runtime.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { timeInBlocks } from "../src/autotune/confirm/blocks.js";
import { effectsOf, estimate, meanEffects } from "../src/autotune/paired.js";
import type { SearchRequest } from "../src/autotune/search-workloads.js";
import { type CalibrationSample, compileModel, optimizeModel } from "../src/compile.js";
import { createContext } from "../src/context.js";
import { load } from "../src/runtime/index.js";
import { makeFolder } from "../src/support/fs.js";
import { geometricMean, median } from "../src/support/statistics.js";
import { formatTable } from "../src/support/table.js";
import { withTempFolder } from "../src/support/temp-folder.js";
import { drawInputs, drawPeerInput } from "./inputs.js";
import { interleaved } from "./measure.js";
import type { Model } from "./networks/model-builder.js";
import { NETWORKS } from "./networks/networks.js";
import { openPeer } from "./peer.js";

export interface TunedOptions {
  readonly filter: string;
  /** Holds the builds and the logs of the searches, by network: a further run goes on from there. */
  readonly folder: string;
  readonly isFloatOnly: boolean;
  /** Trials of each search. Null: what an earlier run built is measured as it is. */
  readonly trials: number | null;
  readonly threads: readonly number[];
  /** Runs beside ONNX Runtime. */
  readonly rounds: number;
}

interface Case {
  readonly name: string;
  readonly model: Model;
  /** The peer's own form of it. */
  readonly peer: Model;
  readonly isInteger: boolean;
}

function* cases({ filter, isFloatOnly }: TunedOptions): Generator<Case> {
  for (const [network, { build, buildInteger }] of Object.entries(NETWORKS)) {
    if (network.includes(filter)) yield { name: network, model: build(), peer: build(), isInteger: false };
    const name = `${network} int8`;
    if (buildInteger && !isFloatOnly && name.includes(filter))
      yield { name, model: build(), peer: buildInteger("u8"), isInteger: true };
  }
}

const BLOCKS = 12;
const BUDGET_MS = 2000;
const RISK = 0.05;

interface TunedRow {
  readonly name: string;
  readonly threads: number;
  readonly untunedMs: number;
  readonly tunedMs: number;
  /** Tuned over untuned, with bounds of 95 %, each to one side. */
  readonly ratio: number;
  readonly atLeast: number;
  readonly atMost: number;
  /** ONNX Runtime over tuned: above 1, qc is faster. */
  readonly peer: number;
}

/** Builds and measures; prints a row for each network as it comes, then the table and the geometric means. */
export async function benchTuned(options: TunedOptions): Promise<void> {
  const rows: TunedRow[] = [];
  for (const c of cases(options)) {
    const folder = join(options.folder, c.name.replaceAll(" ", "-"));
    if (options.trials !== null) await buildBoth(c, folder, options.trials);
    else if (!existsSync(join(folder, "tuned/model.so"))) continue;
    for (const threads of options.threads) {
      rows.push(await compareBoth(c, folder, threads, options.rounds));
      console.log(cells(rows[rows.length - 1]).join(", "));
    }
  }
  const head = ["", "threads", "untuned ms", "tuned ms", "tuned / untuned", "95 % bounds", "ONNX Runtime / tuned"];
  console.log(`\n${formatTable(head, rows.map(cells), { tty: process.stdout.isTTY === true, right: [1, 2, 3, 4, 5, 6] })}`);
  for (const threads of options.threads) {
    const mine = rows.filter((r) => r.threads === threads);
    const beside = `ONNX Runtime / tuned ${geometricMean(mine.map((r) => r.peer)).toFixed(2)}`;
    if (mine.length)
      console.log(
        `${threads} thread${threads > 1 ? "s" : ""}: geometric means: tuned / untuned ${geometricMean(mine.map((r) => r.ratio)).toFixed(3)}, ${beside}`,
      );
  }
}

async function buildBoth(c: Case, folder: string, trials: number): Promise<void> {
  const inputPath = join(folder, "model.onnx");
  makeFolder(folder);
  writeFileSync(inputPath, c.model.bytes);
  const inputs = drawInputs(c.model.inputs);
  async function* samples(): AsyncGenerator<CalibrationSample> {
    yield { values: inputs };
  }
  const build = (outputPath: string, search?: SearchRequest) =>
    c.isInteger
      ? optimizeModel({ inputPath, outputPath, search, quantizer: "symmetricpc", samples }, createContext())
      : compileModel({ inputPath, outputPath, search }, createContext());
  await build(join(folder, "untuned"));
  const { tuning, seconds } = await build(join(folder, "tuned"), { iterations: trials });
  const { search, whole, tuned, workloads } = tuning ?? {};
  const confirmed = whole
    ? `; when it was confirmed ${whole.ratio.toFixed(3)}, its tuned kernels ${whole.kernels.ratio.toFixed(3)}${whole.isUsed ? "" : ", not used"}`
    : "";
  console.log(
    `${c.name}: ${search?.done} trials, ${tuned} of ${workloads} workloads tuned, ${seconds.tune.toFixed(0)} s${confirmed}`,
  );
}

async function compareBoth(c: Case, folder: string, threads: number, rounds: number): Promise<TunedRow> {
  const files = ["untuned", "tuned"].map((b) => join(folder, b, "model.so"));
  const [untuned, tuned] = await withTempFolder("bench-tuned", (copies) =>
    timeInBlocks(files, { threads, blocks: BLOCKS, budgetMs: BUDGET_MS * files.length, folder: copies }),
  );
  const effects = meanEffects([effectsOf(tuned.cold, untuned.cold), effectsOf(tuned.warm, untuned.warm)]);
  return {
    name: c.name,
    threads,
    untunedMs: median(untuned.warm.flat()),
    tunedMs: median(tuned.warm.flat()),
    ...estimate(effects, RISK),
    peer: await besidePeer(c, join(folder, "tuned"), threads, rounds),
  };
}

/** Median over rounds of the peer's time over ours. */
async function besidePeer(c: Case, built: string, threads: number, rounds: number): Promise<number> {
  const net = await load(built, { threads });
  const peer = await openPeer(c.peer.bytes, c.peer.inputs.map(drawPeerInput), threads);
  try {
    const inputs = c.model.inputs.map(drawPeerInput);
    const feeds = Object.fromEntries(net.inputs.map((spec, i) => [spec.name, inputs[i].data]));
    const [ours, theirs] = await interleaved([() => net.run(feeds), peer.run], { least: rounds, sampleMs: 2 });
    return median(theirs.map((t, r) => t / ours[r]));
  } finally {
    net.close();
    await peer.close();
  }
}

const cells = (r: TunedRow): readonly string[] => [
  r.name,
  `${r.threads}`,
  r.untunedMs.toFixed(3),
  r.tunedMs.toFixed(3),
  r.ratio.toFixed(3),
  `${r.atLeast.toFixed(3)} to ${r.atMost.toFixed(3)}`,
  r.peer.toFixed(2),
];
