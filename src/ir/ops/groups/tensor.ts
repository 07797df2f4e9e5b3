import type { OpDef } from "../../op/define.js";
import { concat } from "../concat.js";
import { copy } from "../copy.js";
import { gather } from "../gather.js";
import { pad } from "../pad.js";
import { reshape } from "../reshape.js";
import { slice } from "../slice.js";
import { split } from "../split.js";
import { transpose } from "../transpose.js";

/** Ops that move elements, index, sort and reinterpret them. */
export const tensorOps: readonly OpDef[] = [transpose, reshape, copy, concat, slice, pad, split, gather];
