import { readdirSync } from "node:fs";
import type { Context } from "../context.js";
import { frontendOf, modelInFolder } from "../frontends/detect.js";
import type { Module } from "../ir/graph/module.js";
import { fail } from "../support/diag.js";
import { isFolder, statOf } from "../support/fs.js";
import type { BuildRequest } from "./request.js";

/** The model file that a path means: the file itself, or the one model in a folder. Errors: QC-COMPILE-001, 002. */
export function modelFile(inputPath: string, { frontends }: Pick<Context, "frontends">): string {
  if (!statOf(inputPath)) fail("QC-COMPILE-001", `there is no model at '${inputPath}'`, { help: "check --input_path" });
  return isFolder(inputPath) ? modelInFolder(inputPath, readdirSync(inputPath), frontends) : inputPath;
}

/** Reads a model into the graph IR, by the frontend of its format. */
export function importModel(request: BuildRequest, ctx: Context): Module {
  const file = modelFile(request.inputPath, ctx);
  return frontendOf(file, ctx.frontends).import(file, ctx, {
    shapes: request.shapes,
    freeze: request.freeze,
    states: request.states,
  });
}
