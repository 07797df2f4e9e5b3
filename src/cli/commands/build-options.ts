/** Options that `compile` and `optimize` share, and how they become a build request. */
import type { BuildRequest, CompileRequest } from "../../compile.js";
import { failUsage } from "../../support/diag.js";
import type { Args, Io } from "../options/command.js";
import { bundle, inputNames, inputPath, inputTypes, outputNames, outputPath, plugins, target } from "../options/leip.js";
import { optimization } from "../options/optimization.js";
import { flag, integer, maybeChoice, parseChoice, text, texts } from "../options/option.js";
import { type InputShape, inputShapes } from "../options/shapes.js";
import { statePairs } from "../options/states.js";
import { searchRequest } from "./tune-display.js";

const DEBUG = "Looking inside:";
const LEVELS = ["0", "1", "2", "3"] as const;

export const buildOptions = {
  inputPath: inputPath(),
  outputPath: outputPath(),
  target: target(),
  layout: maybeChoice("layout that the kernels work in: NHWC (the default) or the model's own NCHW", ["NCHW", "NHWC"], {
    group: "Target:",
  }),
  optimization: optimization("Target:"),
  strictFloat: flag("sum float convolutions directly, never by Winograd's algorithm", { group: "Target:" }),
  inputShapes: inputShapes("sizes of the inputs, where the model leaves them open", "Model:"),
  freeze: texts("fixes an input to the value in a file, so that it vanishes; repeatable", {
    value: "NAME=FILE.npy",
    group: "Model:",
  }),
  state: statePairs("Model:"),
  inputNames: { ...inputNames(), hidden: true },
  inputTypes: { ...inputTypes(), hidden: true },
  outputNames: { ...outputNames(), hidden: true },
  plugin: plugins(),
  bundle: bundle(),
  emit: texts(
    "also write these, by comma: qc (model.qc and its weights), llvm (model.ll), asm (model.s), obj (model.o); of target c: library (library.c), obj; of qc optimize: recipe (recipe.json)",
    { separator: ",", value: "WHAT" },
  ),
  passes: text("pipeline in place of the preset: pass,pass{option=value}", { value: "PIPELINE", group: DEBUG }),
  optLevel: maybeChoice(
    "how much to optimize: 0 what is needed, 1 constants and equal nodes, 2 layers merged, 3 layouts chosen; also -O0 to -O3",
    LEVELS,
    { group: DEBUG },
  ),
  o0: flag("-O0", { aliases: ["-O0"], hidden: true }),
  o1: flag("-O1", { aliases: ["-O1"], hidden: true }),
  o2: flag("-O2", { aliases: ["-O2"], hidden: true }),
  o3: flag("-O3", { aliases: ["-O3"], hidden: true }),
  verifyEach: flag("check the module after every pass", { group: DEBUG }),
  printAfter: texts("print the module after these passes, by comma, or all", { separator: ",", value: "PASS|all", group: DEBUG }),
  printChanged: flag("print the module after every pass that changed it", { group: DEBUG }),
  timePasses: flag("print the time of every pass", { group: DEBUG }),
  bisect: integer("run the first N passes of the build only, and name the last", { min: 0, group: DEBUG }),
  fuel: integer("allow N single rewrites", { min: 0, group: DEBUG }),
  reproduce: text("on failure, write what replays it here", { value: "FOLDER", group: DEBUG }),
  crcCheck: flag("LEIP: checksums are always kept in model.json", { hidden: true }),
  modelId: text("LEIP: kept for its command lines", { hidden: true }),
  targetHost: text("LEIP: kept for its command lines", { hidden: true }),
  storageInt8: flag("LEIP: int8 storage with float arithmetic", { hidden: true, aliases: ["--force_int8"] }),
  legacyArtifacts: flag("LEIP: library, graph and parameters apart", { hidden: true }),
  dumpRelay: flag("LEIP: as --print_after=all", { hidden: true }),
} as const;

export type BuildArgs = Args<typeof buildOptions>;

type Level = 0 | 1 | 2 | 3;

/** The last of -O0 to -O3 wins over --opt_level; undefined: the default of the pass manager. */
export function levelOf(args: BuildArgs): Level | undefined {
  const flags = [args.o0, args.o1, args.o2, args.o3];
  const given = flags.lastIndexOf(true);
  return given >= 0 ? (given as Level) : args.optLevel === undefined ? undefined : (Number(args.optLevel) as Level);
}

/** The request of a command line. Options that this qc cannot honour are refused (QC-CLI-020), those of no effect are noted. */
export async function buildRequest(args: BuildArgs, io: Io): Promise<CompileRequest> {
  refuseWhatIsMissing(args);
  refuseWantedStates(args);
  noteWhatHasNoEffect(args, io);
  const emit = args.emit.map((e) => readEmit(e));
  return {
    inputPath: modelOf(args),
    outputPath: args.outputPath,
    target: args.target,
    layout: args.layout,
    kernelLevel: args.optimization.kernelLevel,
    shapes: requestShapes(args.inputShapes, args.inputNames),
    freeze: await readFreeze(args.freeze),
    states: args.state,
    passes: args.passes,
    emit,
    bundle: args.bundle,
    optLevel: levelOf(args),
    strictFloat: args.strictFloat,
    search: args.optimization.graphIterations === null ? undefined : searchRequest(args.optimization.graphIterations, io),
  };
}

/** The model that the arguments name: by place, or in LEIP's spelling. */
function modelOf({ operands, inputPath }: BuildArgs): string {
  const [model] = operands;
  if (model !== undefined && inputPath !== undefined)
    failUsage("QC-CLI-030", `two models are named, '${model}' and '${inputPath}'`, "leave --input_path out");
  return (
    model ??
    inputPath ??
    failUsage("QC-CLI-004", "no model is named", "write qc compile model.onnx -o out/, or --input_path model.onnx")
  );
}

const EMITS = ["llvm", "asm", "obj", "library", "qc", "recipe"] as const;

function readEmit(text: string): (typeof EMITS)[number] {
  return parseChoice(text, "--emit", EMITS);
}

function refuseWhatIsMissing({ optimization: o, storageInt8, legacyArtifacts }: BuildArgs): void {
  const refuse = (what: string, help: string) => failUsage("QC-CLI-020", `${what} is not available in this version of qc`, help);
  if (o.tensorSplitting) refuse("tensor_splitting", "leave it out; the quantizer symmetricpc has a scale for every channel");
  if (o.biasCorrection) refuse("bias_correction", "leave it out");
  if (o.cuda === true) refuse("category:cuda", "leave it out: --target llvm builds for the CPU");
  if (storageInt8) refuse("int8 storage with float arithmetic", "qc optimize --quantizer symmetricpc computes in int8 too");
  if (legacyArtifacts)
    refuse("--legacy_artifacts", "leave it out: model.so holds library, graph and parameters, model.json describes them");
}

function refuseWantedStates({ state, outputNames: wanted }: BuildArgs): void {
  const both = state.find((s) => wanted.includes(s.output));
  if (both)
    failUsage(
      "QC-CLI-054",
      `'${both.output}' is wanted by --output_names, and --state ${both.output}=${both.input} makes it internal`,
      "leave one of them out: the value of a state is not the caller's",
    );
}

function noteWhatHasNoEffect(args: BuildArgs, io: Io): void {
  const given: readonly (readonly [string, boolean, string])[] = [
    ["--input_types", args.inputTypes.length > 0, "the model's own types are kept"],
    ["--output_names", args.outputNames.length > 0, "all outputs are kept"],
    ["--model_id", args.modelId !== undefined, "models are told apart by their checksum"],
    ["--target_host", args.targetHost !== undefined, "--target says it all"],
  ];
  for (const [name, isGiven, why] of given) if (isGiven) io.note(`remark QC-CLI-021: ${name} has no effect: ${why}`);
}

/** Shapes by name; those without one go to --input_names in order, or by position. */
export function requestShapes(shapes: readonly InputShape[], names: readonly string[]): BuildRequest["shapes"] {
  const unnamed = shapes.filter((s) => s.name === null);
  const named = [
    ...shapes.flatMap((s) => (s.name === null ? [] : [[s.name, s.shape] as const])),
    ...unnamed.flatMap((s, i) => (names[i] === undefined ? [] : [[names[i], s.shape] as const])),
  ];
  return { named: Object.fromEntries(named), positional: unnamed.slice(names.length).map((s) => s.shape) };
}

async function readFreeze(given: readonly string[]): Promise<BuildRequest["freeze"]> {
  const { readNpy } = await import("../../support/npy.js");
  const { tensorType } = await import("../../ir/type/tensor-type.js");
  return Object.fromEntries(
    given.map((text) => {
      const at = text.lastIndexOf("=");
      if (at < 1) failUsage("QC-CLI-022", `--freeze '${text}' is not NAME=FILE.npy`, "write --freeze length=length.npy");
      const { dtype, shape, data } = readNpy(text.slice(at + 1));
      return [text.slice(0, at), { type: tensorType(dtype, shape), data }];
    }),
  );
}
