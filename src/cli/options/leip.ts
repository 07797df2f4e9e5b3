/** The options that several commands share, spelled as LEIP spells them. */
import { listPreprocessors } from "../../data/preprocess.js";
import { choice, flag, linesOfFile, type Option, parseChoice, requiredText, text, textOr, texts } from "./option.js";

const PREPROCESSORS = listPreprocessors()
  .map(([name]) => name)
  .join(", ");

export const QUANTIZERS = ["none", "symmetric", "asymmetric", "symmetricpc", "power_of_two"] as const;
export type QuantizerName = (typeof QUANTIZERS)[number];

/** The model that `compile`, `optimize` and `tune` read. */
export const MODEL = {
  name: "MODEL",
  doc: "model to read: a file (.onnx, .qc, or what a plugin reads), or a folder with one model in it",
  required: false,
} as const;
export const inputPath = () => text("the same as MODEL, as LEIP's command lines write it", { aliases: ["-in"], value: "MODEL" });
export const outputPath = () => requiredText("folder for the results", { aliases: ["-o"], value: "FOLDER" });
export const repDataset = () =>
  text("calibration samples: a text file with one path a line", { value: "LIST", group: "Quantization:" });
export const quantizer = (fallback: QuantizerName) =>
  choice("how weights and activations become int8 (power_of_two, which LEIP has, is refused)", QUANTIZERS, fallback, {
    group: "Quantization:",
    also: { powerOfTwo: "power_of_two", "power-of-two": "power_of_two" },
  });
export const layout = () => choice("layout of images at the inputs and outputs", ["NCHW", "NHWC"], "NCHW", { group: "Target:" });
export const preprocessor = () =>
  textOr(
    `how samples become inputs: ${PREPROCESSORS}, several joined by +; or a file that exports preprocess(sample, spec)`,
    "",
    {
      value: "NAME|FILE.mjs",
      group: "Data:",
    },
  );
export const classNames = () => linesOfFile("names of the classes, one a line", { group: "Data:" });
export const testPath = () =>
  text("a sample, or a list of samples with their classes (index.txt)", { value: "FILE", group: "Data:" });
export const inputNames = () => texts("names of the inputs, by comma", { separator: ",", value: "A,B", group: "Data:" });
export const outputNames = () => texts("names of the outputs, by comma", { separator: ",", value: "A,B", group: "Data:" });
export const plugins = () =>
  texts("plugin to load: a file or a package; repeatable", { value: "FILE|PACKAGE", aliases: ["--plugins"] });
export const bundle = () => flag("also write one executable with the runtime and the network in it");

const TYPE_NAMES = {
  float32: "f32",
  float16: "f16",
  float64: "f64",
  int8: "i8",
  uint8: "u8",
  int16: "i16",
  int32: "i32",
  int64: "i64",
  bool: "bool",
} as const;
export type InputTypeName = (typeof TYPE_NAMES)[keyof typeof TYPE_NAMES];

/** `--input_types float32,uint8`: one an input, as this project's names. */
export function inputTypes(): Option<readonly InputTypeName[]> {
  return {
    doc: "types of the inputs, by comma",
    aliases: ["-itypes"],
    group: "Data:",
    value: "float32|uint8|...",
    required: false,
    absent: [],
    parse: (given, spelling) =>
      given.flatMap((t) => t.split(",")).map((name) => parseChoice(name.trim(), spelling, Object.values(TYPE_NAMES), TYPE_NAMES)),
  };
}

/** A flag of the target string itself, such as -mcpu=skylake: it belongs to --target even where it stands unquoted. */
const TARGET_FLAG = /^-(m[a-z][a-z-]*|device|model|keys|libs|num-cores|opt-level)=/;

/** `--target "llvm -mcpu=skylake"`, `--target llvm -mcpu=skylake`, `--target cuda:2080ti`. The text is what ir/target parses. */
export function target(): Option<string | undefined> {
  return {
    doc: 'what to build for: "llvm [-mcpu=X] [-mattr=+A,-B] [-mtriple=T]", or c; the machine at hand unless given',
    aliases: [],
    group: "Target:",
    value: "TARGET",
    required: false,
    absent: undefined,
    continues: (argument) => TARGET_FLAG.test(argument),
    join: " ",
    parse: (given) => given[given.length - 1].trim(),
  };
}
