import type { Evaluation } from "../../evaluate/classifier.js";
import { failUsage, shownText } from "../../support/diag.js";
import { writeFileAtomic } from "../../support/fs.js";
import { createProgress } from "../../support/progress.js";
import { formatTable } from "../../support/table.js";
import { defineCommand } from "../options/command.js";
import { classNames, inputNames, inputTypes, outputNames, preprocessor, testPath } from "../options/leip.js";
import { choice, flag, integer, text } from "../options/option.js";
import { refuseInputs } from "../options/output.js";
import { inputShapes } from "../options/shapes.js";
import { builtOptions, FOLDER, withBuilt } from "./built-model.js";

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
    const { evaluateClassifier } = await import("../../evaluate/classifier.js");
    if (args.outputPath !== undefined) refuseInputs(args.outputPath, [list]);
    const { openBuilds } = await import("../../evaluate/builds.js");
    const { readSampleList, requireLabels } = await import("../../data/sample-list.js");
    const entries = requireLabels(readSampleList(list)).slice(0, args.limit);
    await withBuilt(args, io, async (built) => {
      const nets = await openBuilds(built.folder, built.json, (at) => built.load(args.threads, at), args.float);
      const progress = createProgress({
        label: "evaluate",
        total: entries.length,
        stream: io.stderr,
        mode: io.json ? "silent" : "auto",
      });
      try {
        const { preprocessor, classNames } = args;
        const how = { preprocessor, classNames, onSample: () => progress.tick() };
        const result = await evaluateClassifier(built.json, nets, entries, how);
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
        .map((c) => `${shownText(c.name)} ${c.samples - c.correct} of ${c.samples}`)
        .join(", ")}`,
    );
  if (file !== undefined) lines.push(`wrote ${file}`);
  return lines.join("\n");
}
