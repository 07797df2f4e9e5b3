/** Resize and Upsample: sizes, scales and axes become one shape and one scale per axis. */

import type { ValueId } from "../../../ir/graph/module.js";
import { ones, shapeOf } from "../../shared/helpers.js";
import type { ImportRules, NodeImport } from "../rule.js";

/** Nearest integer, halves up: how ONNX rounds the sizes that keep_aspect_ratio_policy gives. */
const roundHalfUp = (v: number): number => Math.floor(v + 0.5);

interface Target {
  readonly shape: readonly number[];
  readonly scales: readonly number[];
}

function fromScales(n: NodeImport, x: readonly number[], scales: readonly number[]): Target {
  if (scales.some((s) => !(s > 0))) n.malformed(`scales are ${scales.join(", ")}`);
  return { shape: x.map((d, i) => Math.floor(d * scales[i])), scales };
}

/** Sizes of the resized axes; a policy other than stretch gives all of them one scale. */
function fromSizes(n: NodeImport, x: readonly number[], axes: readonly number[], sizes: readonly number[]): Target {
  const policy = n.string("keep_aspect_ratio_policy", "stretch");
  const ratios = axes.map((d, j) => sizes[j] / x[d]);
  const common = policy === "not_larger" ? Math.min(...ratios) : policy === "not_smaller" ? Math.max(...ratios) : null;
  const shape = [...x];
  const scales = ones(x.length);
  axes.forEach((d, j) => {
    shape[d] = common === null ? sizes[j] : roundHalfUp(common * x[d]);
    scales[d] = common ?? sizes[j] / x[d];
  });
  return { shape, scales };
}

/** Spreads per-axis values over all axes. */
function spread(n: NodeImport, rank: number, axes: readonly number[], values: readonly number[], rest: number): number[] {
  if (values.length !== axes.length) n.malformed(`${values.length} values for ${axes.length} axes`);
  const all = new Array<number>(rank).fill(rest);
  axes.forEach((d, j) => {
    all[d] = values[j];
  });
  return all;
}

/**
 * Resize-10 and Upsample: asymmetric positions. Nearest rounds up where an axis shrinks and down elsewhere, as ONNX Runtime and the
 * conformance cases of that opset do; axes are independent, so the shrinking ones go first.
 */
function resizeBefore11(n: NodeImport, scales: readonly number[], mode: string): ValueId {
  const nearest = [
    { scales: scales.map((s) => Math.min(s, 1)), nearest: "ceil" },
    { scales: scales.map((s) => Math.max(s, 1)), nearest: "floor" },
  ];
  const steps = mode === "nearest" ? nearest.filter((s) => s.scales.some((v) => v !== 1)) : [{ scales, nearest: "floor" }];
  return steps.reduce<ValueId>(
    (x, s) =>
      n.emit("resize", [x], { ...fromScales(n, shapeOf(n, x), s.scales), nearest: s.nearest, mode, coordinates: "asymmetric" }),
    n.input(0),
  );
}

function resize(n: NodeImport): ValueId {
  if (n.opset < 11) return resizeBefore11(n, n.knownFloats(1, "scales"), n.string("mode", "nearest"));
  const x = shapeOf(n, n.input(0));
  const rank = x.length;
  const axes = n
    .ints(
      "axes",
      x.map((_, d) => d),
    )
    .map((d) => (d < 0 ? d + rank : d));
  const [roiAt, scalesAt, sizesAt] = [1, 2, 3];
  const bySizes = n.has(sizesAt) && n.knownInts(sizesAt, "sizes").length > 0;
  const target = bySizes
    ? fromSizes(n, x, axes, n.knownInts(sizesAt, "sizes"))
    : fromScales(n, x, spread(n, rank, axes, n.knownFloats(scalesAt, "scales"), 1));
  const coordinates = n.string("coordinate_transformation_mode", "half_pixel");
  const roi: number[] = [];
  if (coordinates === "tf_crop_and_resize") {
    const given = n.knownFloats(roiAt, "roi");
    roi.push(...spread(n, rank, axes, given.slice(0, axes.length), 0), ...spread(n, rank, axes, given.slice(axes.length), 1));
  }
  return n.emit("resize", [n.input(0)], {
    ...target,
    mode: n.string("mode", "nearest"),
    coordinates,
    nearest: n.string("nearest_mode", "round_prefer_floor"),
    cubic_a: n.float("cubic_coeff_a", -0.75),
    exclude_outside: n.int("exclude_outside", 0) !== 0,
    antialias: n.int("antialias", 0) !== 0,
    roi,
    extrapolation: n.float("extrapolation_value", 0),
  });
}

/** Upsample of opset 7 (scales attribute) and 9 (scales operand). */
function upsample(n: NodeImport): ValueId {
  const scales = n.opset < 9 ? n.floats("scales") : n.knownFloats(1, "scales");
  const mode = n.string("mode", "nearest");
  return resizeBefore11(n, scales, mode === "bilinear" ? "linear" : mode);
}

export const resizeRules: ImportRules = {
  Resize: resize,
  Upsample: upsample,
  DepthToSpace: (n) =>
    n.emit("depth_to_space", [n.input(0)], {
      block: n.int("blocksize"),
      order: n.string("mode", "DCR"),
      layout: "channels_first",
    }),
  SpaceToDepth: (n) =>
    n.emit("space_to_depth", [n.input(0)], { block: n.int("blocksize"), order: "DCR", layout: "channels_first" }),
};
