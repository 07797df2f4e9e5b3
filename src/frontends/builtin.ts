import type { Frontend } from "./frontend.js";
import { irText } from "./ir-text/frontend.js";
import { onnxFrontend } from "./onnx/frontend.js";
import type { ImportRules } from "./onnx/rule.js";

/** The frontends of qc; `rules` are those of the ONNX operators, of plugins too. */
export const builtinFrontends = (rules: ImportRules): readonly Frontend[] => [onnxFrontend(rules), irText];
