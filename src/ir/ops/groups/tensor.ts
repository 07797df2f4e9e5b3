import type { OpDef } from "../../op/define.js";

export const tensorOps: readonly OpDef[] = [];
