import type { Attrs } from "../attr/attr.js";
import type { TensorType } from "../type/tensor-type.js";

/** Where the channels lie. */
export interface WeightAxes {
  /** Axis of the weights along the output channels of all groups. */
  readonly out: number;
  /** Axis of the weights along the input channels of one group. */
  readonly in: number;
  /** Axis of the result along the output channels. */
  readonly result: number;
  /** Output channel k of K reads the input channels [g C/G, (g + 1) C/G) of group g = floor(k / (K / G)); 1 where all read all. */
  readonly groups: number;
}

/**
 * What an op says of its weights. Slice k of the result along `result` is linear in slice k of the weights along `out` together with element
 * k of the bias, and depends on no other slice. So a factor per output channel moves into both, a shift into the bias, and weights that
 * are quantized per channel have their scales along `out`.
 */
export interface OpWeights<A> {
  /** The operand that holds the weights. */
  readonly operand: number;
  /** The operand with one element per output channel that is added to the result; null where the op has none. */
  readonly bias: number | null;
  /** The axes for these operand types; null where they have no output channels (a product with a vector). */
  axes(types: readonly (TensorType | null)[], attrs: A): WeightAxes | null;
}

/** The weights of one application of an op. */
export interface Weights extends WeightAxes {
  readonly operand: number;
  readonly bias: number | null;
}

/** Null where the op has no weights, or none with channels for these operands. */
export function weightsOf(
  def: { readonly weights?: OpWeights<never> } | undefined,
  types: readonly (TensorType | null)[],
  attrs: Attrs,
): Weights | null {
  if (!def?.weights) return null;
  const { operand, bias } = def.weights;
  const axes = def.weights.axes(types, attrs as never);
  return axes && { operand, bias, ...axes };
}
