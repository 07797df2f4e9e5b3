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
  /** Opset version of the node's domain. */
  readonly opset: number;
  readonly numOutputs: number;
  /** Operand values, `""` where absent; `input(i)` fails with a coded error when absent. */
  readonly inputs: readonly ValueId[];
  input(i: number): ValueId;
  has(i: number): boolean;
  /** Does the graph use output i? */
  wants(i: number): boolean;
  /** The value as numbers (i64 saturated to +-2^53); a coded error that advises `--freeze` when operand i is not constant. */
  knownInts(i: number, what: string): number[];
  knownFloats(i: number, what: string): number[];
  int(name: string, def?: number): number;
  ints(name: string, def?: readonly number[]): readonly number[];
  float(name: string, def?: number): number;
  floats(name: string, def?: readonly number[]): readonly number[];
  string(name: string, def?: string): string;
  strings(name: string, def?: readonly string[]): readonly string[];
  tensor(name: string): Tensor | null;
  hasAttr(name: string): boolean;
}

/** Translates one ONNX node; returns one value per node output (extra outputs may be left off when unused). */
export type ImportRule = (n: NodeImport) => readonly ValueId[] | ValueId;

/** Rules by op type; `com.microsoft::QLinearAdd` for other domains. */
export type ImportRules = Readonly<Record<string, ImportRule>>;
