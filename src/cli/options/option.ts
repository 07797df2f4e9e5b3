import { readFileSync } from "node:fs";
import { failUsage } from "../../support/diag.js";
import { didYouMean } from "../../support/suggest.js";

/** One option of a command. Its key `inputPath` is spelled `--input_path` and `--input-path`. */
export interface Option<T> {
  /** One sentence for --help. */
  readonly doc: string;
  /** Other spellings: `-in`, `-o`, `--compile_optimization`. */
  readonly aliases: readonly string[];
  /** Name of the value in --help; null for a flag, which takes true or false at most. */
  readonly value: string | null;
  readonly required: boolean;
  /** What is taken where the option is absent, in words; for --help. */
  readonly defaultText?: string;
  /** Heading in --help. */
  readonly group?: string;
  /** Accepted but left out of --help: spellings of older tools. */
  readonly hidden?: boolean;
  /** Arguments that go on belonging to this option's value although they stand apart: `--target llvm -mcpu=skylake`. */
  readonly continues?: (argument: string) => boolean;
  /** How the value and its continuations become one text; absent: they are values of their own. */
  readonly join?: string;
  /** All values given, in order; at least one unless the option is absent. `spelling` is for errors. */
  readonly parse: (texts: readonly string[], spelling: string) => T;
  readonly absent: T;
}

export interface OptionCommon {
  readonly aliases?: readonly string[];
  readonly group?: string;
  readonly hidden?: boolean;
}

type ValueCommon = OptionCommon & { readonly value?: string };

/** Long lists of words stand in the sentence, short ones where the value does. */
function choiceDoc(doc: string, choices: readonly string[]): [doc: string, value: string] {
  const all = choices.join("|");
  return all.length <= 24 ? [doc, all] : [`${doc}: ${choices.join(", ")}`, "NAME"];
}

const common = (doc: string, value: string | null, o: ValueCommon) => ({
  doc,
  aliases: o.aliases ?? [],
  group: o.group,
  hidden: o.hidden,
  value: value === null ? null : (o.value ?? value),
});

/** A usage error about one value (QC-CLI-005). */
export function badValue(spelling: string, text: string, why: string, help = `--help says what ${spelling} takes`): never {
  return failUsage("QC-CLI-005", `${spelling}: '${text}' ${why}`, help);
}

const last = (texts: readonly string[]): string => texts[texts.length - 1];

/** A text; undefined where absent. */
export function text(doc: string, o: ValueCommon = {}): Option<string | undefined> {
  return { ...common(doc, "TEXT", o), required: false, absent: undefined, parse: last };
}

/** A text that must be given. */
export function requiredText(doc: string, o: ValueCommon = {}): Option<string> {
  return { ...common(doc, "TEXT", o), required: true, absent: "", parse: last };
}

/** A text with a default. */
export function textOr(doc: string, fallback: string, o: ValueCommon = {}): Option<string> {
  return {
    ...common(doc, "TEXT", o),
    required: false,
    absent: fallback,
    defaultText: fallback === "" ? undefined : fallback,
    parse: last,
  };
}

/** Every value of a repeatable option; with `separator` each value may hold several. */
export function texts(doc: string, o: ValueCommon & { separator?: string } = {}): Option<readonly string[]> {
  return {
    ...common(doc, "TEXT", o),
    required: false,
    absent: [],
    parse: (given) =>
      o.separator === undefined
        ? given
        : given
            .flatMap((t) => t.split(o.separator as string))
            .map((t) => t.trim())
            .filter((t) => t !== ""),
  };
}

const TRUTH: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  yes: true,
  no: false,
  on: true,
  off: false,
  "1": true,
  "0": false,
};

export function parseBoolean(given: string, spelling: string): boolean {
  return TRUTH[given.toLowerCase()] ?? badValue(spelling, given, "is neither true nor false");
}

/** `--flag`, `--no_flag`, `--flag=false`, `--flag true`. */
export function flag(doc: string, o: OptionCommon & { default?: boolean } = {}): Option<boolean> {
  const absent = o.default ?? false;
  return {
    ...common(doc, null, o),
    required: false,
    absent,
    defaultText: absent ? "on" : undefined,
    parse: (given, spelling) => parseBoolean(last(given), spelling),
  };
}

interface NumberOptions extends ValueCommon {
  readonly min?: number;
  readonly max?: number;
}

function parseNumber(
  given: string,
  spelling: string,
  whole: boolean,
  { min = -Infinity, max = Infinity }: NumberOptions,
): number {
  const number = given.trim() === "" ? Number.NaN : Number(given);
  if (!Number.isFinite(number) || (whole && !Number.isSafeInteger(number)))
    return badValue(spelling, given, whole ? "is not a whole number" : "is not a number");
  if (number < min || number > max) {
    const range = max === Infinity ? `at least ${min}` : min === -Infinity ? `at most ${max}` : `from ${min} to ${max}`;
    return badValue(spelling, given, `is out of range: ${range}`);
  }
  return number;
}

/** A whole number; undefined where absent. */
export function integer(doc: string, o: NumberOptions = {}): Option<number | undefined> {
  return {
    ...common(doc, "N", o),
    required: false,
    absent: undefined,
    parse: (given, s) => parseNumber(last(given), s, true, o),
  };
}

/** A whole number with a default. */
export function integerOr(doc: string, fallback: number, o: NumberOptions = {}): Option<number> {
  return {
    ...common(doc, "N", o),
    required: false,
    absent: fallback,
    defaultText: String(fallback),
    parse: (given, s) => parseNumber(last(given), s, true, o),
  };
}

/** A real number; undefined where absent. */
export function real(doc: string, o: NumberOptions = {}): Option<number | undefined> {
  return {
    ...common(doc, "X", o),
    required: false,
    absent: undefined,
    parse: (given, s) => parseNumber(last(given), s, false, o),
  };
}

/** One of a few words, case-insensitive; `also` maps other words onto them. */
export function choice<const C extends string>(
  doc: string,
  choices: readonly C[],
  fallback: C,
  o: ValueCommon & { also?: Readonly<Record<string, C>> } = {},
): Option<C> {
  return {
    ...common(...choiceDoc(doc, choices), o),
    required: false,
    absent: fallback,
    defaultText: fallback,
    parse: (given, spelling) => parseChoice(last(given), spelling, choices, o.also),
  };
}

/** As `choice`, undefined where absent. */
export function maybeChoice<const C extends string>(
  doc: string,
  choices: readonly C[],
  o: ValueCommon & { also?: Readonly<Record<string, C>> } = {},
): Option<C | undefined> {
  return {
    ...common(...choiceDoc(doc, choices), o),
    required: false,
    absent: undefined,
    parse: (given, spelling) => parseChoice(last(given), spelling, choices, o.also),
  };
}

export function parseChoice<C extends string>(
  given: string,
  spelling: string,
  choices: readonly C[],
  also: Readonly<Record<string, C>> = {},
): C {
  const wanted = given.trim().toLowerCase();
  const found =
    choices.find((c) => c.toLowerCase() === wanted) ?? Object.entries(also).find(([word]) => word.toLowerCase() === wanted)?.[1];
  return found ?? badValue(spelling, given, `is none of ${choices.join(", ")}`, didYouMean(given, choices));
}

/** A text file's lines, or undefined; for options such as --class_names. Empty lines stay: the line number is the index. */
export function linesOfFile(doc: string, o: ValueCommon = {}): Option<readonly string[] | undefined> {
  return {
    ...common(doc, "FILE", o),
    required: false,
    absent: undefined,
    parse: (given, spelling) => {
      try {
        return readFileSync(last(given), "utf8")
          .replace(/\r?\n$/, "")
          .split(/\r?\n/);
      } catch {
        return badValue(spelling, last(given), "cannot be read", "name a text file with one line an entry");
      }
    },
  };
}
