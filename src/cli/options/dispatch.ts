import { formatDiag, QcError, shownJson, shownLines } from "../../support/diag.js";
import { KNOBS } from "../../support/env.js";
import { failIo } from "../../support/fs.js";
import { didYouMean } from "../../support/suggest.js";
import type { Command, Io } from "./command.js";
import { helpOf, parseArguments } from "./parse.js";
import { unforeseen } from "./unforeseen.js";

/** The streams and variables of the process, or a test's. */
export interface Surroundings {
  readonly stdout: Io["stdout"];
  readonly stderr: Io["stderr"];
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
}

/**
 * The process's own streams and variables. A reader that closes the pipe early (`qc ... | head`) ends the process without an error; one that
 * closes stderr is not missed. What cannot be written else, on a full disk say, is QC-IO-001 and exit code 1. `onEnd`: before the process ends so.
 */
export function ofProcess(version: string, onEnd: () => void): Surroundings {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    onEnd();
    if (error.code === "EPIPE") process.exit(0);
    try {
      failIo(error, "write", "standard output");
    } catch (e) {
      process.exitCode = report(
        e,
        createIo({ stdout: process.stdout, stderr: process.stderr, env: process.env, version }, false, false),
      );
    }
    process.exit();
  });
  process.stderr.on("error", () => {}); // nobody reads it: the work goes on
  return { stdout: process.stdout, stderr: process.stderr, env: process.env, version };
}

/**
 * Runs one command line. Exit codes: 0 done, 1 the input is at fault, 2 the call is, 130 interrupted.
 * `argv` is what follows the program's name.
 */
export async function dispatch(commands: readonly Command[], argv: readonly string[], around: Surroundings): Promise<number> {
  const [first, ...rest] = argv;
  const json = argv.some((a) => a === "--json" || a === "--json=true");
  const debug =
    argv.some((a) => a === "--debug" || a === "--debug=true") || KNOBS.QC_DEBUG.parse(around.env.QC_DEBUG ?? "") === true;
  const io = createIo(around, json, debug);
  try {
    if (first === undefined || first === "--help" || first === "-h" || (first === "help" && rest.length === 0)) {
      around.stdout.write(overview(commands, around.version));
      return first === undefined ? 2 : 0;
    }
    if (first === "--version" || first === "-V" || first === "version") {
      io.result({ version: around.version }, () => around.version);
      return 0;
    }
    const name = first === "help" ? rest[0] : first;
    const command = commands.find((c) => c.name === name || c.aliases?.includes(name)) ?? failUnknownCommand(name, commands);
    const showHelp = () => around.stdout.write(helpOf(command, around.stdout.columns));
    if (first === "help") {
      showHelp();
      return 0;
    }
    const parsed = parseArguments(command, rest);
    if (parsed.help) {
      showHelp();
      return 0;
    }
    return (await command.run(parsed.args, createIo(around, parsed.json, parsed.debug || debug))) ?? 0;
  } catch (error) {
    return report(error, io);
  }
}

function failUnknownCommand(name: string, commands: readonly Command[]): never {
  const names = commands.flatMap((c) => [c.name, ...(c.aliases ?? [])]);
  const isOption = name.startsWith("-");
  const message = isOption ? `'${name}' stands before the command` : `there is no command '${name}'`;
  const help = isOption
    ? `write the command first: qc COMMAND ${name}; qc --help lists the commands`
    : (didYouMean(name, names) ?? `the commands are: ${commands.map((c) => c.name).join(", ")}`);
  throw new QcError([{ severity: "error", code: "QC-CLI-001", message, help }], "usage");
}

function createIo({ stdout, stderr, env, version }: Surroundings, json: boolean, debug: boolean): Io {
  const line = (stream: NodeJS.WritableStream, text: string) => void stream.write(text.endsWith("\n") ? text : `${text}\n`);
  return {
    stdout,
    stderr,
    env,
    json,
    debug,
    version,
    print: (text) => {
      if (!json) line(stdout, shownLines(text));
    },
    note: (text) => line(stderr, shownLines(text)),
    result: (value, text) => line(stdout, json ? shownJson(value) : shownLines(text())),
  };
}

/** Prints an error as people or programs read it; the stack only with --debug. */
function report(error: unknown, io: Io): number {
  const known = error instanceof QcError ? error : unforeseen(error);
  if (io.json) io.result({ error: { code: known.code, kind: known.kind, diagnostics: known.diags } }, () => "");
  io.note(known.diags.map(formatDiag).join("\n\n"));
  if (io.debug && error instanceof Error) io.note(error.stack ?? String(error));
  return known.kind === "usage" ? 2 : 1;
}

function overview(commands: readonly Command[], version: string): string {
  const shown = commands.filter((c) => !c.hidden);
  const width = Math.max(...shown.map((c) => c.name.length)) + 2;
  return [
    `qc ${version}: a quantizing neural-network compiler. A trained network in, a small fast shared object out.`,
    "",
    "Usage: qc COMMAND [options]",
    "",
    "Commands:",
    ...shown.map((c) => `  ${c.name.padEnd(width)}${c.summary}`),
    "",
    "  qc COMMAND --help shows the options of a command, with examples. qc --version prints the version.",
    "  Every command takes --json, which prints its result for programs, and --debug, which shows more with an error.",
    "",
    ...(shown[0]?.examples.length ? ["Example:", `  ${shown[0].examples[0][0]}`, ""] : []),
  ].join("\n");
}
