import { defineCommand } from "../options/command.js";
import { MODEL } from "../options/leip.js";
import { maybeChoice } from "../options/option.js";
import { buildOptions, buildRequest } from "./build-options.js";
import { contextWith } from "./context-with.js";
import { instrument } from "./instruments.js";
import { nextStep, reportText } from "./report.js";
import { watchStages } from "./stages.js";

export const compile = defineCommand({
  name: "compile",
  summary: "compiles a model into a shared object; its arithmetic stays as it is",
  description: "Compiles a model into a folder with model.so, model.h and model.json. The arithmetic stays what the model says.",
  examples: [
    ["qc compile model.onnx --output_path out/", "for the machine at hand"],
    ["qc compile edited.qc -o out/", "IR text with its weights, as qc dump -o and --emit qc write it"],
    ['qc compile model.onnx --output_path out/ --target "llvm -mcpu=skylake"', "for any Skylake"],
    ['qc compile model.onnx --output_path out/ --input_shapes "x:[1,3,224,224]"', "where the model leaves sizes open"],
  ],
  operands: [MODEL],
  options: {
    ...buildOptions,
    dataType: maybeChoice("LEIP: float32 keeps the model's arithmetic", ["float32", "int8", "uint8"], { hidden: true }),
  },
  async run(args, io) {
    if (args.dataType === "int8" || args.dataType === "uint8") {
      const { failUsage } = await import("../../support/diag.js");
      failUsage(
        "QC-CLI-023",
        `qc compile keeps the model's arithmetic, --data_type ${args.dataType} changes it`,
        "qc optimize --rep_dataset LIST quantizes",
      );
    }
    const request = await buildRequest(args, io);
    if (request.emit?.includes("recipe")) {
      const { failUsage } = await import("../../support/diag.js");
      failUsage("QC-CLI-059", "qc compile quantizes nothing: there is no recipe to write", "qc optimize --emit recipe");
    }
    const { compileModel } = await import("../../compile.js");
    const stages = watchStages(io);
    try {
      const { context, instruments } = await instrument(args, await contextWith(args.plugin, io), io);
      const report = await compileModel({ ...request, instruments, onStage: stages.enter }, context);
      stages.end();
      io.result(report, () => reportText(report, nextStep(report, false)));
    } finally {
      stages.end();
    }
  },
});
