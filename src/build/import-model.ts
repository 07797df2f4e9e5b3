import { readdirSync } from "node:fs";
import path from "node:path";
import type { Context } from "../context.js";
import { importOnnxFile } from "../frontends/onnx/import.js";
import type { Module } from "../ir/graph/module.js";
import { fail } from "../support/diag.js";
import { isFolder, statOf } from "../support/fs.js";
import type { BuildRequest } from "./request.js";

/** The model file that a path means: the file itself, or the one model in a folder. */
export function modelFile(inputPath: string): string {
  if (!statOf(inputPath)) fail("QC-COMPILE-001", `there is no model at '${inputPath}'`, { help: "check --input_path" });
  if (!isFolder(inputPath)) return inputPath;
  const models = readdirSync(inputPath).filter((f) => f.endsWith(".onnx"));
  if (models.length === 1) return path.join(inputPath, models[0]);
  return fail("QC-COMPILE-002", `the folder '${inputPath}' holds ${models.length || "no"} .onnx models`, {
    help: models.length
      ? `name one: --input_path ${path.join(inputPath, models[0])}`
      : "give --input_path an .onnx file or a folder with one",
  });
}

/** Reads a model into the graph IR. */
export function importModel(request: BuildRequest, ctx: Context): Module {
  const file = modelFile(request.inputPath);
  if (!/\.onnx$/i.test(file)) {
    fail("QC-COMPILE-003", `'${path.basename(file)}' is no .onnx file`, { help: "export the model to ONNX" });
  }
  return importOnnxFile(file, ctx.onnxRules, ctx, { shapes: request.shapes, freeze: request.freeze });
}
