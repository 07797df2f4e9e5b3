import type { OpDef } from "../../op/define.js";
import { activationOps } from "../activation.js";
import { argOps } from "../arg-extreme.js";
import { lpNorm, meanVarianceNorm } from "../axis-norm.js";
import { binaryOps } from "../binary.js";
import { cast } from "../cast.js";
import { batchNorm, groupNorm, instanceNorm } from "../channel-norm.js";
import { clip, relu } from "../clip.js";
import { cumulativeOps } from "../cumulative.js";
import { dequantize } from "../dequantize.js";
import { layerNorm, rmsNorm } from "../layer-norm.js";
import { lrn } from "../lrn.js";
import { lut } from "../lut.js";
import { observe } from "../observe.js";
import { quantize } from "../quantize.js";
import { quantizedSoftmax } from "../quantized-softmax.js";
import { reduceOps } from "../reduce.js";
import { requantize } from "../requantize.js";
import { softmaxOps } from "../softmax.js";
import { unaryOps } from "../unary.js";
import { where } from "../where.js";
import { withQuant } from "../with-quant.js";

/** Elementwise arithmetic, conversions between element types and grids, reductions and normalisations. */
export const mathOps: readonly OpDef[] = [
  ...unaryOps,
  ...activationOps,
  clip,
  relu,
  ...binaryOps,
  where,
  cast,
  quantize,
  dequantize,
  requantize,
  withQuant,
  observe,
  lut,
  ...reduceOps,
  ...argOps,
  ...softmaxOps,
  quantizedSoftmax,
  layerNorm,
  rmsNorm,
  batchNorm,
  instanceNorm,
  groupNorm,
  lrn,
  lpNorm,
  meanVarianceNorm,
  ...cumulativeOps,
];
