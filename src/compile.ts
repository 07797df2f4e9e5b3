/** The straight line: a model file to a folder with `model.so`, `model.h` and `model.json`, one call a stage. */
import type { Context } from "./context.js";
import type { InputShapes } from "./frontends/onnx/inputs.js";
import type { Module } from "./ir/graph/module.js";
import type { Tensor } from "./ir/op/tensor.js";
import type { Instrument } from "./passes/manager.js";
import type { OptLevel } from "./passes/presets.js";
import type { Quantizer } from "./passes/quant/grids.js";

/** What a build is asked for; everything but the paths has a default. */
export interface BuildRequest {
  readonly inputPath: string;
  readonly outputPath: string;
  /** A TVM/LEIP target string; `llvm` is the CPU that qc runs on. */
  readonly target?: string | readonly string[];
  readonly shapes?: InputShapes;
  readonly freeze?: Readonly<Record<string, Tensor>>;
  /** Layout that kernels prefer inside: NHWC unless `NCHW` keeps the model's. */
  readonly layout?: "NCHW" | "NHWC";
  /** LEIP kernel level; below 3 no layout conversion. */
  readonly kernelLevel?: 1 | 2 | 3 | 4;
  /** Preset of passes, 0 to 3; 3 unless given. */
  readonly optLevel?: OptLevel;
  /** Text of a pipeline that replaces the preset. */
  readonly passes?: string;
  readonly emit?: readonly ("llvm" | "asm" | "obj")[];
  /** Also links one executable with runtime and network in it. */
  readonly bundle?: boolean;
  readonly instruments?: readonly Instrument[];
  /** Called as each stage starts: "import", "calibrate", "passes", "schedule", "emit", "link". */
  readonly onStage?: (stage: string) => void;
}

/** Samples for calibration, each one typed array per model input by name, in a stream so that memory stays bounded. */
export type CalibrationSamples = AsyncIterable<Readonly<Record<string, ArrayBufferView>>>;

export interface QuantizeRequest extends BuildRequest {
  readonly quantizer: Quantizer;
  /** Opens the stream; called once for each pass over the data. */
  readonly samples: (inputs: Module["funcs"][0]["params"], names: readonly string[]) => CalibrationSamples;
  /** How the samples became inputs; kept in model.json as the default of `qc run` and `qc evaluate`. */
  readonly preprocessor?: string;
}

/** What was built, for `--json` and for people. */
export interface BuildReport {
  readonly outputPath: string;
  readonly files: readonly string[];
  readonly target: string;
  readonly arenaBytes: number;
  readonly arenaLowerBound: number;
  readonly weightBytes: number;
  readonly kernels: number;
  readonly launches: number;
  readonly seconds: Readonly<Record<string, number>>;
  /** Nodes that stay in floating point although a quantizer was asked for: op, node, reason. */
  readonly floatIslands: readonly { readonly op: string; readonly node: string; readonly reason: string }[];
}

export type { Context };
