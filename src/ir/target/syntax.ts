import { failUsage } from "../../support/diag.js";
import { didYouMean } from "../../support/suggest.js";

/** A target string taken apart, nothing filled in. */
export interface TargetSpec {
  readonly kind: string;
  readonly mcpu: string | null;
  readonly mattr: readonly string[];
  readonly mtriple: string | null;
  readonly model: string | null;
  readonly device: string | null;
}

type Field = "mcpu" | "mattr" | "mtriple" | "model" | "device";

/** Flags with a meaning; the aliases are TVM's and clang's other spellings. */
const FLAGS: Readonly<Record<string, Field>> = {
  mcpu: "mcpu",
  march: "mcpu",
  arch: "mcpu",
  mattr: "mattr",
  mtriple: "mtriple",
  target: "mtriple",
  model: "model",
  device: "device",
};
/** TVM flags that choose among TVM's schedule libraries, thread counts and runtimes: read and dropped. */
const IGNORED = ["keys", "libs", "num-cores", "runtime", "system-lib", "link-params", "mfloat-abi", "opt-level", "host", "tag"];
const KINDS: readonly string[] = ["llvm", "c", "cuda"];

const FORMS =
  "`llvm`, `llvm -mcpu=skylake`, `llvm -mtriple=aarch64-linux-gnu -mcpu=cortex-a72 -mattr=+neon`, `c`, `cuda`, `cuda:2080ti`";

/** `-mcpu=x` and `-mcpu x` --> [mcpu, x]. */
function splitFlags(words: readonly string[]): readonly (readonly [flag: string, value: string])[] {
  const result: [string, string][] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const match = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/.exec(word);
    if (!match)
      failUsage("QC-TARGET-002", `'${word}' in the target is not a flag`, `flags look like -mcpu=skylake; targets: ${FORMS}`);
    const [, flag, value] = match;
    const next = words[i + 1];
    if (value !== undefined || next === undefined || /^-[A-Za-z]/.test(next)) result.push([flag, value ?? ""]);
    else {
      result.push([flag, next]);
      i++;
    }
  }
  return result;
}

function parseAttrs(value: string): readonly string[] {
  return value
    .split(",")
    .map((flag) => flag.trim())
    .filter((flag) => flag.length > 0)
    .map((flag) => {
      const named = /^[+-]/.test(flag) ? flag : `+${flag}`;
      if (/^[+-][a-z0-9][\w.-]*$/i.test(named)) return named;
      return failUsage("QC-TARGET-005", `'${flag}' in -mattr is not a feature flag`, "write -mattr=+neon,-avx512f");
    });
}

/**
 * A TVM/LEIP target, as one string or as the words of a command line: `llvm -mcpu=skylake`, `cuda:2080ti`. `kinds`: the first words known.
 * Usage errors: QC-TARGET-001 unknown kind, 002 not a flag, 003 unknown flag, 004 a flag without value or given twice,
 * 005 a malformed value.
 */
export function parseTarget(text: string | readonly string[], kinds: readonly string[] = KINDS): TargetSpec {
  const words = (typeof text === "string" ? [text] : text).flatMap((word) => word.trim().split(/\s+/)).filter(Boolean);
  const [head = "", ...rest] = words;
  const [kind, ...models] = head.split(":");
  if (!kinds.includes(kind)) {
    const hint = didYouMean(kind, kinds);
    failUsage("QC-TARGET-001", `unknown target '${head}'`, `${hint ? `${hint} ` : ""}targets: ${FORMS}`);
  }
  const values = new Map<Field, string>();
  if (models.length > 0) values.set("model", models.join(":"));
  for (const [flag, value] of splitFlags(rest)) {
    if (IGNORED.includes(flag)) continue;
    const field = Object.hasOwn(FLAGS, flag) ? FLAGS[flag] : undefined;
    if (field === undefined) {
      const hint = didYouMean(flag, [...Object.keys(FLAGS), ...IGNORED]);
      failUsage(
        "QC-TARGET-003",
        `unknown target flag '-${flag}'`,
        `${hint ? `${hint} ` : ""}flags: -mcpu -mattr -mtriple -model -device`,
      );
    }
    if (value === "") failUsage("QC-TARGET-004", `target flag '-${flag}' has no value`, `write -${flag}=VALUE`);
    if (values.has(field)) failUsage("QC-TARGET-004", `target flag '-${flag}' is given twice`, "give it once");
    if (field !== "mattr" && !/^[A-Za-z0-9][\w.+:-]*$/.test(value)) {
      failUsage("QC-TARGET-005", `'${value}' is not a value for -${flag}`, `targets: ${FORMS}`);
    }
    values.set(field, value);
  }
  return {
    kind: kind,
    mcpu: values.get("mcpu") ?? null,
    mattr: parseAttrs(values.get("mattr") ?? ""),
    mtriple: values.get("mtriple") ?? null,
    model: values.get("model") ?? null,
    device: values.get("device") ?? null,
  };
}

/** The words after `--target` on a command line that belong to it: LEIP writes `--target llvm -mcpu=skylake` unquoted. */
export function targetWords(argv: readonly string[]): number {
  let count = argv.length > 0 ? 1 : 0;
  while (count < argv.length) {
    const flag = /^-([A-Za-z][\w-]*)(=.*)?$/.exec(argv[count]);
    if (!flag || !(Object.hasOwn(FLAGS, flag[1]) || IGNORED.includes(flag[1]))) break;
    count++;
    if (flag[2] === undefined && argv[count] !== undefined && !/^-[A-Za-z-]/.test(argv[count])) count++;
  }
  return count;
}

/** The spec as a target string: kind, then flags in a fixed order. parseTarget(specText(s)) = s. */
export function specText(spec: TargetSpec): string {
  const flag = (name: string, value: string | null): readonly string[] => (value ? [`-${name}=${value}`] : []);
  return [
    spec.kind,
    ...flag("device", spec.device),
    ...flag("model", spec.model),
    ...flag("mtriple", spec.mtriple),
    ...flag("mcpu", spec.mcpu),
    ...flag("mattr", spec.mattr.join(",")),
  ].join(" ");
}
