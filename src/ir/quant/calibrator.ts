/** What is known of a value's elements, and how a range is chosen from it. */

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Of a value over the calibration samples; what an `observe` node carries. */
export interface Statistics extends Range {
  /** Mean of the squares over all elements of all samples; 0 where unknown. */
  readonly power: number;
  readonly samples: number;
  /** The calibrator that chooses the range. */
  readonly calibrator: string;
  /** The calibrator's own numbers: a histogram, a moving average. */
  readonly data: readonly number[];
}

/** Chooses the range that a grid is made for. Calibration folds one sample after the other, so its memory does not grow with their number. */
export interface Calibrator {
  readonly name: string;
  readonly doc: string;
  /**
   * Its own numbers after one more sample of a value, `known` being those before it, null at first. Absent: it needs none, and the values
   * themselves are not read back, only their least and greatest element and their mean square.
   */
  readonly fold?: (known: readonly number[] | null, elements: ArrayLike<number>) => readonly number[];
  range(s: Statistics): Range;
}
