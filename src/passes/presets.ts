/** The pipelines that builds run, as text. A quantized build calibrates and simulates quantization between the two. */
import type { Pass, Prop } from "../ir/pass/pass.js";
import { factsAfter } from "./facts.js";
import { parsePipeline } from "./pipeline.js";

/**
 * What a build does to a module on its way to kernels, each level with what the ones below do:
 *   0 what is needed; 1 constants, equal and unused nodes; quantizes; 2 merges layers: batch norms, products with constants; 3 chooses layouts and moves views.
 */
export type OptLevel = 0 | 1 | 2 | 3;

/** Imported module to canonical module: what quantization points are chosen on. */
const CANONICAL: Readonly<Record<OptLevel, string>> = {
  0: "widen-half,fold-constants{dequantize=false},dce",
  1: "widen-half,fold-constants{dequantize=false},cse,dce,simplify-movement",
  2: "widen-half,fold-constants{dequantize=false},cse,dce,simplify-movement,one-hot-to-gather,matmul-to-dense,fold-bn,fold-constants{dequantize=false},dce",
  3: "widen-half,fold-constants{dequantize=false},cse,dce,simplify-movement,one-hot-to-gather,matmul-to-dense,fold-bn,fold-constants{dequantize=false},dce",
};

/** Canonical module (with quantize / dequantize pairs or without) to one whose nodes are ready to become kernels. */
const LOWERED: Readonly<Record<OptLevel, string>> = {
  0: "drop-observers,fold-constants,dce",
  1: "drop-observers,quantize,fold-constants,cse,dce",
  2: "drop-observers,quantize,fold-constants,simplify-movement,cse,dce",
  3: "drop-observers,quantize,fold-constants,cse,dce,channels-last,fold-constants,simplify-movement,compose-views,sink-views,fold-constants,simplify-movement,cse,dce",
};

/** Ops to kernels: the end of every build. */
const TO_KERNELS = "materialize-results,fuse";

/** The pipeline with what makes kernels of its result, unless it does so itself. */
export function endingInKernels(text: string, passes: ReadonlyMap<string, Pass>): string {
  const steps = parsePipeline(text, passes);
  const facts = steps.reduce((holds, { pass }) => factsAfter(pass, holds), new Set<Prop>() as ReadonlySet<Prop>);
  if (facts.has("fused")) return text;
  return steps.length ? `${text},${TO_KERNELS}` : TO_KERNELS;
}

export const canonicalPipeline = (level: OptLevel = 3): string => CANONICAL[level];

/** `layout` NCHW keeps the layout of the model; NHWC makes channels contiguous where that is faster on vectors of `lanes` floats. */
export const loweredPipeline = (level: OptLevel = 3, layout: "NCHW" | "NHWC" = "NHWC", lanes = 16): string =>
  `${LOWERED[level]},${TO_KERNELS}`.replace(
    /channels-last,/,
    layout === "NCHW" ? "" : lanes === 16 ? "channels-last," : `channels-last{lanes=${lanes}},`,
  );
