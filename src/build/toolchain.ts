import { readFileSync } from "node:fs";
import type { Backend, Engine, Measure } from "../backends/backend.js";
import { builtinBackends } from "../backends/builtin.js";
import { resolveCuda, targetText } from "../ir/target/resolve.js";
import { parseTarget, specText } from "../ir/target/syntax.js";
import type { Target } from "../ir/target/target.js";
import { fail } from "../support/diag.js";

/** What turns a program into code: a backend opened for a target. */
export interface Toolchain {
  readonly engine: Engine;
  readonly target: Target;
  readonly targetText: string;
  /** For people: names the processor where the target leaves it to the host. */
  readonly targetLabel: string;
  /** `qc 0.1.0` */
  readonly producer: string;
}

export interface ToolchainOptions {
  /** Schedules keep the terms of float sums. */
  readonly strictFloat?: boolean;
  /** Those of a context, plugins' included; the first that accepts the target makes the code. */
  readonly backends?: Iterable<Backend>;
}

/** Errors: QC-TARGET-*; QC-COMPILE-004 no backend takes the target; those of the backend where its tools are missing. */
export function openToolchain(target: string | readonly string[] = "llvm", options: ToolchainOptions = {}): Toolchain {
  const backends = [...(options.backends ?? builtinBackends)];
  const spec = parseTarget(target, [...new Set([...backends.map((b) => b.name), "cuda"])]);
  const backend = backends.find((b) => b.accepts(spec));
  if (!backend) {
    if (spec.kind === "cuda") resolveCuda(spec);
    fail("QC-COMPILE-004", `there is no backend for target '${specText(spec)}' yet`, {
      help: `targets: ${backends.map((b) => `${b.name} (${b.doc})`).join("; ")}`,
    });
  }
  const engine = backend.open(spec);
  const resolved: Target = options.strictFloat ? { ...engine.target, strictFloat: true } : engine.target;
  return {
    engine,
    target: resolved,
    targetText: targetText(resolved),
    targetLabel: resolved.host ? `this machine (${resolved.mcpu})` : targetText(resolved),
    producer: `qc ${version()}`,
  };
}

/** The tuner's side of a toolchain. Errors: QC-TUNE-016 its backend has none. */
export function measureOf({ engine, targetText: text }: Toolchain): Measure {
  if (engine.measure) return engine.measure;
  return fail("QC-TUNE-016", `target '${text}' has no schedules to search`, {
    help: 'leave the search out; the target "llvm" has it',
  });
}

/** Words of `--emit` that no backend prints: the module as text, the recipe of a quantization. */
const EMITTED_BY_THE_LINE: readonly string[] = ["qc", "recipe"];

/** Errors: QC-COMPILE-015 the target's backend does not know a word of `--emit`. */
export function checkEmit({ engine, targetText: text }: Toolchain, words: readonly string[]): void {
  const unknown = words.find((w) => !EMITTED_BY_THE_LINE.includes(w) && !engine.emits.includes(w));
  if (unknown === undefined) return;
  fail("QC-COMPILE-015", `target '${text}' has no '${unknown}' to emit`, {
    help: `it has ${["qc", ...engine.emits].join(", ")}`,
  });
}

/** Of qc, as package.json has it. */
export const version = (): string => {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return String((JSON.parse(text) as { version: string }).version);
};
