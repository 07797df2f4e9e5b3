import type { OpDef } from "../../op/define.js";
import { bitcast } from "../bitcast.js";
import { broadcastTo } from "../broadcast-to.js";
import { concat } from "../concat.js";
import { copy } from "../copy.js";
import { det } from "../det.js";
import { gather } from "../gather.js";
import { gatherElements } from "../gather-elements.js";
import { gatherNd } from "../gather-nd.js";
import { oneHot } from "../one-hot.js";
import { pad } from "../pad.js";
import { reshape } from "../reshape.js";
import { reverseSequence } from "../reverse-sequence.js";
import { scatterElements } from "../scatter-elements.js";
import { scatterNd } from "../scatter-nd.js";
import { slice } from "../slice.js";
import { split } from "../split.js";
import { tensorScatter } from "../tensor-scatter.js";
import { tile } from "../tile.js";
import { topk } from "../topk.js";
import { transpose } from "../transpose.js";
import { trilu } from "../trilu.js";

/** Ops that move elements, index, sort and reinterpret them. */
export const tensorOps: readonly OpDef[] = [
  transpose,
  reshape,
  copy,
  concat,
  slice,
  pad,
  split,
  gather,
  gatherElements,
  gatherNd,
  scatterElements,
  scatterNd,
  broadcastTo,
  tile,
  topk,
  oneHot,
  trilu,
  reverseSequence,
  tensorScatter,
  det,
  bitcast,
];
