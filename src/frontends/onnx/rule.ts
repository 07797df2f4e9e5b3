import type { Attrs, AttrValue } from "../../ir/attr/attr.js";
import type { ValueId } from "../../ir/graph/module.js";
import type { Tensor } from "../../ir/op/tensor.js";
import type { DType } from "../../ir/type/dtype.js";
import type { TensorType } from "../../ir/type/tensor-type.js";

/**
 * What an importer rule may do with one ONNX node. Nodes whose operands are all constant are evaluated on the spot, so shape
 * sub-graphs vanish while they are imported.
 */
export interface NodeImport {
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
  type(v: ValueId): TensorType;
  /** The value, when it is known at compile time. */
  known(v: ValueId): Tensor | null;
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
  /** Emits one IR node; `emits` for several results. The location is this ONNX node. */
  emit(op: string, inputs: readonly ValueId[], attrs?: Attrs): ValueId;
  emits(op: string, inputs: readonly ValueId[], attrs?: Attrs): readonly ValueId[];
  constant(t: Tensor): ValueId;
  /** A constant from plain numbers; rank 0 when `shape` is []. */
  scalar(dtype: DType, value: number): ValueId;
  array(dtype: DType, shape: readonly number[], values: ArrayLike<number>): ValueId;
  /** Refuses this node: QC-ONNX-017 with a reason and what to do. Collected, so that all refusals are listed at once. */
  unsupported(reason: string, help?: string): never;
  /** Refuses this node as malformed. */
  malformed(reason: string): never;
}

/** Translates one ONNX node; returns one value per node output (extra outputs may be left off when unused). */
export type ImportRule = (n: NodeImport) => readonly ValueId[] | ValueId;

/** Rules by op type; `com.microsoft::QLinearAdd` for other domains. */
export type ImportRules = Readonly<Record<string, ImportRule>>;

export type { AttrValue };
