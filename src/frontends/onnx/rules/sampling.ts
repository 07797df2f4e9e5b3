/** GridSample, AffineGrid, RoiAlign, MaxRoiPool, Col2Im, DeformConv. */

import type { ValueId } from "../../../ir/graph/module.js";
import { reshape, shapeOf, swapLast } from "../../shared/helpers.js";
import type { ImportRules, NodeImport } from "../rule.js";
import { spatialOf, windowOf } from "./nn-shared.js";

const GRID_MODES: Readonly<Record<string, string>> = {
  nearest: "nearest",
  linear: "linear",
  bilinear: "linear",
  cubic: "cubic",
  bicubic: "cubic",
};

function gridSample(n: NodeImport): ValueId {
  const mode =
    GRID_MODES[n.string("mode", n.opset < 20 ? "bilinear" : "linear")] ?? n.malformed(`mode is '${n.string("mode", "")}'`);
  const attrs = { mode, padding: n.string("padding_mode", "zeros"), align_corners: n.int("align_corners", 0) !== 0 };
  return n.emit("grid_sample", [n.input(0), n.input(1)], attrs);
}

/** Positions of an axis of n elements in [-1, 1]. */
function axisPositions(n: number, alignCorners: boolean): number[] {
  if (alignCorners) return Array.from({ length: n }, (_, i) => (n === 1 ? 0 : -1 + (2 * i) / (n - 1)));
  return Array.from({ length: n }, (_, i) => (2 * i + 1) / n - 1);
}

/** grid = (positions, 1) theta^T: a product with constant positions, the last spatial axis first. */
function affineGrid(n: NodeImport): ValueId {
  const theta = n.input(0);
  const size = n.knownInts(1, "size").slice(2);
  const axes = size.map((s) => axisPositions(s, n.int("align_corners", 0) !== 0));
  const points = size.reduce((a, b) => a * b, 1);
  const rows = Array.from({ length: points }, (_, at) => {
    let rest = at;
    const position = [...axes].reverse().map((axis) => {
      const v = axis[rest % axis.length];
      rest = Math.floor(rest / axis.length);
      return v;
    });
    return [...position, 1];
  });
  const base = n.array(n.type(theta).dtype, [points, size.length + 1], rows.flat());
  return reshape(n, n.emit("matmul", [base, swapLast(n, theta)]), [shapeOf(n, theta)[0], ...size, size.length]);
}

function maxRoiPool(n: NodeImport): ValueId {
  const [height, width] = n.ints("pooled_shape");
  const attrs = { height, width, scale: n.float("spatial_scale", 1), layout: "channels_first" };
  return n.emit("max_roi_pool", [n.input(0), n.input(1)], attrs);
}

function roiAlign(n: NodeImport): ValueId {
  const samples = n.int("sampling_ratio", 0);
  if (samples <= 0) {
    n.unsupported(
      "its sampling_ratio is 0: the number of samples would follow from the regions",
      "export it with a fixed sampling_ratio, such as 2",
    );
  }
  const mode = n.string("coordinate_transformation_mode", n.opset < 16 ? "output_half_pixel" : "half_pixel");
  return n.emit("roi_align", [n.input(0), n.input(1), n.input(2)], {
    height: n.int("output_height", 1),
    width: n.int("output_width", 1),
    samples,
    scale: n.float("spatial_scale", 1),
    reduce: n.string("mode", "avg") === "max" ? "max" : "mean",
    half_pixel: mode === "half_pixel",
  });
}

function col2im(n: NodeImport): ValueId {
  const image = n.knownInts(1, "image_shape");
  const kernel = n.knownInts(2, "block_shape");
  return n.emit("col2im", [n.input(0)], { image, kernel, ...windowOf(n, image, kernel) });
}

/** Operands: X, W, offset, B, mask. */
function deformConv(n: NodeImport): ValueId {
  const s = spatialOf(n, n.input(0));
  if (s.length !== 2) n.unsupported(`it has ${s.length} spatial axes, 2 are supported`);
  const window = windowOf(n, s, n.ints("kernel_shape", shapeOf(n, n.input(1)).slice(2)));
  const optional = (i: number): ValueId => (n.has(i) ? n.input(i) : "");
  return n.emit("deform_conv", [n.input(0), n.input(1), n.input(2), optional(3), optional(4)], {
    ...window,
    groups: n.int("group", 1),
    offset_groups: n.int("offset_group", 1),
  });
}

export const samplingRules: ImportRules = {
  GridSample: gridSample,
  AffineGrid: affineGrid,
  RoiAlign: roiAlign,
  MaxRoiPool: maxRoiPool,
  Col2Im: col2im,
  DeformConv: deformConv,
};
