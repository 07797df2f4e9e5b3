/** `.qc` files: a text, and its weights beside it in a `.qcw` file of the same name. */
import { isFile, readText, writeFileAtomic } from "../../support/fs.js";
import type { Module } from "../graph/module.js";
import type { Kernel } from "../loop/stmt.js";
import { type ParseContext, type ParsedText, parseText } from "./parse-module.js";
import { printKernel } from "./print-kernel.js";
import { blobsBeside, type PrintContext, type PrintOptions, printModule } from "./print-module.js";
import { readWeights, writeWeights } from "./weights.js";

/** `net.qc` --> `net.qcw` */
export const weightsFileOf = (file: string): string => `${file.replace(/\.qc$/, "")}.qcw`;

/** Reads a text file and, where it exists, its weights file into `ctx.blobs`. */
export function readIrFile(file: string, ctx: ParseContext): ParsedText {
  const text = readText(file);
  const weights = weightsFileOf(file);
  if (isFile(weights)) readWeights(weights, ctx.blobs);
  return parseText(text, file, ctx);
}

/** A module and kernels as one text. */
export function printIr(m: Module | null, kernels: readonly Kernel[], ctx: PrintContext, options: PrintOptions = {}): string {
  return [...(m ? [printModule(m, ctx, options)] : []), ...kernels.map(printKernel)].join("\n");
}

/** What `writeIrFile` wrote; `weights` is null where every constant stands in the text. */
export interface WrittenIr {
  readonly file: string;
  readonly weights: string | null;
}

/** Writes text and weights, weights first, so that a text never names bytes that are not there. `preface` comes before the text. */
export function writeIrFile(file: string, m: Module, ctx: PrintContext, options: PrintOptions = {}, preface = ""): WrittenIr {
  const ids = blobsBeside(m, ctx.blobs, options).filter((id) => ctx.blobs.has(id));
  const weights = ids.length ? weightsFileOf(file) : null;
  if (weights) writeWeights(weights, ids, ctx.blobs);
  writeFileAtomic(file, preface + printModule(m, ctx, options));
  return { file, weights };
}
