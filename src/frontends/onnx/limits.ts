import { createLimits } from "../shared/limits.js";
import { ONNX_CODES } from "./codes.js";

/** The limits on models, reported under the codes of ONNX. */
export const onnxLimits = createLimits(ONNX_CODES);
