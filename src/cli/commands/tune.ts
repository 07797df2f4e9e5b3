import { defineCommand } from "../options/command.js";
import { MODEL } from "../options/leip.js";
import { integer, integerOr, text } from "../options/option.js";
import { buildOptions, buildRequest } from "./build-options.js";
import { contextWith } from "./context-with.js";
import { instrument } from "./instruments.js";
import { folderText } from "./report.js";
import { watchStages } from "./stages.js";
import { searchRequest, tuningLines } from "./tune-display.js";

const { bundle: _bundle, emit: _emit, ...modelOptions } = buildOptions;
const SEARCH = "Search:";

export const tune = defineCommand({
  name: "tune",
  summary: "searches for faster schedules of a model's kernels",
  description:
    "Measures schedules of every kernel of a model on this machine and keeps all measurements in OUTPUT/optimization_artifacts/MODEL.tuning.json. " +
    "The longer it runs the more it finds; what was found is used by qc compile --optimization category:graph,iterations:0 with the same output path. " +
    "Ctrl-C loses nothing but the candidates in flight.",
  examples: [
    ["qc tune model.onnx --output_path out/ --iterations 1000", "search"],
    ["qc tune model.onnx --output_path out/ --minutes 60 --iterations 30000", "search for an hour"],
    ["qc tune model.onnx --output_path out/ --strategy random --seed 7", "a random search that can be repeated"],
  ],
  operands: [MODEL],
  options: {
    ...modelOptions,
    iterations: integerOr("candidates to measure", 1000, { min: 0, max: 30_000, group: SEARCH }),
    strategy: text("how the next candidates are chosen: model (the default), evolutionary, random, grid, or one of a plugin", {
      value: "NAME",
      group: SEARCH,
    }),
    seed: integerOr("seed of the search", 0, { min: 0, max: 2 ** 31 - 1, group: SEARCH }),
    threads: integer("threads that kernels are measured on, how they share the work is searched too (default: 1)", {
      min: 1,
      max: 256,
      group: SEARCH,
    }),
    minutes: integer("ends the search after so many minutes", { min: 1, group: SEARCH }),
  },
  async run(args, io) {
    const request = await buildRequest({ ...args, bundle: false, emit: [] }, io);
    const search = searchRequest(args.optimization.graphIterations ?? args.iterations, io, {
      strategy: args.strategy,
      seed: args.seed,
      threads: args.threads,
      limitSeconds: args.minutes === undefined ? undefined : 60 * args.minutes,
    });
    const { tuneModel } = await import("../../compile.js");
    const stages = watchStages(io);
    try {
      const { context, instruments } = await instrument(
        { ...args, emit: [], bundle: false },
        await contextWith(args.plugin, io),
        io,
      );
      const onStage = (stage: string) => (stage === "tune" ? stages.end() : stages.enter(stage));
      const report = await tuneModel({ ...request, instruments, onStage, search }, context);
      const next = `qc compile ${request.inputPath} --output_path ${folderText(args.outputPath)} --optimization category:graph,iterations:0`;
      io.result(report, () => [...tuningLines(report), `  next      ${next}`].join("\n"));
    } finally {
      stages.end();
    }
  },
});
