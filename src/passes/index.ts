import type { Pass } from "../ir/pass/pass.js";
import { cse } from "./canon/cse.js";
import { dce } from "./canon/dce.js";
import { foldConstants } from "./canon/fold-constants.js";
import { matmulToDense } from "./canon/matmul-to-dense.js";
import { oneHotToGather } from "./canon/one-hot-to-gather.js";
import { simplifyMovement } from "./canon/simplify-movement.js";
import { widenHalf } from "./canon/widen-half.js";
import { fuse } from "./fuse/fuse.js";
import { materializeResults } from "./fuse/materialize-results.js";
import { channelsLast } from "./layout/channels-last.js";
import { composeViews } from "./layout/compose-views.js";
import { sinkViews } from "./layout/sink-views.js";
import { dropObservers } from "./quant/drop-observers.js";
import { fakeQuant } from "./quant/fake-quant.js";
import { foldBatchNorm } from "./quant/fold-bn.js";
import { quantizePass } from "./quant/quantize.js";

/** Every pass that ships with the compiler; plugins add more. */
export const builtinPasses: readonly Pass[] = [
  widenHalf,
  foldConstants,
  cse,
  dce,
  simplifyMovement,
  oneHotToGather,
  matmulToDense,
  foldBatchNorm,
  fakeQuant,
  dropObservers,
  quantizePass,
  channelsLast,
  composeViews,
  sinkViews,
  materializeResults,
  fuse,
] as readonly unknown[] as readonly Pass[];
