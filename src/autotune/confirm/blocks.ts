/**
 * Builds of one model that take turns, in blocks: for every block each build is copied to a fresh file, loaded, and warmed up anew. Where code, constants and
 * arena come to lie in memory is often worth more of a run than what a search gains, and stays as long as the model is loaded, that of the file's pages as long
 * as the file is cached.
 */
import { copyFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { emptyData, type TypedArray } from "../../ir/op/tensor.js";
import { isFloat } from "../../ir/type/dtype.js";
import { numElements } from "../../ir/type/tensor-type.js";
import { load, type Net } from "../../runtime/index.js";
import { createRandom } from "../../search/random.js";
import { breathe } from "../../support/interrupt.js";
import type { Blocks } from "../paired.js";

/** Milliseconds of one build. */
export interface BlockTimes {
  /** Of the first run after the other builds had their turn, and of the runs after it. */
  readonly cold: Blocks;
  readonly warm: Blocks;
  /** By block and round: of every phase, the mean over these runs. */
  readonly phases: readonly (readonly (readonly number[])[])[];
}

export interface BlockOptions {
  readonly threads: number;
  readonly blocks: number;
  /** Milliseconds of all runs together, about. */
  readonly budgetMs: number;
  /** For the copies. */
  readonly folder: string;
}

const LEAST_ROUNDS = 2;
const MOST_ROUNDS = 12;
/** A warm sample takes so many milliseconds at least. */
const SAMPLE_MS = 0.25;
const MOST_REPEATS = 200;
/** A build runs so long before its first sample. */
const WARM_UP_MS = 5;
/** Larger files are not copied: over that many pages chance evens out. */
const MOST_COPIED = 128 * 1024 * 1024;
/** Workers of a build whose turn is over must not spin beside the next one's, which would vary with it from block to block. */
const SPIN_US = 100;

type Inputs = Readonly<Record<string, TypedArray>>;

/** Floats in [-1, 1), 8-bit codes, zeros for wider integers, which are often indices. */
function drawInput({ dtype, shape }: Net["inputs"][number], seed: number): TypedArray {
  const random = createRandom(seed);
  const data = emptyData(dtype, numElements(shape));
  const draw = (): number =>
    dtype === "f32" || dtype === "f64" ? 2 * random.next() - 1 : dtype === "u8" ? random.below(256) : random.below(256) - 128;
  if (dtype === "u8" || dtype === "i8" || (isFloat(dtype) && dtype !== "f16" && dtype !== "bf16"))
    for (let i = 0; i < data.length; i++) data[i] = draw() as never;
  return data;
}

const millis = (net: Net, inputs: Inputs, repeats = 1): number => {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) net.run(inputs);
  return (performance.now() - start) / repeats;
};

/** Runs until that took WARM_UP_MS; the least time of a run. */
function warmUp(net: Net, inputs: Inputs): number {
  net.run(inputs);
  let least = Number.POSITIVE_INFINITY;
  for (let spent = 0; spent < WARM_UP_MS; ) {
    const ms = millis(net, inputs);
    least = Math.min(least, ms);
    spent += ms;
  }
  return least;
}

interface Sample {
  readonly cold: number;
  readonly warm: number;
  readonly phases: readonly number[];
}

function sample(net: Net, inputs: Inputs, repeats: number): Sample {
  net.startProfile();
  const cold = millis(net, inputs);
  const warm = millis(net, inputs, repeats);
  net.stopProfile();
  const { runs, phases } = net.profile();
  return { cold, warm, phases: phases.map((p) => p.ns / runs / 1e6) };
}

/** Numbers 0 to n - 1, starting at another each time, in both directions. */
function turns(n: number, at: number): readonly number[] {
  const order = Array.from({ length: n }, (_, i) => (i + (at >> 1)) % n);
  return at % 2 ? order.reverse() : order;
}

/** Models at `files`, of equal inputs, in turns. A round in which the process lost a processor is taken again, half as many as there are rounds. */
export async function timeInBlocks(files: readonly string[], options: BlockOptions): Promise<readonly BlockTimes[]> {
  const { threads, blocks, budgetMs, folder } = options;
  const made = files.map(() => ({ cold: [] as number[][], warm: [] as number[][], phases: [] as (readonly number[])[][] }));
  let inputs: Inputs | null = null;
  for (let block = 0; block < blocks; block++) {
    const nets: Net[] = [];
    try {
      for (const i of turns(files.length, block)) nets[i] = await load(placed(files[i], i, folder), { threads, spinUs: SPIN_US });
      inputs ??= Object.fromEntries(nets[0].inputs.map((p, i) => [p.name, drawInput(p, i + 1)]));
      const given = inputs;
      const least = nets.map((net) => warmUp(net, given));
      const repeats = least.map((ms) => Math.max(1, Math.min(MOST_REPEATS, Math.ceil(SAMPLE_MS / ms))));
      const roundMs = least.reduce((sum, ms, i) => sum + ms * (1 + repeats[i]), 0);
      const rounds = Math.max(LEAST_ROUNDS, Math.min(MOST_ROUNDS, Math.floor(budgetMs / blocks / roundMs)));
      const taken: (readonly Sample[])[] = [];
      for (let take = 0; taken.length < rounds; take++) {
        const before = process.resourceUsage().involuntaryContextSwitches;
        const round: Sample[] = [];
        for (const i of turns(nets.length, block + take)) round[i] = sample(nets[i], given, repeats[i]);
        const isUndisturbed = process.resourceUsage().involuntaryContextSwitches === before;
        if (isUndisturbed || take - taken.length >= rounds / 2) taken.push(round);
      }
      made.forEach((m, i) => {
        m.cold.push(taken.map((round) => round[i].cold));
        m.warm.push(taken.map((round) => round[i].warm));
        m.phases.push(taken.map((round) => round[i].phases));
      });
    } finally {
      for (const net of nets) net?.close();
    }
    await breathe();
  }
  return made;
}

/** The file to load in this block. */
function placed(file: string, i: number, folder: string): string {
  if (statSync(file).size > MOST_COPIED) return file;
  const copy = join(folder, `turn${i}.so`);
  rmSync(copy, { force: true });
  copyFileSync(file, copy);
  return copy;
}
