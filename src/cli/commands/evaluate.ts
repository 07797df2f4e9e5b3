import type { SampleEntry } from "../../data/sample-list.js";
import type { Net } from "../../runtime/net.js";
import { fail, failUsage } from "../../support/diag.js";
import { writeFileAtomic } from "../../support/fs.js";
import { breathe } from "../../support/interrupt.js";
import { createProgress } from "../../support/progress.js";
import { formatTable } from "../../support/table.js";
import { defineCommand } from "../options/command.js";
import { classNames, inputNames, inputTypes, outputNames, preprocessor, testPath } from "../options/leip.js";
import { choice, flag, integer, text } from "../options/option.js";
import { inputShapes } from "../options/shapes.js";
import { type Built, builtOptions, FOLDER, withBuilt } from "./built-model.js";
import { inputSpecs, isScores, realValues, topK } from "./values.js";

const TOP = 5;

type Labelled = SampleEntry & { readonly label: number };

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

export const evaluate = defineCommand({
  name: "evaluate",
  summary: "accuracy and speed of a built classifier, beside its float build",
  description:
    "Runs a labelled list of samples and prints top-1, top-5, inferences per second and the size of the parameters; where qc optimize kept a float build, of both, sample by sample in turns.",
  examples: [
    ["qc evaluate out/ --test_path index.txt", "every line of index.txt: relative/path class_index"],
    ["qc evaluate out/ --test_path index.txt --preprocessor unit --output_path report.json", "images; the report also as a file"],
  ],
  operands: [FOLDER],
  options: {
    ...builtOptions,
    testPath: testPath(),
    classNames: classNames(),
    preprocessor: preprocessor(),
    outputPath: text("also writes the report there, as JSON", { aliases: ["-o"], value: "FILE.json" }),
    limit: integer("only the first N samples", { min: 1, group: "Data:" }),
    float: flag("also run the float build", { default: true }),
    task: choice("LEIP: classifiers", ["classifier"], "classifier", { hidden: true }),
    dataset: choice("LEIP: a list", ["custom"], "custom", { hidden: true }),
    inputNames: { ...inputNames(), hidden: true },
    inputTypes: { ...inputTypes(), hidden: true },
    inputShapes: { ...inputShapes("LEIP: the built model knows its shapes"), hidden: true },
    outputNames: { ...outputNames(), hidden: true },
  },
  async run(args, io) {
    const list = args.testPath ?? failUsage("QC-CLI-035", "no test samples are named", "add --test_path index.txt");
    const { readSampleList, requireLabels } = await import("../../data/sample-list.js");
    const entries = requireLabels(readSampleList(list)).slice(0, args.limit);
    await withBuilt(args, io, async (built) => {
      const nets = await loadBuilds(built, args.threads, args.float);
      const progress = createProgress({
        label: "evaluate",
        total: entries.length,
        stream: io.stderr,
        mode: io.json ? "silent" : "auto",
      });
      try {
        const how = args.preprocessor || (built.json.preprocessor ?? "");
        const result = await measure(built, nets, entries, how, args.classNames, () => progress.tick());
        if (args.outputPath !== undefined) writeFileAtomic(args.outputPath, `${JSON.stringify(result, null, 2)}\n`);
        progress.stop();
        io.result(result, () => asText(result, io.stdout.isTTY === true, args.outputPath));
      } finally {
        progress.stop();
        for (const net of nets) net.close();
      }
    });
  },
});

/** The build itself and, where there is one of the same model, its float build. */
async function loadBuilds(built: Built, threads: number | undefined, wantsFloat: boolean): Promise<Net[]> {
  const model = await built.load(threads);
  const float = wantsFloat ? built.sibling("float") : null;
  const isOurs = float?.source.sha256 === built.json.source.sha256;
  return float && isOurs ? [model, await built.load(threads, "float")] : [model];
}

interface Tally {
  top1: number;
  top5: number;
  seconds: number;
}

async function measure(
  built: Built,
  nets: readonly Net[],
  entries: readonly Labelled[],
  how: string,
  names: readonly string[] | undefined,
  tick: () => void,
): Promise<Evaluation> {
  const { choosePreprocessor, loadSample, loadSequence } = await import("../../data/sample.js");
  const loadOne: typeof loadSequence = async (...sample) => [await loadSample(...sample)];
  const chosen = await choosePreprocessor(how);
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
    tick();
    await breathe();
  }
  const scores = tallies.map((tally, i) =>
    scoreOf(i === 0 ? buildName(built.json.quantizer) : "float", tally, nets[i], entries.length),
  );
  return {
    samples: entries.length,
    classes,
    threads: nets[0].threads,
    model: scores[0],
    float: scores[1] ?? null,
    agreement: scores[1] ? (100 * agreed) / entries.length : null,
    perClass: [...perClass]
      .sort(([a], [b]) => a - b)
      .map(([index, c]) => ({ index, name: names?.[index] ?? String(index), ...c })),
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
async function atEntry(error: unknown, { pos }: Labelled): Promise<never> {
  const { QcError } = await import("../../support/diag.js");
  if (!(error instanceof QcError) || !pos) throw error;
  throw new QcError(
    error.diags.map((d) => ({ ...d, pos: d.pos ?? pos })),
    error.kind,
  );
}

function asText(e: Evaluation, tty: boolean, file: string | undefined): string {
  const rows = [e.model, ...(e.float ? [e.float] : [])].map((s) => [
    s.build,
    `${s.top1.toFixed(2)} %`,
    `${s.top5.toFixed(2)} %`,
    Math.round(s.inferencesPerSecond),
    s.parameterMB.toFixed(3),
  ]);
  const lines = [
    `${e.samples} samples, ${e.classes} classes, ${e.threads} thread${e.threads === 1 ? "" : "s"}`,
    formatTable(["build", "top-1", "top-5", "inferences/s", "parameter MB"], rows, { tty, right: [1, 2, 3, 4] }),
  ];
  if (e.float) {
    const lost = e.float.top1 - e.model.top1;
    const change = lost === 0 ? "no top-1 lost" : `${Math.abs(lost).toFixed(2)} points of top-1 ${lost > 0 ? "lost" : "gained"}`;
    const speed = e.model.inferencesPerSecond / e.float.inferencesPerSecond;
    const smaller = e.float.parameterMB / e.model.parameterMB;
    lines.push(
      `against float: ${change}, ${speed.toFixed(2)} x the speed, parameters ${smaller.toFixed(2)} x smaller, same class for ${e.agreement?.toFixed(2)} %`,
    );
  }
  const wrong = e.perClass.filter((c) => c.correct < c.samples).sort((a, b) => b.samples - b.correct - (a.samples - a.correct));
  if (wrong.length)
    lines.push(
      `most errors: ${wrong
        .slice(0, 3)
        .map((c) => `${c.name} ${c.samples - c.correct} of ${c.samples}`)
        .join(", ")}`,
    );
  if (file !== undefined) lines.push(`wrote ${file}`);
  return lines.join("\n");
}
