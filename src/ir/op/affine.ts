/** The coefficients of y = x factor + shift; null stands for 1 and 0. */
export interface Affine {
  readonly factor: Float64Array | null;
  readonly shift: Float64Array | null;
}

/** An op that is linear in one operand x, element by element, where the others are constants. */
export interface OpAffine<A> {
  /** Operands that may be x, the one to try first in front. */
  readonly operands: readonly number[];
  /** From the values of the other operands, in their order. */
  coefficients(others: readonly Float64Array[], attrs: A): Affine;
  /** The axis of x, which has `rank`, along which the coefficients lie; absent: they have the one shape of the others, which broadcasts to x. */
  axis?(attrs: A, rank: number): number;
}
