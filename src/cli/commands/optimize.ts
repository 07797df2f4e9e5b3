import { join } from "node:path";
import type { CompileReport, QuantizeRequest } from "../../compile.js";
import type { Context } from "../../context.js";
import type { Preset, Recipe } from "../../passes/quant/recipe/recipe.js";
import { failUsage } from "../../support/diag.js";
import { createProgress } from "../../support/progress.js";
import { defineCommand, type Io } from "../options/command.js";
import { MODEL, preprocessor, quantizer, repDataset } from "../options/leip.js";
import { flag, maybeChoice, text, texts } from "../options/option.js";
import { buildOptions, buildRequest } from "./build-options.js";
import { contextWith } from "./context-with.js";
import { instrument } from "./instruments.js";
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

/** The samples of a list, with a bar on the terminal. */
async function openSamples(list: string, how: string, io: Io, stages: Stages): Promise<QuantizeRequest["samples"]> {
  const { samplesOfList } = await import("../../quantize/samples.js");
  return samplesOfList(list, how, (total) => {
    stages.end();
    const mode = io.json ? "silent" : "auto";
    const progress = createProgress({ label: "calibrate", total, stream: io.stderr, mode });
    return { tick: progress.tick, end: progress.stop };
  });
}

function optimizedText(report: CompileReport, float: CompileReport | null): string {
  const text = reportText(report, nextStep(report, true));
  if (!float || report.weightBytes === 0) return text;
  const ratio = (float.weightBytes / report.weightBytes).toFixed(2);
  return text.replace(/\n {2}next /, `\n  compare   float/ holds the float build; its weights are ${ratio} x larger\n  next `);
}
