import type { ImportCodes } from "../shared/codes.js";

export const ONNX_CODES: ImportCodes = {
  noSuchInput: "QC-ONNX-010", // an option names no input of the model
  inputType: "QC-ONNX-011", // an input or output is no tensor, or of an element type that qc does not have
  openShape: "QC-ONNX-012", // the model leaves sizes of inputs open, and none are given
  shapeConflict: "QC-ONNX-013", // a given shape contradicts the model
  leadingDimension: "QC-ONNX-014", // an open leading dimension is taken as 1
  malformed: "QC-ONNX-016", // the model contradicts itself
  unsupported: "QC-ONNX-017", // nodes that qc does not support
  notConstant: "QC-ONNX-018", // a node needs a constant operand that is computed at run time
  limit: "QC-ONNX-021", // more than the limits on models allow
  scale: "QC-ONNX-022", // a scale that is not positive and finite
};
