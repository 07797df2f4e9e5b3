import type { OpDef } from "../op/define.js";
import { mathOps } from "./groups/math.js";
import { nnOps } from "./groups/nn.js";
import { tensorOps } from "./groups/tensor.js";

/** Every op of the graph IR that ships with the compiler; plugins add more. */
export const builtinOps: readonly OpDef[] = [...mathOps, ...nnOps, ...tensorOps];
