import type { OpDef } from "../../op/define.js";
import { avgPool } from "../avg-pool.js";
import { col2im } from "../col2im.js";
import { conv } from "../conv.js";
import { convTranspose } from "../conv-transpose.js";
import { deformConv } from "../deform-conv.js";
import { dense } from "../dense.js";
import { depthToSpace, spaceToDepth } from "../depth-space.js";
import { gridSample } from "../grid-sample.js";
import { gru } from "../gru.js";
import { lpPool } from "../lp-pool.js";
import { lstm } from "../lstm.js";
import { matmul } from "../matmul.js";
import { maxPool } from "../max-pool.js";
import { maxPoolIndices } from "../max-pool-indices.js";
import { maxRoiPool } from "../max-roi-pool.js";
import { maxUnpool } from "../max-unpool.js";
import { resize } from "../resize.js";
import { rnn } from "../rnn.js";
import { roiAlign } from "../roi-align.js";

/** Ops of neural networks: contractions, pools, resampling, recurrence. */
export const nnOps: readonly OpDef[] = [
  conv,
  convTranspose,
  matmul,
  dense,
  maxPool,
  maxPoolIndices,
  avgPool,
  lpPool,
  maxUnpool,
  resize,
  depthToSpace,
  spaceToDepth,
  col2im,
  deformConv,
  gridSample,
  roiAlign,
  maxRoiPool,
  lstm,
  gru,
  rnn,
];
