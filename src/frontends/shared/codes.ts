/** The codes of what every frontend may find wrong: the words are shared, the codes are the frontend's own. */
export interface ImportCodes {
  /** `--input_shapes` or `--freeze` names no input of the model, or gives too many. */
  readonly noSuchInput: string;
  /** An input is no tensor, or of an element type that qc does not have. */
  readonly inputType: string;
  /** The model leaves sizes open and nobody gives them. */
  readonly openShape: string;
  /** A given shape contradicts the model. */
  readonly shapeConflict: string;
  /** Warning: an open leading dimension is taken as 1. */
  readonly leadingDimension: string;
  readonly malformed: string;
  readonly unsupported: string;
  /** An operand must be known when the model is compiled, and is computed at run time. */
  readonly notConstant: string;
  /** More than LIMITS allow. */
  readonly limit: string;
  /** A scale that is not positive and finite. */
  readonly scale: string;
}
