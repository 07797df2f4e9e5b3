/** Where the outputs of `resize` lie in its input, along one axis: x = (i + before) * times / over + after, all in double. */

export const COORDINATES = [
  "half_pixel",
  "half_pixel_symmetric",
  "pytorch_half_pixel",
  "align_corners",
  "asymmetric",
  "tf_half_pixel_for_nn",
  "tf_crop_and_resize",
] as const;
export type Coordinates = (typeof COORDINATES)[number];

export interface AxisMap {
  readonly before: number;
  readonly times: number;
  readonly over: number;
  readonly after: number;
}

interface AxisGeometry {
  readonly input: number;
  readonly output: number;
  readonly scale: number;
  /** Begin and end of the region of interest, as fractions of the input. */
  readonly roi: readonly [number, number];
}

/** The affine map of an axis. ONNX Resize-19, coordinate_transformation_mode. */
export function axisMap(mode: Coordinates, { input, output, scale, roi: [from, to] }: AxisGeometry): AxisMap {
  // the exact output length, which `output` rounds down
  const length = scale * input;
  const constant = (after: number): AxisMap => ({ before: 0, times: 0, over: 1, after });
  const centred = (after: number): AxisMap => ({ before: 0.5, times: 1, over: scale, after });
  switch (mode) {
    case "half_pixel":
      return centred(-0.5);
    case "half_pixel_symmetric":
      return centred((input / 2) * (1 - output / length) - 0.5);
    case "pytorch_half_pixel":
      return length === 1 ? constant(-0.5) : centred(-0.5);
    case "align_corners":
      return length === 1 ? constant(0) : { before: 0, times: input - 1, over: length - 1, after: 0 };
    case "asymmetric":
      return { before: 0, times: 1, over: scale, after: 0 };
    case "tf_half_pixel_for_nn":
      return centred(0);
    case "tf_crop_and_resize": {
      const begin = from * (input - 1);
      if (length === 1) return constant(begin + ((to - from) * (input - 1)) / 2);
      return { before: 0, times: (to - from) * (input - 1), over: length - 1, after: begin };
    }
  }
}

/** Axes that keep their elements; under every mode, positions that fall on elements reproduce them. */
export const isIdentityAxis = (mode: Coordinates, { input, output, scale, roi }: AxisGeometry): boolean =>
  input === output &&
  scale === 1 &&
  mode !== "tf_half_pixel_for_nn" &&
  (mode !== "tf_crop_and_resize" || (roi[0] === 0 && roi[1] === 1));

export type SampleMode = "nearest" | "linear" | "cubic";

/** Taps of an axis: positions floor(x) + first + [0, count). `shrink` < 1 widens the filter when antialiasing. */
export interface TapRange {
  readonly first: number;
  readonly count: number;
  readonly shrink: number;
}

export function tapRange(mode: SampleMode, antialias: boolean, scale: number): TapRange {
  const reach = mode === "cubic" ? 2 : 1;
  const shrink = antialias ? Math.min(scale, 1) : 1;
  const first = Math.floor(-reach / shrink) + 1;
  return { first, count: mode === "nearest" ? 1 : 2 - 2 * first, shrink };
}

/** The nearest position to x under a rounding rule. */
export const NEAREST_MODES = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"] as const;
export type NearestMode = (typeof NEAREST_MODES)[number];
