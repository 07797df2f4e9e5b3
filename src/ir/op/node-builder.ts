import type { Attrs } from "../attr/attr.js";
import type { ValueId } from "../graph/module.js";
import type { TensorType } from "../type/tensor-type.js";

/** Makes the nodes that an op's record gives in its own place, typed by the ops' own rules. */
export interface NodeBuilder {
  node(op: string, inputs: readonly ValueId[], attrs: Attrs): ValueId;
  typeOf(v: ValueId): TensorType;
}
