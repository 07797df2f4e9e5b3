import type { ValueId } from "../../ir/graph/module.js";
import type { Tensor } from "../../ir/op/tensor.js";
import type { Emitter } from "../shared/emitter.js";

/**
 * What an importer rule may do with one ONNX node. Nodes whose operands are all constant are evaluated on the spot, so shape
 * sub-graphs vanish while they are imported.
 */
export interface NodeImport extends Emitter {
  readonly opType: string;
  readonly name: string;
  /** Reports what the node does otherwise than its author may think: QC-ONNX-024. */
  warn(message: string, help: string): void;
  /** Opset version of the node's domain. */
  readonly opset: number;
  readonly numOutputs: number;
  /** Operand values, `""` where absent; `input(i)` fails with a coded error when absent. */
  readonly inputs: readonly ValueId[];
  input(i: number): ValueId;
  has(i: number): boolean;
  /** Is operand i an input of the graph that stays one? */
  isInput(i: number): boolean;
  /** Does the node name output i, used or not? */
  names(i: number): boolean;
  /** Does the graph use output i? */
  wants(i: number): boolean;
  /**
   * The value as numbers (i64 saturated to +-2^53). An operand that is not constant is a coded error, with `help` or, where that is left
   * out, with what fits: to freeze an input of the graph, to export other values as constants.
   */
  knownInts(i: number, what: string, help?: string): number[];
  knownFloats(i: number, what: string, help?: string): number[];
  int(name: string, def?: number): number;
  ints(name: string, def?: readonly number[]): readonly number[];
  float(name: string, def?: number): number;
  floats(name: string, def?: readonly number[]): readonly number[];
  string(name: string, def?: string): string;
  strings(name: string, def?: readonly string[]): readonly string[];
  tensor(name: string): Tensor | null;
  /** A sparse tensor, made dense. */
  sparseTensor(name: string): Tensor | null;
  hasAttr(name: string): boolean;
}

/** Translates one ONNX node; returns one value per node output (extra outputs may be left off when unused). */
export type ImportRule = (n: NodeImport) => readonly ValueId[] | ValueId;

/** Rules by op type; `com.microsoft::QLinearAdd` for other domains. */
export type ImportRules = Readonly<Record<string, ImportRule>>;
