import type { AttrSchema, AttrsOf } from "../attr/attr.js";
import type { ValueId } from "../graph/module.js";
import type { LowerBuilder, LowerIO } from "../loop/lower-builder.js";
import type { TensorType } from "../type/tensor-type.js";
import type { OpAffine } from "./affine.js";
import type { Applied, GradientBuilder } from "./gradient.js";
import type { OpLayout } from "./layout.js";
import type { OpQuantize } from "./quantize.js";
import type { Gen, OpCase } from "./sample.js";
import type { Tensor } from "./tensor.js";
import type { OpWeights } from "./weights.js";

/**
 * Facts about an op that generic passes act on.
 *   elementwise  y[i] = f(x0[i], x1[i], ...) with NumPy broadcasting; every layout is the same to it
 *   monotone     elementwise, one operand, non-decreasing
 *   contraction  sums products over reduction axes: conv, dense, matmul; gets a tiled schedule
 *   window       slides a window over spatial axes: pooling, depthwise-like
 *   view         same elements in the same order: reshape; costs nothing, aliases its operand's memory
 *   movement     moves elements without arithmetic: transpose, slice, concat, pad, gather
 *   same-scale   the output keeps the operand's quantization
 *   commutative  the first two operands may be swapped
 *   transfer     stores elements as they are or in another form, without arithmetic: copy, cast, lut
 *   reinterprets reads the bits of its operand, so that it means another thing on another element type
 */
export type Trait =
  | "elementwise"
  | "monotone"
  | "contraction"
  | "window"
  | "view"
  | "movement"
  | "same-scale"
  | "commutative"
  | "transfer"
  | "reinterprets";

/** Real bounds of a clamp. */
export interface Bounds {
  readonly lo: number;
  readonly hi: number;
}

export interface OperandSpec {
  readonly name: string;
  readonly doc?: string;
  /** Absent operands are written as an empty value id. */
  readonly optional?: boolean;
  /** The last operand only: zero or more of it. */
  readonly variadic?: boolean;
  /** Why the meaning leaves open what a NaN or an infinity in it does; absent: it is the same for every schedule and backend. */
  readonly finite?: string;
}

/** Reports a violated typing rule: never returns. */
export type InferFail = (code: string, message: string) => never;

export interface Cost {
  /** Arithmetic operations; a multiply-add counts two. */
  readonly flops: number;
  /** Bytes that must be read and written once. */
  readonly bytes: number;
}

/** One record that answers every question about an op. Operands that are absent are null. */
export interface OpDef<S extends AttrSchema = AttrSchema> {
  readonly name: string;
  /** Meaning as an equation, layouts, and the specification it follows. */
  readonly doc: string;
  readonly attrs: S;
  readonly operands: readonly OperandSpec[];
  readonly traits: readonly Trait[];
  /** Result types; the verifier too: `fail` on every operand that has no meaning. */
  infer(types: readonly (TensorType | null)[], attrs: AttrsOf<S>, fail: InferFail): readonly TensorType[];
  /** The meaning: boring, exact, slow. Float arithmetic in double, rounded once to the result's dtype, unless `doc` says otherwise. */
  eval(inputs: readonly (Tensor | null)[], attrs: AttrsOf<S>, outTypes: readonly TensorType[]): readonly Tensor[];
  /** The unscheduled loop nest, target-free. Independent of `eval`. */
  lower(b: LowerBuilder, io: LowerIO, attrs: AttrsOf<S>): void;
  /** Draws one legal instance, small enough for `eval`; every generated test comes from here. */
  sample(g: Gen): OpCase;
  /** Legal instances that `sample` draws seldom or never: limits of attributes, empty tensors. They are checked before those drawn. */
  readonly cases?: readonly OpCase[];
  /** Where the weights and their channels lie; absent where no operand is weights. */
  readonly weights?: OpWeights<AttrsOf<S>>;
  /** Its form on integers; absent where it computes in floats only. */
  readonly quantize?: OpQuantize<AttrsOf<S>>;
  /** How it folds into weights before it; absent where it is not linear in an operand, element by element. */
  readonly affine?: OpAffine<AttrsOf<S>>;
  /** The op is y = min(max(x, lo), hi), and nothing else. */
  bounds?(attrs: AttrsOf<S>): Bounds;
  /** What it says of axes; absent where nothing passes it and it has one layout: passes leave it where it is. */
  readonly layout?: OpLayout<AttrsOf<S>>;
  /**
   * Reverse-mode differentiation: dL/dx for every operand, of the operand's own type (what was broadcast is summed up), as nodes over the
   * operands, the results and their gradients. Null for an operand that the results do not depend on smoothly: indices, shapes, masks. Absent
   * where nothing can be trained through the op. Griewank & Walther 2008, section 3.2.
   */
  gradient?(b: GradientBuilder, node: Applied, attrs: AttrsOf<S>): readonly (ValueId | null)[];
  cost?(types: readonly (TensorType | null)[], out: readonly TensorType[], attrs: AttrsOf<S>): Cost;
}

export function defineOp<const S extends AttrSchema>(def: OpDef<S>): OpDef<S> {
  return def;
}

export const hasTrait = (def: { readonly traits: readonly Trait[] }, t: Trait): boolean => def.traits.includes(t);
