/**
 * argv --> argv that commander reads: every option in its one long spelling with its value attached.
 *   -in m.onnx --output-path out --target llvm -mcpu=skylake  -->  --input_path=m.onnx --output_path=out "--target=llvm -mcpu=skylake"
 */
import { failUsage } from "../../support/diag.js";
import { didYouMean } from "../../support/suggest.js";
import { type Command, snakeCase } from "./command.js";
import { flag, type Option } from "./option.js";

/** Options of every command. */
export const GLOBAL_OPTIONS = {
  json: flag("print the result as JSON"),
  debug: flag("show stack traces and more detail with errors"),
  help: flag("show this text", { aliases: ["-h"] }),
} as const;

interface Known {
  readonly name: string;
  readonly option: Option<unknown>;
  readonly negated: boolean;
}

const dashed = (spelling: string) => spelling.replace(/^--?/, (dashes) => dashes).replace(/(?<!^)(?<!^-)-/g, "_");

/** Every spelling of every option, `-` within a name written `_`. */
function spellings(command: Command): Map<string, Known> {
  const known = new Map<string, Known>();
  for (const [key, option] of Object.entries({ ...GLOBAL_OPTIONS, ...command.options })) {
    const name = snakeCase(key);
    for (const spelling of [`--${name}`, ...option.aliases.map(dashed)]) known.set(spelling, { name, option, negated: false });
    if (option.value === null) known.set(`--no_${name}`, { name, option, negated: true });
  }
  return known;
}

/** Splits `--name=value`; the value is undefined where there is no `=`. */
function splitArgument(argument: string): [spelling: string, value: string | undefined] {
  const at = argument.indexOf("=");
  return at < 0 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)];
}

export function normalizeArguments(command: Command, argv: readonly string[]): string[] {
  const known = spellings(command);
  const lookUp = (argument: string) => known.get(dashed(splitArgument(argument)[0]));
  const options: string[] = [];
  const operands: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i];
    if (argument === "--") {
      operands.push(...argv.slice(i + 1));
      break;
    }
    if (!/^-./.test(argument) || /^-[\d.]/.test(argument)) {
      operands.push(argument);
      continue;
    }
    const found = lookUp(argument) ?? failUnknown(argument, command, known);
    let [spelling, value] = splitArgument(argument);
    if (found.option.value === null) {
      if (value === undefined && /^(true|false)$/i.test(argv[i + 1] ?? "")) value = argv[++i];
      options.push(`--${found.name}=${flagText(value, found.negated, spelling)}`);
      continue;
    }
    if (value === undefined) {
      const next = argv[i + 1];
      if (next === undefined || (next.startsWith("-") && (lookUp(next) !== undefined || next.startsWith("--")))) {
        failUsage(
          "QC-CLI-003",
          `${spelling} needs a value: ${found.option.value}`,
          `write ${spelling} VALUE or ${spelling}=VALUE`,
        );
      }
      value = next;
      i++;
    }
    const values = [value];
    while (found.option.continues && argv[i + 1] !== undefined && found.option.continues(argv[i + 1])) values.push(argv[++i]);
    const { join } = found.option;
    for (const one of join === undefined ? values : [values.join(join)]) options.push(`--${found.name}=${one}`);
  }
  return [...options, "--", ...operands];
}

function flagText(value: string | undefined, negated: boolean, spelling: string): string {
  if (!negated) return value ?? "true";
  return value === undefined ? "false" : failUsage("QC-CLI-005", `${spelling} takes no value`, "leave the value out");
}

function failUnknown(argument: string, command: Command, known: ReadonlyMap<string, Known>): never {
  const [spelling] = splitArgument(argument);
  const near = didYouMean(dashed(spelling), [...known.keys()]);
  return failUsage(
    "QC-CLI-002",
    `qc ${command.name} has no option '${spelling}'`,
    near ?? `qc ${command.name} --help lists its options`,
  );
}
