import type { ValueId } from "../graph/module.js";
import type { NodeBuilder } from "./node-builder.js";

/** One application of an op, as its gradient rule sees it. */
export interface Applied {
  /** Operands; "" stands for an absent one. */
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  /** dL/dy of every result, of its type; null where the loss L does not depend on it. */
  readonly gradients: readonly (ValueId | null)[];
}

/** Makes the nodes of a gradient, typed by the ops' own rules. */
export interface GradientBuilder extends NodeBuilder {
  /** A number of the type of `like`, of rank 0. */
  number(value: number, like: ValueId): ValueId;
}
