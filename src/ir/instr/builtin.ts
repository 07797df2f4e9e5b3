import { armInstrs } from "./arm.js";
import type { InstrDef } from "./define.js";
import { x86Instrs } from "./x86.js";

/** Every instruction that is known without plugins. */
export const builtinInstrs: readonly InstrDef[] = [...x86Instrs, ...armInstrs];
