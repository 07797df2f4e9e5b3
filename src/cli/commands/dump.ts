import { defineCommand } from "../options/command.js";
import { plugins as pluginOption } from "../options/leip.js";
import { flag } from "../options/option.js";
import { statePairs } from "../options/states.js";
import { contextWith } from "./context-with.js";
import { checkIrOutput, IR_FILE, modelShapes, outputFile, readModule, writeIr } from "./ir-file.js";

export const dump = defineCommand({
  name: "dump",
  summary: "model to IR text, with its weights beside it",
  description:
    "Imports a model, infers every type, and prints it as text: what every later stage works on. With -o the text goes to FILE.qc and the " +
    "weights to FILE.qcw beside it; qc opt, print and verify read both. The form is explained in docs/ir.md.",
  examples: [
    ["qc dump model.onnx", "reads it on the screen"],
    ["qc dump model.onnx -o model.qc --locs", "keeps everything, source locations too: the text reads back as the same module"],
    ['qc dump model.onnx --input_shapes "x:[1,3,224,224]"', "a model that leaves sizes open"],
  ],
  operands: [IR_FILE],
  options: {
    output: outputFile(),
    locs: flag("also print where every node came from"),
    inputShapes: modelShapes(),
    state: statePairs(),
    plugin: pluginOption(),
  },
  async run(args, io) {
    checkIrOutput(args.output, args.operands[0]);
    const ctx = await contextWith(args.plugin, io);
    const m = await readModule(args.operands[0], ctx, args.inputShapes, args.state);
    await writeIr(m, ctx, args.output, args.locs, io);
  },
});
