import { join } from "node:path";
import type { CompileReport, QuantizeRequest } from "../../compile.js";
import type { Context } from "../../context.js";
import type { Preprocessor } from "../../data/sample.js";
import type { SampleEntry } from "../../data/sample-list.js";
import type { InputSpec } from "../../data/tensor.js";
import type { Preset, Recipe } from "../../passes/quant/recipe/recipe.js";
import { fail, failUsage } from "../../support/diag.js";
import { breathe } from "../../support/interrupt.js";
import { createProgress } from "../../support/progress.js";
import { defineCommand, type Io } from "../options/command.js";
import { MODEL, preprocessor, quantizer, repDataset } from "../options/leip.js";
import { flag, maybeChoice, text, texts } from "../options/option.js";
import { buildOptions, buildRequest } from "./build-options.js";
import { instrument } from "./instruments.js";
import { contextWith } from "./plugins.js";
import { nextStep, reportText } from "./report.js";
import { type Stages, watchStages } from "./stages.js";

/** The float build beside the quantized one, for `qc evaluate`. */
const FLOAT = "float";

export const optimize = defineCommand({
  name: "optimize",
  summary: "quantizes a model with a list of samples and compiles it to int8",
  description:
    "Calibrates a model on samples, quantizes it and compiles the result into a folder with model.so, model.h and model.json. The float build goes to its subfolder float/, so that qc evaluate can compare the two.",
  examples: [
    ["qc optimize model.onnx --output_path out/ --rep_dataset rep_dataset.txt --quantizer symmetricpc", "the main job"],
    ["qc optimize model.onnx --output_path out/ --rep_dataset rep_dataset.txt --preprocessor unit", "samples are images"],
    ["qc optimize model.onnx --output_path out/ --quantizer none", "as qc compile"],
  ],
  operands: [MODEL],
  options: {
    ...buildOptions,
    repDataset: repDataset(),
    quantizer: quantizer("symmetricpc"),
    recipe: text("decisions by op, node and tensor, laid over the quantizer's: a JSON file", {
      value: "FILE",
      group: "Quantization:",
    }),
    keepFloat: texts("keeps a node, or all nodes of an op, in floating point; repeatable", {
      value: "NODE|OP",
      group: "Quantization:",
    }),
    preprocessor: preprocessor(),
    float: flag("also build the float model, for qc evaluate", { default: true, group: "Quantization:" }),
    dataType: maybeChoice("LEIP: int8 is what every quantizer gives", ["float32", "int8", "uint8"], { hidden: true }),
  },
  async run(args, io) {
    const kind = args.quantizer;
    if (kind === "power_of_two")
      failUsage(
        "QC-CLI-024",
        "the quantizer power_of_two is not available in this version of qc",
        "use symmetricpc, symmetric or asymmetric",
      );
    if (kind !== "none" && args.repDataset === undefined)
      failUsage(
        "QC-CLI-025",
        `the quantizer ${kind} needs samples to calibrate with`,
        "add --rep_dataset LIST, a text file with one sample a line; or --quantizer none to compile only",
      );
    const request = await buildRequest(args, io);
    const stages = watchStages(io);
    const build = { ...request, onStage: stages.enter };
    try {
      const plain = await contextWith(args.plugin, io);
      const { context, instruments } = await instrument(args, plain, io);
      const { compileModel, optimizeModel } = await import("../../compile.js");
      if (kind === "none") {
        const report = await compileModel({ ...build, instruments }, context);
        stages.end();
        return io.result(report, () => reportText(report, nextStep(report, false)));
      }
      const { rememberedPreprocessor } = await import("../../data/sample.js");
      const samples = await openSamples(args.repDataset as string, args.preprocessor, io, stages);
      const recipe = await readRecipe(args.recipe, args.keepFloat, kind, context);
      const report = await optimizeModel(
        {
          ...build,
          instruments,
          quantizer: kind,
          recipe,
          samples,
          preprocessor: rememberedPreprocessor(args.preprocessor),
        },
        context,
      );
      const float =
        args.float && report.calibration
          ? await compileModel(
              { ...build, search: undefined, outputPath: join(args.outputPath, FLOAT), bundle: false, emit: [] },
              plain,
            )
          : null;
      stages.end();
      const warnings = context.diags.filter((d) => d.severity === "warning");
      io.result({ ...report, float, warnings }, () => optimizedText(report, float));
    } finally {
      stages.end();
    }
  },
});

/** The quantizer's preset, or the recipe of a file laid over it, with the nodes and ops that stay in floats. */
async function readRecipe(file: string | undefined, keepFloat: readonly string[], preset: Preset, ctx: Context): Promise<Recipe> {
  const { parseRecipe } = await import("../../passes/quant/recipe/parse.js");
  const { keepInFloat, presetRecipe } = await import("../../passes/quant/recipe/recipe.js");
  const { readText } = await import("../../support/fs.js");
  const recipe = file === undefined ? presetRecipe(preset) : parseRecipe(readText(file), file, preset, ctx.quantization, ctx.ops);
  return keepInFloat(recipe, keepFloat, (name) => ctx.ops.get(name) !== undefined);
}

/** Opens the calibration stream: the list and every file in it are looked at first, so that a misspelt name costs no time. */
async function openSamples(list: string, how: string, io: Io, stages: Stages): Promise<QuantizeRequest["samples"]> {
  const { readSampleList } = await import("../../data/sample-list.js");
  const { choosePreprocessor } = await import("../../data/sample.js");
  const entries = readSampleList(list);
  checkFiles(entries, (await import("../../support/fs.js")).isFile);
  const chosen = await choosePreprocessor(how);
  return (params, names, hasState) => {
    const specs = params.map(({ type }, i): InputSpec => {
      const { dtype, shape, quant } = type;
      return {
        name: names[i],
        dtype,
        shape: shape as readonly number[],
        layout: null,
        quant: quant?.kind === "tensor" ? { scale: quant.scale, zero: quant.zero } : null,
      };
    });
    stages.end();
    return stream(entries, specs, chosen, hasState, io);
  };
}

/** With state every line of the list is a sequence, which begins in the initial state. */
async function* stream(
  entries: readonly SampleEntry[],
  specs: readonly InputSpec[],
  chosen: Preprocessor,
  hasState: boolean,
  io: Io,
) {
  const { streamSamples } = await import("../../data/sample.js");
  const progress = createProgress({
    label: "calibrate",
    total: entries.length,
    stream: io.stderr,
    mode: io.json ? "silent" : "auto",
  });
  try {
    for await (const { entry, values, step } of streamSamples(entries, specs, chosen, hasState)) {
      yield { values, continues: step > 0, name: entry.path, pos: entry.pos };
      if (step === 0) progress.tick();
      await breathe();
    }
  } finally {
    progress.stop();
  }
}

/** Every missing file of the list at once, QC-CLI-026. */
function checkFiles(entries: readonly SampleEntry[], isFile: (path: string) => boolean): void {
  const missing = entries.filter((e) => !isFile(e.path));
  if (missing.length === 0) return;
  const [first] = missing;
  const more = missing.length > 1 ? ` (and ${missing.length - 1} more of the list)` : "";
  fail("QC-CLI-026", `there is no calibration sample '${first.path}'${more}`, {
    pos: first.pos,
    help: "paths in the list start at the list's own folder",
  });
}

function optimizedText(report: CompileReport, float: CompileReport | null): string {
  const text = reportText(report, nextStep(report, true));
  if (!float || report.weightBytes === 0) return text;
  const ratio = (float.weightBytes / report.weightBytes).toFixed(2);
  return text.replace(/\n {2}next /, `\n  compare   float/ holds the float build; its weights are ${ratio} x larger\n  next `);
}
