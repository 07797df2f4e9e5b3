import { availableParallelism, homedir } from "node:os";
import { join } from "node:path";
import { fail } from "./diag.js";

/** Every environment variable that qc reads. Others that start with QC_ are ignored. */
export interface Knob<T> {
  readonly doc: string;
  readonly default: (env: NodeJS.ProcessEnv) => T;
  /** undefined: the text means nothing here. */
  readonly parse: (text: string) => T | undefined;
  /** The default in words. */
  readonly otherwise: string;
  /** What a legal value looks like, for the error. */
  readonly form: string;
}

const flag = (doc: string): Knob<boolean> => ({
  doc,
  default: () => false,
  otherwise: "0",
  form: "1 or 0",
  parse: (text) =>
    ({ "1": true, true: true, yes: true, on: true, "0": false, false: false, no: false, off: false, "": false })[
      text.toLowerCase()
    ],
});
const text = (doc: string, form: string, otherwise: string): Knob<string | undefined> => ({
  doc,
  default: () => undefined,
  otherwise,
  form,
  parse: (t) => t || undefined,
});
const count = (doc: string, fallback: number): Knob<number> => ({
  doc,
  default: () => fallback,
  otherwise: String(fallback),
  form: "a whole number, at least 1",
  parse: (t) => (/^\d+$/.test(t) && Number(t) >= 1 && Number.isSafeInteger(Number(t)) ? Number(t) : undefined),
});

export const KNOBS = {
  QC_LIBLLVM: text("path of the libLLVM shared library, 15 or newer", "a path", "the one found"),
  QC_LLD: text("path of the linker, ld.lld", "a path", "the one found"),
  QC_CC: text("C compiler for bundles and C output", "a path or a program's name", "the first found of cc, gcc and clang"),
  QC_NVCC: text("path of nvcc", "a path", "the one found"),
  QC_THREADS: {
    ...count("threads of the runtime and of calibration", 1),
    default: () => availableParallelism(),
    otherwise: "all processors",
  },
  QC_CACHE_DIR: {
    doc: "folder for what can be computed again",
    default: (env) => join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "qc"),
    otherwise: "`qc` in XDG_CACHE_HOME, else in `~/.cache`",
    form: "a path",
    parse: (t) => t || undefined,
  } satisfies Knob<string>,
  QC_MAX_ARENA_GIB: count("GiB of scratch memory that a run of a network may need", 64),
  QC_MAX_GIGAOPERATIONS: count("billions of operations that a run of a network may take", 1000),
  QC_FOREIGN_SECONDS: count("seconds that a plugin or preprocessor may take for an answer", 60),
  QC_DEBUG: flag("stack traces with every error, as --debug"),
  QC_BLESS: flag("tests rewrite the expected text of golden files"),
  QC_FUZZ_RUNS: count("cases that each property test draws", 100),
} as const;

export type KnobName = keyof typeof KNOBS;
export type KnobValue<N extends KnobName> = (typeof KNOBS)[N] extends Knob<infer T> ? T : never;

/** The value of one knob, or its default; QC-ENV-001 for a text that means nothing there. */
export function knob<N extends KnobName>(name: N, env: NodeJS.ProcessEnv = process.env): KnobValue<N> {
  const spec = KNOBS[name] as unknown as Knob<KnobValue<N>>;
  const given = env[name];
  if (given === undefined || given === "") return spec.default(env);
  const value = spec.parse(given);
  if (value === undefined) return fail("QC-ENV-001", `${name}='${given}' is not ${spec.form}`, { help: `${name}: ${spec.doc}` });
  return value;
}
