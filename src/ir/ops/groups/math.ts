import type { OpDef } from "../../op/define.js";
import { activationOps } from "../activation.js";
import { binaryOps } from "../binary.js";
import { cast } from "../cast.js";
import { clip, relu } from "../clip.js";
import { unaryOps } from "../unary.js";
import { where } from "../where.js";

/** Elementwise arithmetic, conversions between element types and grids, reductions and normalisations. */
export const mathOps: readonly OpDef[] = [...unaryOps, ...activationOps, clip, relu, ...binaryOps, where, cast];
