import path from "node:path";
import type { Module } from "../../ir/graph/module.js";
import { writeIrFile } from "../../ir/text/file.js";
import { printModule } from "../../ir/text/print-module.js";
import { QcError } from "../../support/diag.js";
import { shortHash } from "../../support/hash.js";
import type { Instrument } from "../manager.js";
import { type PipelineStep, pipelineText } from "../pipeline.js";
import type { Write } from "./print.js";

/**
 * When a pass or a check of its result fails, writes the module that the pass was given as `<folder>/<pass>-<hash>.qc` (and `.qcw`),
 * the pass as its RUN line and the versions as comments, so that `qc opt FILE` fails in the same way. The error itself goes on.
 */
export function reproduce(folder: string, version: string, write: Write): Instrument {
  return {
    name: "reproduce",
    failed(error, m, step, _index, ctx) {
      const file = path.join(folder, `${step.pass.name}-${shortHash(printModule(m, ctx, { locs: true }), 8)}.qc`);
      writeIrFile(file, m, ctx, { locs: true }, preface(error, m, step, version));
      write(`// reproducer: ${file}; replay it with: qc opt ${file}\n`);
    },
  };
}

function preface(error: unknown, m: Module, step: PipelineStep, version: string): string {
  const message =
    error instanceof QcError
      ? error.message
      : `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  const assume = step.pass.requires.length ? ` --assume=${step.pass.requires.join(",")}` : "";
  return [
    `// RUN: qc opt %s --passes=${pipelineText([step])}${assume} --verify-each`,
    `// Reproducer of module ${JSON.stringify(m.name)}: qc ${version}, node ${process.version}, ${process.platform} ${process.arch}.`,
    ...message.split("\n").map((line) => `//   ${line.trim()}`),
    "",
    "",
  ].join("\n");
}
