/** What a build is asked for. */
import type { InputShapes } from "../frontends/shared/inputs.js";
import type { StatePair } from "../ir/graph/state.js";
import type { Tensor } from "../ir/op/tensor.js";
import type { Instrument } from "../passes/manager.js";
import type { OptLevel } from "../passes/presets.js";

/** What a build is asked for; everything but the paths has a default. */
export interface BuildRequest {
  readonly inputPath: string;
  readonly outputPath: string;
  /** A TVM/LEIP target string; `llvm` is the CPU that qc runs on. */
  readonly target?: string | readonly string[];
  readonly shapes?: InputShapes;
  readonly freeze?: Readonly<Record<string, Tensor>>;
  /** Outputs that feed inputs in the next run; both become the network's own state. */
  readonly states?: readonly StatePair[];
  /** Layout that kernels prefer inside: NHWC unless `NCHW` keeps the model's. */
  readonly layout?: "NCHW" | "NHWC";
  /** LEIP kernel level; below 3 no layout conversion. */
  readonly kernelLevel?: 1 | 2 | 3 | 4;
  /** Preset of passes: 0 what is needed, 1 constants and equal nodes, 2 layers merged, 3 layouts chosen; 3 unless given. */
  readonly optLevel?: OptLevel;
  /** Float convolutions are summed directly, never by Winograd's algorithm. */
  readonly strictFloat?: boolean;
  /** Text of a pipeline that replaces the preset. */
  readonly passes?: string;
  /** Further files: "qc" (the module as text), "recipe" (of a quantization), and in the words of the target's backend "llvm", "asm", "obj"; "library", "obj". */
  readonly emit?: readonly string[];
  /** Also links one executable with runtime and network in it. */
  readonly bundle?: boolean;
  readonly instruments?: readonly Instrument[];
  /** Called as each stage starts: "import", "calibrate", "passes", "tune", "schedule", "emit", "link". */
  readonly onStage?: (stage: string) => void;
}
