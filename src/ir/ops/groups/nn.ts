import type { OpDef } from "../../op/define.js";

export const nnOps: readonly OpDef[] = [];
