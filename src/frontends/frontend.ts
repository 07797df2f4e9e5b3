/** A frontend reads models of one format into the graph IR. */
import type { Module } from "../ir/graph/module.js";
import type { IrContext } from "../ir/pass/context.js";
import type { ImportOptions } from "./shared/inputs.js";

export interface Frontend {
  readonly name: string;
  /** What it reads, for messages: "ONNX models". */
  readonly doc: string;
  /** Endings of file names, lower case, with the dot. */
  readonly endings: readonly string[];
  /** Is this the beginning of such a file? `head` holds its first HEAD_BYTES bytes, or the whole of a shorter file. */
  detects(head: Uint8Array): boolean;
  /** Reads the file into a well-formed module of one function. Refusals are coded errors; all that can be told at once are. */
  import(file: string, ctx: IrContext, options: ImportOptions): Module;
}

/** How much of a file `detects` sees. */
export const HEAD_BYTES = 4096;
