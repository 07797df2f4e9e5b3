import type { Backend } from "./backend.js";
import { cBackend } from "./c/backend.js";
import { llvmBackend } from "./llvm/backend.js";

/** The backends of qc itself. */
export const builtinBackends: readonly Backend[] = [llvmBackend, cBackend];
