/** The public API: a function for each main command. `qc/runtime` has the loader alone. docs/api.md shows it at work. */
import { dirname, join } from "node:path";
import type { TuningReport } from "./autotune/tune.js";
import {
  type CompileReport,
  type CompileRequest,
  compileModel,
  optimizeModel,
  type QuantizeRequest,
  type TuneRequest,
  tuneModel,
} from "./compile.js";
import { type Context, createContext } from "./context.js";
import { rememberedPreprocessor } from "./data/sample.js";
import { readSampleList, requireLabels } from "./data/sample-list.js";
import { openBuilds } from "./evaluate/builds.js";
import { type EvaluateHow, type Evaluation, evaluateClassifier } from "./evaluate/classifier.js";
import { samplesOfList } from "./quantize/samples.js";
import { load } from "./runtime/index.js";
import { readModelRecord } from "./runtime/model-record.js";
import { isFile } from "./support/fs.js";

export type { SearchRequest } from "./autotune/search-workloads.js";
export type { CalibrationSample, CalibrationSamples } from "./compile.js";
export { type ContextOptions, createContext } from "./context.js";
export type { Frontend } from "./frontends/frontend.js";
export type { ImportRule, ImportRules, NodeImport } from "./frontends/onnx/rule.js";
export type { OpDef } from "./ir/op/define.js";
export type { Pass } from "./ir/pass/pass.js";
export { definePlugin, loadPlugin, PLUGIN_API, type Plugin, type PluginTools } from "./plugin.js";
export type { LoadOptions, ModelRecord, Net, RunOptions, TensorInfo } from "./runtime/index.js";
export { readModelRecord } from "./runtime/model-record.js";
export { type Diag, formatDiag, QcError } from "./support/diag.js";
export type { CompileReport, CompileRequest, Context, Evaluation, QuantizeRequest, TuneRequest, TuningReport };
export { load };

/**
 * Compiles a model into the folder `outputPath`: model.so, model.h, model.json. Its arithmetic stays what the model says. Sizes of the report are in
 * bytes, times in seconds; what it warns of is handed to the context's `onDiag`.
 * Errors (QcError): QC-COMPILE-*, those of the model's format (QC-ONNX-*, QC-TEXT-*), QC-TARGET-*, QC-LLVM-*, QC-LINK-*, QC-IO-*. Nothing is written then.
 */
export const compile = (request: CompileRequest, context: Context = createContext()): Promise<CompileReport> =>
  compileModel(request, context);

export interface OptimizeRequest extends Omit<QuantizeRequest, "samples" | "quantizer"> {
  /** `symmetricpc` unless given; a recipe goes before it. */
  readonly quantizer?: QuantizeRequest["quantizer"];
  /** A text file with the path of a sample in each line, or a function that opens the stream of samples once for each pass over them. */
  readonly samples: string | QuantizeRequest["samples"];
}

/**
 * Calibrates a model on samples, quantizes it to integers, and compiles it like `compile`. `preprocessor` says how files of a list become inputs.
 * Errors: those of `compile`, QC-QUANT-*, QC-DATA-*, QC-CLI-026 a file of the list is missing.
 */
export async function optimize(request: OptimizeRequest, context: Context = createContext()): Promise<CompileReport> {
  const { quantizer = "symmetricpc", preprocessor = "" } = request;
  const samples = typeof request.samples === "string" ? await samplesOfList(request.samples, preprocessor) : request.samples;
  return optimizeModel({ ...request, quantizer, samples, preprocessor: rememberedPreprocessor(preprocessor) }, context);
}

/**
 * Searches for faster kernels of a model on this machine, `search.iterations` candidates, and appends what it measures to the log in `outputPath`; nothing is
 * built. `compile` with `search: { iterations: 0 }` uses the log. Times of the report are in milliseconds.
 * Errors: those of `compile`, QC-TUNE-*.
 */
export const tune = (request: TuneRequest, context: Context = createContext()): Promise<TuningReport> =>
  tuneModel(request, context);

export interface EvaluateRequest extends EvaluateHow {
  /** What `compile` or `optimize` wrote. */
  readonly modelPath: string;
  /** A text file: in each line the path of a sample and the index of its class, counted from 0. */
  readonly samples: string;
  /** Only the first so many samples. */
  readonly limit?: number;
  /** 1 unless given. */
  readonly threads?: number;
  /** Also runs the float build that `qc optimize` keeps in the subfolder `float`; true unless given. */
  readonly float?: boolean;
}

/**
 * Runs a built classifier on labelled samples. Accuracies and agreement are in percent, sizes in 10^6 bytes.
 * Errors: QC-RT-* the model cannot be loaded, QC-DATA-* a sample cannot be read, QC-CLI-036 and 037 the model, or a label, is no classifier's.
 */
export async function evaluate(request: EvaluateRequest): Promise<Evaluation> {
  const { modelPath, samples, limit, threads = 1, float = true } = request;
  const folder = isFile(modelPath) ? dirname(modelPath) : modelPath;
  const entries = requireLabels(readSampleList(samples)).slice(0, limit);
  const record = readModelRecord(join(folder, "model.json"));
  const nets = await openBuilds(folder, record, (subfolder) => load(join(folder, subfolder), { threads }), float);
  try {
    return await evaluateClassifier(record, nets, entries, request);
  } finally {
    for (const net of nets) net.close();
  }
}
