import type { SampleValues } from "../../data/sample.js";
import type { BuiltModel } from "../../evaluate/builds.js";
import { inputSpecs, isScores, realValues, topK } from "../../evaluate/scores.js";
import type { TensorInfo } from "../../runtime/descriptor.js";
import { failUsage, shownText } from "../../support/diag.js";
import { type TypedArray, writeNpy } from "../../support/npy.js";
import { didYouMean } from "../../support/suggest.js";
import { defineCommand } from "../options/command.js";
import { classNames, inputNames, inputTypes, preprocessor } from "../options/leip.js";
import { integerOr, text, texts } from "../options/option.js";
import { refuseInputs } from "../options/output.js";
import { inputShapes } from "../options/shapes.js";
import { builtOptions, FOLDER, withBuilt } from "./built-model.js";
import { shortNumber, toNdArray, typeText } from "./values.js";

const SHOWN = 8;

interface Result {
  readonly info: TensorInfo;
  readonly data: TypedArray;
  readonly values: readonly number[];
}

export const run = defineCommand({
  name: "run",
  summary: "runs a built model on one sample",
  description:
    "Runs a built model once and prints what it gives. A network with state steps through an array of shape [T, ...] from its initial state, and gives the results of all steps.",
  examples: [
    ["qc run out/ --input x.npy", "feeds an array as it is"],
    ["qc run out/ --input cat.png --preprocessor unit --class_names class_names.txt", "the five best classes of an image"],
    ["qc run out/ --input sequence.npy --output y.npy", "a network with state: steps through an array of shape [T, ...]"],
    ["qc run out/ --input left=a.npy --input right=b.npy --output y.npz", "two inputs; the outputs into one file"],
  ],
  operands: [FOLDER],
  options: {
    ...builtOptions,
    input: texts("sample: .npy, .npz, raw, PNG, JPEG, WAV; of several inputs one each as NAME=FILE", {
      aliases: ["--test_path"],
      value: "[NAME=]FILE",
      group: "Data:",
    }),
    preprocessor: preprocessor(),
    classNames: classNames(),
    top: integerOr("classes to print", 5, { min: 1, group: "Data:" }),
    output: text("writes the outputs: .npy for one, .npz for all", { value: "FILE", aliases: ["--output_path", "-o"] }),
    inputNames: { ...inputNames(), hidden: true },
    inputTypes: { ...inputTypes(), hidden: true },
    inputShapes: { ...inputShapes("LEIP: the built model knows its shapes"), hidden: true },
  },
  async run(args, io) {
    if (args.input.length === 0)
      failUsage("QC-CLI-032", "no sample is named", "add --input x.npy, or an image with --preprocessor NAME");
    await withBuilt(args, io, async (built) => {
      const net = await built.load(args.threads);
      try {
        const hasState = net.describe().stateBytes > 0;
        const { preprocessorOf } = await import("../../data/sample.js");
        const names = net.inputs.map((i) => i.name);
        if (args.output !== undefined)
          refuseInputs(
            args.output,
            args.input.map((given) => splitName(given, names).file),
          );
        const steps = await readInputs(args.input, net.inputs, args.preprocessor || preprocessorOf(built.json), hasState);
        const outputs = steps.map((sample) => net.step(sample));
        const results = net.outputs.map((one): Result => {
          const data = joined(outputs.map((o) => o[one.name]));
          const info = outputs.length === 1 ? one : { ...one, shape: [outputs.length, ...one.shape] };
          return { info, data, values: realValues(info, data) };
        });
        if (args.output !== undefined) await writeOutputs(args.output, results);
        io.result(asJson(built, results, args.top, args.classNames), () =>
          asText(results, args.top, args.classNames, args.output),
        );
      } finally {
        net.close();
      }
    });
  },
});

/** The results of all steps, one behind the other. */
function joined(steps: readonly TypedArray[]): TypedArray {
  const [first] = steps;
  if (steps.length === 1) return first;
  const all = new (first.constructor as new (length: number) => TypedArray)(steps.length * first.length);
  steps.forEach((step, t) => (all as Uint8Array).set(step as Uint8Array, t * first.length));
  return all;
}

/** One file for all inputs, or NAME=FILE for each; the steps of a sequence where the network has state, else one. */
async function readInputs(
  given: readonly string[],
  inputs: readonly TensorInfo[],
  how: string,
  hasState: boolean,
): Promise<readonly SampleValues[]> {
  const { choosePreprocessor, loadSample, loadSequence, zipSteps } = await import("../../data/sample.js");
  const load = async (file: string, wanted: typeof specs): Promise<readonly SampleValues[]> =>
    hasState ? loadSequence(file, wanted, chosen) : [await loadSample(file, wanted, chosen)];
  const chosen = await choosePreprocessor(how);
  const specs = inputSpecs(inputs);
  const names = inputs.map((i) => i.name);
  const named = given.map((text) => splitName(text, names));
  if (named.length === 1 && named[0].name === null) return load(named[0].file, specs);
  const sample = new Map<string, readonly TypedArray[]>();
  for (const { name, file } of named) {
    const spec = specs.find((s) => s.name === name);
    if (!spec) {
      const guess = didYouMean(file.split("=")[0], names);
      failUsage(
        "QC-CLI-033",
        `--input '${file}' names no input`,
        guess ?? `write --input ${names[0]}=${file}; the inputs are ${names.join(", ")}`,
      );
    }
    if (sample.has(spec.name)) failUsage("QC-CLI-033", `--input gives '${name}' twice`, "name every input once");
    const steps = await load(file, [spec]);
    sample.set(
      spec.name,
      steps.map((step) => step[spec.name]),
    );
  }
  const missing = names.filter((n) => !sample.has(n));
  if (missing.length)
    failUsage("QC-CLI-033", `--input gives nothing for ${missing.join(", ")}`, `add --input ${missing[0]}=FILE`);
  return zipSteps(sample, "--input");
}

/** `name=file` where `name` is an input: names and paths may hold `=` themselves. */
function splitName(text: string, names: readonly string[]): { name: string | null; file: string } {
  const name = names.filter((n) => text.startsWith(`${n}=`)).sort((a, b) => b.length - a.length)[0];
  return name === undefined ? { name: null, file: text } : { name, file: text.slice(name.length + 1) };
}

async function writeOutputs(path: string, results: readonly Result[]): Promise<void> {
  const arrays = results.map(({ info, data }): [string, ReturnType<typeof toNdArray>] => [info.name, toNdArray(info, data)]);
  if (path.endsWith(".npz")) {
    const { writeNpz } = await import("../../support/npz.js");
    writeNpz(path, arrays);
  } else if (arrays.length === 1) {
    writeNpy(path, arrays[0][1]);
  } else {
    failUsage(
      "QC-CLI-034",
      `the model has ${arrays.length} outputs, and '${path}' holds one array`,
      "name a .npz file: it holds them all",
    );
  }
}

function asJson(built: BuiltModel, results: readonly Result[], top: number, classes: readonly string[] | undefined): unknown {
  return {
    model: built.json.name,
    outputs: results.map(({ info, values }) => ({
      name: info.name,
      dtype: info.dtype,
      shape: info.shape,
      values,
      ...(isScores(info) ? { top: topK(values, top).map((r) => ({ ...r, name: classes?.[r.index] })) } : {}),
    })),
  };
}

function asText(
  results: readonly Result[],
  top: number,
  classes: readonly string[] | undefined,
  file: string | undefined,
): string {
  const lines = results.flatMap(({ info, values }) => {
    const head = `${shownText(info.name)}  ${typeText(info)}`;
    if (classes && isScores(info)) return [head, ...topLines(values, top, classes)];
    const { min, max, sum } = spread(values);
    const first = values.slice(0, SHOWN).map(shortNumber).join("  ");
    return [
      `${head}  min ${shortNumber(min)}  mean ${shortNumber(sum / values.length)}  max ${shortNumber(max)}`,
      `  ${first}${values.length > SHOWN ? `  ... ${values.length - SHOWN} more` : ""}`,
      ...(isScores(info)
        ? [
            `  best: ${topK(values, top)
              .map((r) => `${r.index} (${shortNumber(r.score)})`)
              .join(", ")}`,
          ]
        : []),
    ];
  });
  if (file !== undefined) lines.push(`wrote ${file}`);
  return lines.join("\n");
}

function topLines(values: readonly number[], top: number, classes: readonly string[]): string[] {
  const ranked = topK(values, top);
  const width = Math.max(...ranked.map((r) => (classes[r.index] ?? String(r.index)).length));
  return ranked.map((r, i) => `  ${i + 1}. ${(classes[r.index] ?? String(r.index)).padEnd(width)}  ${shortNumber(r.score)}`);
}

function spread(values: readonly number[]): { min: number; max: number; sum: number } {
  return values.reduce((s, v) => ({ min: Math.min(s.min, v), max: Math.max(s.max, v), sum: s.sum + v }), {
    min: Infinity,
    max: -Infinity,
    sum: 0,
  });
}
