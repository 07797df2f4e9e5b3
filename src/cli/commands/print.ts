import { readdirSync } from "node:fs";
import path from "node:path";
import { failUsage } from "../../support/diag.js";
import { isFolder } from "../../support/fs.js";
import { defineCommand } from "../options/command.js";
import { plugins as pluginOption } from "../options/leip.js";
import { flag, texts } from "../options/option.js";
import { contextWith } from "./context-with.js";
import { modelShapes, readIr } from "./ir-file.js";

export const print = defineCommand({
  name: "print",
  summary: "prints IR text in its canonical form: modules and kernels",
  description:
    "Reads IR text and prints it again: every type filled in, attributes at their defaults left out, one form for equal modules. " +
    "Of a folder that qc compile wrote, prints the texts under it.",
  examples: [
    ["qc print edited.qc", "what qc understands of a text that was written by hand"],
    ["qc print model.qc --func main", "one function"],
    ["qc print out/", "the texts that a build left"],
  ],
  operands: [{ name: "FILE", doc: "a .qc text, a model, or a folder that holds .qc texts", required: true }],
  options: {
    locs: flag("also print where every node came from"),
    func: texts("only these functions and kernels, by comma", { separator: ",", value: "NAME" }),
    inputShapes: modelShapes(),
    plugin: pluginOption(),
  },
  async run(args, io) {
    const [{ funcText }, { printIr }, { printKernel }] = await Promise.all([
      import("../../ir/text/print-module.js"),
      import("../../ir/text/file.js"),
      import("../../ir/text/print-kernel.js"),
    ]);
    const files = textsOf(args.operands[0]);
    const shown: { file: string; text: string }[] = [];
    for (const file of files) {
      const ctx = await contextWith(args.plugin, io);
      const { module, kernels } = await readIr(file, ctx, args.inputShapes);
      const { locs, func: names } = args;
      const funcs = module?.funcs ?? [];
      const stranger = names.find((n) => ![...funcs, ...kernels].some((x) => x.name === n));
      if (stranger !== undefined)
        failUsage(
          "QC-CLI-043",
          `'${file}' holds no function or kernel '${stranger}'`,
          `it holds ${[...funcs, ...kernels].map((x) => x.name).join(", ")}`,
        );
      const chosen = [
        ...(module ? funcs.filter((f) => names.includes(f.name)).map((f) => funcText(module, f, ctx, { locs })) : []),
        ...kernels.filter((k) => names.includes(k.name)).map(printKernel),
      ];
      shown.push({ file, text: names.length ? chosen.join("\n") : printIr(module, kernels, ctx, { locs }) });
    }
    io.result(shown, () => shown.map((s) => (files.length > 1 ? `// ${s.file}\n${s.text}` : s.text)).join("\n"));
  },
});

/** The file itself, or the texts under a folder, in the order of their names. QC-CLI-044 where it holds none. */
function textsOf(at: string): readonly string[] {
  if (!isFolder(at)) return [at];
  const found = readdirSync(at, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".qc"));
  if (found.length === 0)
    failUsage("QC-CLI-044", `the folder '${at}' holds no .qc text`, "qc dump model.onnx shows the module of a model");
  return found.sort().map((f) => path.join(at, f));
}
