/** The pipelines that builds run, as text. A quantized build inserts calibration between `canonical` and `quantized`. */

export type OptLevel = 0 | 1 | 2 | 3;

/** Imported module to canonical module: what quantization points are chosen on. */
const CANONICAL: Readonly<Record<OptLevel, string>> = {
  0: "widen-half,fold-constants{dequantize=false},dce",
  1: "widen-half,fold-constants{dequantize=false},cse,dce,simplify-movement",
  2: "widen-half,fold-constants{dequantize=false},cse,dce,simplify-movement,one-hot-to-gather,matmul-to-dense,fold-bn,fold-constants{dequantize=false},dce",
  3: "widen-half,fold-constants{dequantize=false},cse,dce,simplify-movement,one-hot-to-gather,matmul-to-dense,fold-bn,fold-constants{dequantize=false},dce",
};

/** Canonical module (with quantize / dequantize pairs or without) to one that consists of kernels. */
const LOWERED: Readonly<Record<OptLevel, string>> = {
  0: "fold-constants,dce,materialize-results,fuse",
  1: "quantize,fold-constants,cse,dce,materialize-results,fuse",
  2: "quantize,fold-constants,cse,dce,channels-last,fold-constants,simplify-movement,compose-views,sink-views,fold-constants,simplify-movement,cse,dce,materialize-results,fuse",
  3: "quantize,fold-constants,cse,dce,channels-last,fold-constants,simplify-movement,compose-views,sink-views,fold-constants,simplify-movement,cse,dce,materialize-results,fuse",
};

export const canonicalPipeline = (level: OptLevel = 3): string => CANONICAL[level];

/** `layout` NCHW keeps the layout of the model; NHWC makes channels contiguous where that is faster on vectors of `lanes` floats. */
export const loweredPipeline = (level: OptLevel = 3, layout: "NCHW" | "NHWC" = "NHWC", lanes = 16): string =>
  LOWERED[level].replace(
    /channels-last,/,
    layout === "NCHW" ? "" : lanes === 16 ? "channels-last," : `channels-last{lanes=${lanes}},`,
  );
