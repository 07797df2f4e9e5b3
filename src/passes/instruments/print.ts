import type { Module } from "../../ir/graph/module.js";
import { printModule } from "../../ir/text/print-module.js";
import { failUsage } from "../../support/diag.js";
import { didYouMean } from "../../support/suggest.js";
import type { Instrument } from "../manager.js";
import type { PipelineStep } from "../pipeline.js";
import { diffLines, diffText } from "./line-diff.js";

export type Write = (text: string) => void;

const heading = (step: PipelineStep, index: number, note = ""): string => `// ---- after ${step.pass.name} (${index})${note}\n`;

/** Prints the module after each pass of these names; `all` is every pass. `known` names the passes there are (QC-PASS-005 for others). */
export function printAfter(passes: readonly string[], write: Write, known?: Iterable<string>): Instrument {
  const names = known ? [...known] : passes;
  const stranger = passes.find((p) => p !== "all" && !names.includes(p));
  if (stranger !== undefined)
    failUsage(
      "QC-PASS-005",
      `--print_after: there is no pass '${stranger}'`,
      didYouMean(stranger, names) ?? "all prints after every pass",
    );
  return {
    name: "print-after",
    after(m, step, index, _changed, ctx) {
      if (passes.includes("all") || passes.includes(step.pass.name)) write(heading(step, index) + printModule(m, ctx));
    },
  };
}

/** Prints what each pass changed: the lines that differ with two around them, or the whole module where nearly all of it does. */
export function printChanged(write: Write): Instrument {
  let before: Module | null = null;
  return {
    name: "print-changed",
    before(m) {
      before = m;
    },
    after(m, step, index, changed, ctx) {
      if (!changed || !before) return write(heading(step, index, ": no change"));
      const [old, now] = [before, m].map((x) => printModule(x, ctx).trimEnd().split("\n"));
      const diff = diffLines(old, now);
      write(`${heading(step, index)}${diff ? diffText(diff) : now.join("\n")}\n`);
    },
  };
}
