import { failUsage } from "../../support/diag.js";
import { didYouMean } from "../../support/suggest.js";
import { type Option, parseBoolean } from "./option.js";

/** What `--optimization`, `--compile_optimization` and `--compress_optimization` ask for, together. */
export interface Optimization {
  /** Schedule search: null is none, 0 uses the best found before, N runs N more. */
  readonly graphIterations: number | null;
  /** 1 to 4; below 3 no layout conversion. */
  readonly kernelLevel: 1 | 2 | 3 | 4;
  /** null: on for CUDA targets. */
  readonly cuda: boolean | null;
  readonly tensorSplitting: boolean;
  readonly biasCorrection: boolean;
}

export const NO_OPTIMIZATION: Optimization = {
  graphIterations: null,
  kernelLevel: 3,
  cuda: null,
  tensorSplitting: false,
  biasCorrection: false,
};

const MAX_ITERATIONS = 30000;
const KEYS: Readonly<Record<string, string>> = { graph: "iterations", kernel: "level", cuda: "enabled" };
/** What --help names: LEIP has more, which is refused (QC-CLI-020). */
const OFFERED = "category:graph,iterations:1000 | category:kernel,level:4";
const WORDS = ["tensor_splitting", "bias_correction"];

function bad(spelling: string, text: string, why: string, help = `write one of: ${OFFERED}`): never {
  return failUsage("QC-CLI-010", `${spelling}: '${text}' ${why}`, help);
}

/** All values together; of two that set the same thing the last one counts. */
export function parseOptimization(texts: readonly string[], spelling: string): Optimization {
  return Object.assign({}, NO_OPTIMIZATION, ...texts.map((text) => parseOne(text, spelling)));
}

function parseOne(text: string, spelling: string): Partial<Optimization> {
  const parts = text.split(",").map((part) => part.trim());
  if (!parts.some((part) => part.includes(":")))
    return Object.assign({}, ...parts.map((word) => parseWord(word, text, spelling)));
  const fields = new Map<string, string>();
  for (const part of parts) {
    const [, key, value] =
      /^([a-z_]+)\s*:\s*([^\s:]+)$/i.exec(part) ?? bad(spelling, text, `has a part '${part}' that is not key:value`);
    if (fields.has(key.toLowerCase())) bad(spelling, text, `names '${key}' twice`);
    fields.set(key.toLowerCase(), value.toLowerCase());
  }
  const category = fields.get("category") ?? bad(spelling, text, "has no category");
  const key =
    KEYS[category] ?? bad(spelling, text, `has an unknown category '${category}'`, didYouMean(category, Object.keys(KEYS)));
  const stray = [...fields.keys()].find((k) => k !== "category" && k !== key);
  if (stray) bad(spelling, text, `has '${stray}', which category ${category} does not take`, `it takes '${key}'`);
  const value = fields.get(key) ?? bad(spelling, text, `lacks '${key}'`);
  switch (category) {
    case "graph":
      return { graphIterations: whole(value, 0, MAX_ITERATIONS, text, spelling) };
    case "kernel":
      return { kernelLevel: whole(value, 1, 4, text, spelling) as Optimization["kernelLevel"] };
    default:
      return { cuda: parseBoolean(value, spelling) };
  }
}

function parseWord(word: string, text: string, spelling: string): Partial<Optimization> {
  switch (word.toLowerCase().replaceAll("-", "_")) {
    case "tensor_splitting":
      return { tensorSplitting: true };
    case "bias_correction":
      return { biasCorrection: true };
    default:
      return bad(spelling, text, `has an unknown word '${word}'`, didYouMean(word, WORDS) ?? `write one of: ${OFFERED}`);
  }
}

function whole(value: string, min: number, max: number, text: string, spelling: string): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  return number >= min && number <= max
    ? number
    : bad(spelling, text, `: '${value}' is not a whole number from ${min} to ${max}`);
}

/** `--optimization` and its two longer names, repeatable. */
export function optimization(group?: string): Option<Optimization> {
  return {
    doc: `what to search or switch on; repeatable: ${OFFERED}`,
    aliases: ["--compile_optimization", "--compress_optimization"],
    group,
    value: "WHAT",
    required: false,
    absent: NO_OPTIMIZATION,
    parse: parseOptimization,
  };
}
