import type { ImportRules } from "../rule.js";
import { mathRules } from "./math.js";
import { nnRules } from "./nn.js";
import { tensorRules } from "./tensor.js";

/** Importer rules by owner; an op type owned twice is refused when the context is made. */
export const builtinRules: Readonly<Record<string, ImportRules>> = { math: mathRules, nn: nnRules, tensor: tensorRules };
