/** Pipelines as text: `fold-constants,cse,fuse` with options in braces: `channels-last{enable=false},quantize{mode=onnx-float}`. */
import { type AttrSpec, type Attrs, type AttrValue, completeAttrs } from "../ir/attr/attr.js";
import type { Pass } from "../ir/pass/pass.js";
import { failUsage } from "../support/diag.js";
import { didYouMean } from "../support/suggest.js";

export interface PipelineStep {
  readonly pass: Pass;
  readonly options: Attrs;
}

const STEP = /\s*([A-Za-z0-9_-]+)\s*(?:\{([^}]*)\})?\s*(,|$)/y;

/** Parses a pipeline; QC-PASS-001 unknown pass, 002 malformed text, 003 wrong option. */
export function parsePipeline(text: string, passes: ReadonlyMap<string, Pass>): readonly PipelineStep[] {
  const steps: PipelineStep[] = [];
  STEP.lastIndex = 0;
  for (let at = 0; at < text.length; at = STEP.lastIndex) {
    const match = STEP.exec(text);
    if (!match)
      return failUsage(
        "QC-PASS-002",
        `pipeline cannot be read at '${text.slice(at)}'`,
        "write it as pass,pass{option=value},...",
      );
    const pass =
      passes.get(match[1]) ??
      failUsage(
        "QC-PASS-001",
        `unknown pass '${match[1]}'`,
        didYouMean(match[1], passes.keys()) ?? "`qc opt --list-passes` names them",
      );
    steps.push({ pass, options: readOptions(pass, match[2] ?? "") });
  }
  return steps;
}

function readOptions(pass: Pass, text: string): Attrs {
  const given: Record<string, AttrValue> = {};
  for (const item of text.split(/[;,](?![^[]*\])/).filter((s) => s.trim())) {
    const [key, ...rest] = item.split("=");
    const name = key.trim();
    const spec =
      pass.options[name] ??
      failUsage("QC-PASS-003", `pass '${pass.name}' has no option '${name}'`, didYouMean(name, Object.keys(pass.options)));
    given[name] = readValue(spec, rest.join("=").trim());
  }
  const options = completeAttrs(pass.options, given);
  return typeof options === "string" ? failUsage("QC-PASS-003", `pass '${pass.name}': ${options}`) : options;
}

function readValue(spec: AttrSpec, text: string): AttrValue {
  const items = text
    .replace(/^\[|\]$/g, "")
    .split(",")
    .map((s) => s.trim())
    .filter((s) => s !== "");
  switch (spec.kind) {
    case "int":
    case "float":
      return Number(text);
    case "bool":
      return text === "" || text === "true";
    case "ints":
    case "floats":
      return items.map(Number);
    case "strings":
      return items;
    default:
      return text;
  }
}

/** The text that parses back to these steps; options at their default are left out. */
export function pipelineText(steps: readonly PipelineStep[]): string {
  return steps
    .map(({ pass, options }) => {
      const changed = Object.entries(options).filter(([k, v]) => JSON.stringify(v) !== JSON.stringify(pass.options[k].default));
      return changed.length
        ? `${pass.name}{${changed.map(([k, v]) => `${k}=${Array.isArray(v) ? `[${v.join(",")}]` : v}`).join(";")}}`
        : pass.name;
    })
    .join(",");
}
