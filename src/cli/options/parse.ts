import { Command as Commander, CommanderError, Option as CommanderOption } from "commander";
import { failUsage } from "../../support/diag.js";
import { type Args, type Command, type OptionTable, snakeCase } from "./command.js";
import { GLOBAL_OPTIONS, normalizeArguments } from "./normalize.js";
import type { Option } from "./option.js";

export interface Parsed {
  readonly args: Args<OptionTable>;
  readonly json: boolean;
  readonly debug: boolean;
  readonly help: boolean;
}

/** The commander twin of a command: parsing and the layout of its help. */
export function toCommander(command: Command): Commander {
  const twin = new Commander(command.name).summary(command.summary).description(command.description).helpOption(false);
  twin.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  for (const [key, option] of Object.entries({ ...command.options, ...GLOBAL_OPTIONS }))
    twin.addOption(toCommanderOption(key, option));
  for (const { name, doc, required, many } of command.operands ?? []) {
    const dots = many ? "..." : "";
    twin.argument(required ? `<${name}${dots}>` : `[${name}${dots}]`, doc);
  }
  twin.usage(
    [...(command.operands ?? []).map((o) => (o.required ? o.name : `[${o.name}]`) + (o.many ? "..." : "")), "[options]"].join(
      " ",
    ),
  );
  if (command.examples.length) {
    const lines = command.examples.flatMap(([line, doc]) => [`  # ${doc}`, `  ${line}`]);
    twin.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
  }
  twin.addHelpText("after", "\nEvery option is also understood with '-' for '_' (--input-path) and as --option=value.");
  return twin;
}

function toCommanderOption(key: string, option: Option<unknown>): CommanderOption {
  const name = `--${snakeCase(key)}`;
  const short = option.aliases.filter((a) => /^-[^-]/.test(a));
  const isOn = option.value === null && option.absent === true;
  const notes = [
    option.required ? "required" : "",
    option.defaultText ? `default: ${option.defaultText}` : "",
    isOn ? `--no_${snakeCase(key)} turns it off` : "",
    short.length ? `also ${short.join(", ")}` : "",
  ];
  const note = notes.filter((n) => n !== "").join("; ");
  const made = new CommanderOption(
    option.value === null ? `${name} [BOOL]` : `${name} <${option.value}>`,
    option.doc + (note ? ` (${note})` : ""),
  );
  made.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
  if (option.hidden) made.hideHelp();
  made.helpGroup(option.group ?? "Options:");
  return made;
}

/** The text of `qc COMMAND --help`. */
export function helpOf(command: Command, columns = 120): string {
  const twin = toCommander(command);
  const chunks: string[] = [];
  const flags = Object.entries({ ...command.options, ...GLOBAL_OPTIONS }).filter(([, o]) => o.value === null);
  twin.configureOutput({ writeOut: (chunk) => chunks.push(chunk), getOutHelpWidth: () => Math.max(80, columns) });
  twin.configureHelp({
    commandUsage: (c) => `qc ${c.name()} ${c.usage()}`,
    optionTerm: (o) => (flags.some(([key]) => snakeCase(key) === o.name()) ? `--${o.name()}` : o.flags.replace(/<(.*)>$/, "$1")),
  });
  twin.outputHelp();
  return chunks.join("");
}

/** Parses what follows the command's name. Usage errors (QC-CLI-NNN) for everything that is not understood. */
export function parseArguments(command: Command, argv: readonly string[]): Parsed {
  const twin = toCommander(command);
  const normal = normalizeArguments(command, argv);
  const isHelp = normal.includes("--help=true");
  if (!isHelp) checkOperands(command, normal.slice(normal.indexOf("--") + 1));
  try {
    if (!isHelp) twin.parse(normal, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    failUsage("QC-CLI-009", error.message.replace(/^error: /, ""), `qc ${command.name} --help shows what it takes`);
  }
  const given = twin.opts<Record<string, readonly string[]>>();
  const read = (key: string, option: Option<unknown>): unknown => {
    const name = snakeCase(key);
    const texts = given[name];
    if (texts !== undefined) return option.parse(texts, `--${name}`);
    if (option.required && !isHelp) {
      failUsage("QC-CLI-004", `qc ${command.name} needs --${name}`, `add --${name} ${option.value}: ${option.doc}`);
    }
    return option.absent;
  };
  const values = Object.fromEntries(Object.entries(command.options).map(([key, option]) => [key, read(key, option)]));
  return {
    args: { ...values, operands: [...twin.args] } as Args<OptionTable>,
    json: read("json", GLOBAL_OPTIONS.json) === true,
    debug: read("debug", GLOBAL_OPTIONS.debug) === true,
    help: isHelp,
  };
}

function checkOperands(command: Command, operands: readonly string[]): void {
  const known = command.operands ?? [];
  const missing = known.filter((o) => o.required)[operands.length];
  if (missing)
    failUsage(
      "QC-CLI-007",
      `qc ${command.name} needs ${missing.name}: ${missing.doc}`,
      `qc ${command.name} --help shows examples`,
    );
  if (operands.length > known.length && !known.at(-1)?.many) {
    const extra = operands[known.length];
    failUsage(
      "QC-CLI-006",
      `qc ${command.name} does not know what to do with '${extra}'`,
      "an option's value with blanks in it needs quotes",
    );
  }
}
