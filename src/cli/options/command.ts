import type { Option } from "./option.js";

// biome-ignore lint/suspicious/noConfusingVoidType: a command that returns nothing has succeeded
export type ExitCode = 0 | 1 | 2 | void;

/** What a command may touch of the world: tests hand in their own. */
export interface Io {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
  /** Results are wanted as JSON. */
  readonly json: boolean;
  readonly debug: boolean;
  readonly version: string;
  /** Prints a line to standard output; nothing with --json. */
  print(line: string): void;
  /** Prints a line to standard error: warnings and remarks. */
  note(line: string): void;
  /** The command's result: `text()` for people, `value` as JSON with --json. */
  result(value: unknown, text: () => string): void;
}

/** An argument that is no option. */
export interface Operand {
  /** As it stands in the usage line: `FOLDER`. */
  readonly name: string;
  readonly doc: string;
  readonly required: boolean;
  /** Takes all that follow; the last operand only. */
  readonly many?: boolean;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;
type Values<O extends OptionTable> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };
/** The parsed options by key, the operands in order. */
export type Args<O extends OptionTable> = Values<O> & { readonly operands: readonly string[] };

export interface CommandSpec<O extends OptionTable> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What it does, for its own --help. */
  readonly description: string;
  /** Whole command lines, each with what it does. */
  readonly examples: readonly (readonly [line: string, doc: string])[];
  readonly operands?: readonly Operand[];
  readonly options: O;
  /** Other names of the command. */
  readonly aliases?: readonly string[];
  /** Left out of the list of commands. */
  readonly hidden?: boolean;
  run(args: Args<O>, io: Io): ExitCode | Promise<ExitCode>;
}

/** A command whose option types are forgotten, for tables of commands. */
export type Command = Omit<CommandSpec<OptionTable>, "run"> & {
  run(args: Args<OptionTable>, io: Io): ExitCode | Promise<ExitCode>;
};

/** Declares a command; `run` gets its arguments parsed and typed. */
export function defineCommand<const O extends OptionTable>(spec: CommandSpec<O>): Command {
  return { ...spec, run: (args, io) => spec.run(args as Args<O>, io) };
}

/** `inputPath` --> `input_path` */
export function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
