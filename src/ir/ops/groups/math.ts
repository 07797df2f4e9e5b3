import type { OpDef } from "../../op/define.js";

export const mathOps: readonly OpDef[] = [];
