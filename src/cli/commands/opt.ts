import type { Context } from "../../context.js";
import type { Prop } from "../../ir/pass/pass.js";
import type { PipelineStep } from "../../passes/pipeline.js";
import { failUsage } from "../../support/diag.js";
import { readText } from "../../support/fs.js";
import { formatTable } from "../../support/table.js";
import { type Args, type Command, defineCommand } from "../options/command.js";
import { plugins as pluginOption } from "../options/leip.js";
import { flag, integer, maybeChoice, text, texts } from "../options/option.js";
import { parseArguments } from "../options/parse.js";
import { contextWith } from "./context-with.js";
import { checkIrOutput, IR_FILE, modelShapes, outputFile, readModule, writeIr } from "./ir-file.js";

const LOOK = "Looking inside:";
const LIMIT = "Narrowing a wrong result down:";

const options = {
  passes: text("the passes to run, by comma: cse,dce,fold-constants{limit=1024}", { value: "PIPELINE" }),
  optLevel: maybeChoice(
    "the passes of a build: 0 what is needed, 1 constants and equal nodes, 2 layers merged, 3 layouts chosen; also -O0 to -O3",
    ["0", "1", "2", "3"],
  ),
  o0: flag("-O0", { aliases: ["-O0"], hidden: true }),
  o1: flag("-O1", { aliases: ["-O1"], hidden: true }),
  o2: flag("-O2", { aliases: ["-O2"], hidden: true }),
  o3: flag("-O3", { aliases: ["-O3"], hidden: true }),
  output: outputFile(),
  locs: flag("also print where every node came from, and which pass made it"),
  assume: texts("facts that hold of the module already, by comma: observed, materialized, ...", {
    separator: ",",
    value: "FACT",
  }),
  listPasses: flag("list the passes with their options instead"),
  verifyEach: flag("check the module after every pass that changed it", { group: LOOK }),
  printAfter: texts("print the module after these passes, by comma, or all", { separator: ",", value: "PASS|all", group: LOOK }),
  printChanged: flag("print what every pass changed", { group: LOOK }),
  timePasses: flag("print the time of every pass", { group: LOOK }),
  bisect: integer("run the first N passes only", { min: 0, group: LIMIT }),
  fuel: integer("make N single rewrites only, and name the last", { min: 0, group: LIMIT }),
  reproduce: text("on failure, write the module before the pass here, in a text that replays it", {
    value: "FOLDER",
    group: LIMIT,
  }),
  inputShapes: modelShapes(),
  plugin: pluginOption(),
} as const;

export const opt: Command = defineCommand({
  name: "opt",
  summary: "runs passes over IR text",
  description:
    "Reads a module, runs a pipeline of passes over it and prints what comes out. Without --passes and -O the pipeline is the one that the " +
    "file's first `// RUN: qc opt %s ...` line names: tests and reproducers carry their own.",
  examples: [
    ["qc opt model.qc --passes=fold-constants,cse,dce", "the module after three passes"],
    ["qc opt model.onnx -O3 -o model.o3.qc", "what a build makes of a model, up to kernels"],
    ["qc opt model.qc -O3 --print_changed", "what each pass does to it"],
    ["qc opt model.qc -O3 --fuel 17 -o a.qc", "the first 17 rewrites: halve the number until one rewrite is left that is wrong"],
    ["qc opt failure.qc", "replays what --reproduce wrote"],
    ["qc opt --list_passes", "the passes there are"],
  ],
  operands: [{ ...IR_FILE, required: false }],
  options,
  async run(given, io) {
    if (given.listPasses) return listPasses(given, io);
    const file =
      given.operands[0] ?? failUsage("QC-CLI-007", `qc opt needs FILE: ${IR_FILE.doc}`, "qc opt --help shows examples");
    checkIrOutput(given.output, file);
    const args = hasPipeline(given) ? given : { ...given, ...runLineOf(file) };
    const ctx = await contextWith(args.plugin, io);
    const { parsePipeline } = await import("../../passes/pipeline.js");
    const { runPipeline } = await import("../../passes/manager.js");
    const { createInstruments } = await import("../../passes/instruments/create.js");
    const { assertValid } = await import("../../ir/op/verify.js");
    const steps = parsePipeline(await pipelineOf(args, ctx), ctx.passes);
    const m = await readModule(file, ctx, args.inputShapes);
    assertValid(m, ctx.ops, ctx.blobs);
    const write = (t: string) => void (io.json ? io.stderr : io.stdout).write(t);
    const { instruments, fuel } = createInstruments(args, ctx, { write, version: io.version });
    const result = runPipeline(m, steps, { ...ctx, fuel }, instruments, await checkFacts(args.assume, steps));
    for (const i of instruments) i.finish?.();
    assertValid(result, ctx.ops, ctx.blobs);
    await writeIr(result, ctx, args.output, args.locs, io);
  },
});

type OptArgs = Args<typeof options>;

const levels = (a: OptArgs): readonly boolean[] => [a.o0, a.o1, a.o2, a.o3];
const hasPipeline = (a: OptArgs): boolean => a.passes !== undefined || a.optLevel !== undefined || levels(a).includes(true);

/** The passes as they are given, or a preset with those that plugins add to it, as in a build. */
async function pipelineOf(args: OptArgs, { plugins }: Context): Promise<string> {
  if (args.passes !== undefined) return args.passes;
  const { extendPipeline } = await import("../../plugin.js");
  const { canonicalPipeline, loweredPipeline } = await import("../../passes/presets.js");
  const flagged = levels(args).lastIndexOf(true);
  const level = (flagged >= 0 ? flagged : Number(args.optLevel)) as 0 | 1 | 2 | 3;
  return extendPipeline(`${canonicalPipeline(level)},${loweredPipeline(level)}`, plugins);
}

/** The options of the first RUN line of a text that runs `qc opt`; only those that say what runs. QC-CLI-045 where there is none. */
function runLineOf(file: string): Partial<OptArgs> {
  const line = /\.qc$/i.test(file) ? /^\/\/\s*RUN:\s*qc opt %s(.*)$/m.exec(readText(file)) : null;
  if (!line)
    return failUsage(
      "QC-CLI-045",
      "qc opt does not know which passes to run",
      "add --passes=cse,dce or -O3; qc opt --list_passes names them",
    );
  const read = parseArguments(opt, [
    "%s",
    ...line[1]
      .trim()
      .split(/\s+/)
      .filter((a) => a !== ""),
  ]).args as OptArgs;
  const { passes, optLevel, o0, o1, o2, o3, assume, verifyEach } = read;
  return { passes, optLevel, o0, o1, o2, o3, assume, verifyEach };
}

/** QC-CLI-046 for a fact that no pass knows. */
async function checkFacts(given: readonly string[], steps: readonly PipelineStep[]): Promise<readonly Prop[]> {
  const { FACTS } = await import("../../passes/facts.js");
  const known = new Set<string>([...Object.keys(FACTS), ...steps.flatMap(({ pass }) => [...pass.requires, ...pass.establishes])]);
  for (const fact of given)
    if (!known.has(fact))
      failUsage("QC-CLI-046", `--assume: there is no fact '${fact}'`, `the facts are ${[...known].join(", ")}`);
  return given as readonly Prop[];
}

async function listPasses(args: OptArgs, io: Parameters<Command["run"]>[1]): Promise<void> {
  const ctx = await contextWith(args.plugin, io);
  const passes = [...ctx.passes.values()];
  const value = passes.map(({ name, doc, options, requires, establishes, breaks = [] }) => ({
    name,
    doc,
    options,
    requires,
    establishes,
    breaks,
  }));
  io.result(value, () => {
    const rows = passes.flatMap((p) => [
      [p.name, p.doc],
      ...Object.entries(p.options).map(([key, o]) => [`  {${key}=${String(o.default ?? "")}}`, o.doc]),
    ]);
    return formatTable(["pass", "what it does"], rows, { tty: false });
  });
}
