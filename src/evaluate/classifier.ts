/** Accuracy and speed of a built classifier, beside its float build. */
import { choosePreprocessor, loadSample, loadSequence, preprocessorOf } from "../data/sample.js";
import type { SampleEntry } from "../data/sample-list.js";
import type { ModelRecord } from "../runtime/model-record.js";
import type { Net } from "../runtime/net.js";
import { fail, QcError } from "../support/diag.js";
import { breathe } from "../support/interrupt.js";
import { inputSpecs, isScores, realValues, topK } from "./scores.js";

const TOP = 5;

export type Labelled = SampleEntry & { readonly label: number };

/** What one build did on all samples. */
export interface Score {
  readonly build: string;
  /** Percent. */
  readonly top1: number;
  readonly top5: number;
  readonly inferencesPerSecond: number;
  /** Bytes of constants, in units of 10^6. */
  readonly parameterMB: number;
}

export interface Evaluation {
  readonly samples: number;
  readonly classes: number;
  readonly threads: number;
  readonly model: Score;
  /** The float build that `qc optimize` keeps beside the quantized one. */
  readonly float: Score | null;
  /** Percent of the samples to which both give the same class. */
  readonly agreement: number | null;
  /** Of each class that occurs: how many samples, and how many of them are told right. */
  readonly perClass: readonly {
    readonly index: number;
    readonly name: string;
    readonly samples: number;
    readonly correct: number;
  }[];
}

interface Tally {
  top1: number;
  top5: number;
  seconds: number;
}

/** How a classifier is evaluated. */
export interface EvaluateHow {
  /** The name of a preprocessor, or a file with one; of what model.json remembers unless given. */
  readonly preprocessor?: string;
  /** By index. */
  readonly classNames?: readonly string[];
  readonly onSample?: () => void;
}

/**
 * Runs one network, or two in turns, on labelled samples. The first is the build; the second, where there is one, its float build.
 * Errors: QC-CLI-036 the first output is no vector of class scores, 037 a label out of range, QC-DATA-*.
 */
export async function evaluateClassifier(
  { quantizer, ...record }: Pick<ModelRecord, "quantizer" | "preprocessor" | "preprocessorSha256">,
  nets: readonly Net[],
  entries: readonly Labelled[],
  how: EvaluateHow,
): Promise<Evaluation> {
  const loadOne: typeof loadSequence = async (...sample) => [await loadSample(...sample)];
  const chosen = await choosePreprocessor(how.preprocessor || preprocessorOf(record));
  const specs = nets.map((net) => inputSpecs(net.inputs));
  const classes = checkClassifier(nets[0], entries);
  const tallies = nets.map((): Tally => ({ top1: 0, top5: 0, seconds: 0 }));
  const perClass = new Map<number, { samples: number; correct: number }>();
  const warm = nets.map(() => false);
  let agreed = 0;
  for (const [n, entry] of entries.entries()) {
    const best: number[] = [];
    const order = [...nets.entries()];
    for (const [i, net] of n % 2 ? order.reverse() : order) {
      const load = net.describe().stateBytes > 0 ? loadSequence : loadOne;
      const steps = await load(entry.path, specs[i], chosen).catch((e: unknown) => atEntry(e, entry));
      if (!warm[i]) net.run(steps[0]);
      warm[i] = true;
      net.reset(); // samples are independent; those of a network with state are sequences, whose last step counts
      const start = performance.now();
      for (const step of steps.slice(0, -1)) net.run(step);
      const outputs = net.run(steps[steps.length - 1]);
      tallies[i].seconds += (performance.now() - start) / 1000;
      const [scores] = net.outputs;
      const ranked = topK(realValues(scores, outputs[scores.name]), TOP);
      best[i] = ranked[0].index;
      if (ranked[0].index === entry.label) tallies[i].top1++;
      if (ranked.some((r) => r.index === entry.label)) tallies[i].top5++;
    }
    if (best[0] === best[1]) agreed++;
    const seen = perClass.get(entry.label) ?? { samples: 0, correct: 0 };
    perClass.set(entry.label, { samples: seen.samples + 1, correct: seen.correct + (best[0] === entry.label ? 1 : 0) });
    how.onSample?.();
    await breathe();
  }
  const scores = tallies.map((tally, i) => scoreOf(i === 0 ? buildName(quantizer) : "float", tally, nets[i], entries.length));
  return {
    samples: entries.length,
    classes,
    threads: nets[0].threads,
    model: scores[0],
    float: scores[1] ?? null,
    agreement: scores[1] ? (100 * agreed) / entries.length : null,
    perClass: [...perClass]
      .sort(([a], [b]) => a - b)
      .map(([index, c]) => ({ index, name: how.classNames?.[index] ?? String(index), ...c })),
  };
}

const buildName = (quantizer: string): string => (quantizer === "none" ? "float" : quantizer);

function scoreOf(build: string, { top1, top5, seconds }: Tally, net: Net, samples: number): Score {
  const percent = (n: number) => (100 * n) / samples;
  return {
    build,
    top1: percent(top1),
    top5: percent(top5),
    inferencesPerSecond: samples / seconds,
    parameterMB: net.describe().weightBytes / 1e6,
  };
}

/** The number of classes; the first output holds the scores. */
function checkClassifier(net: Net, entries: readonly Labelled[]): number {
  const [scores] = net.outputs;
  const classes = scores.shape.reduce((n, d) => n * d, 1);
  if (classes !== 1 && !isScores(scores))
    fail("QC-CLI-036", `output '${scores.name}' [${scores.shape.join(", ")}] is no vector of class scores`, {
      help: "evaluate judges classifiers that take one sample at a time: one dimension of the output may be larger than 1",
    });
  const stray = entries.find((e) => e.label >= classes);
  if (stray)
    fail("QC-CLI-037", `the class ${stray.label} is out of range: '${scores.name}' has ${classes} scores, 0 to ${classes - 1}`, {
      pos: stray.pos,
      help: "count the classes from 0 in the list",
    });
  return classes;
}

/** Errors of a sample name the line of the list. */
function atEntry(error: unknown, { pos }: Labelled): never {
  if (!(error instanceof QcError) || !pos) throw error;
  throw new QcError(
    error.diags.map((d) => ({ ...d, pos: d.pos ?? pos })),
    error.kind,
  );
}
