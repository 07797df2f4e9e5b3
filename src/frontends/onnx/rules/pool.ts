/** Pooling, ONNX layout. */

import type { ValueId } from "../../../ir/graph/module.js";
import { ones, plain, quantized, reshape, shapeOf, transpose, zeros } from "../../shared/helpers.js";
import type { ImportRules, NodeImport } from "../rule.js";
import { knownScalar, resultDType, spatialOf, windowOf, zerosOf } from "./nn-shared.js";

const CHANNELS_FIRST = "channels_first";

/** Attributes that all window pools have; the whole input where `kernel_shape` is not asked for. */
function poolAttrs(n: NodeImport, x: ValueId) {
  const s = spatialOf(n, x);
  const kernel = n.ints("kernel_shape");
  return { kernel, ...windowOf(n, s, kernel), ceil_mode: n.int("ceil_mode", 0) !== 0, layout: CHANNELS_FIRST };
}

function maxPool(n: NodeImport): ValueId[] {
  const x = n.input(0);
  const attrs = poolAttrs(n, x);
  const y = n.emit("max_pool", [x], attrs);
  if (!n.wants(1)) return [y];
  return [y, n.emit("max_pool_indices", [x], { ...attrs, column_major: n.int("storage_order", 0) === 1 })];
}

const averagePool = (n: NodeImport): ValueId =>
  n.emit("avg_pool", [n.input(0)], { ...poolAttrs(n, n.input(0)), count_include_pad: n.int("count_include_pad", 0) !== 0 });

const spatialAxes = (n: NodeImport): number[] =>
  shapeOf(n, n.input(0))
    .slice(2)
    .map((_, d) => d + 2);

/** A pool over the whole plane is a reduction over the spatial axes. */
const globalReduce = (op: string) => (n: NodeImport) => n.emit(op, [n.input(0)], { axes: spatialAxes(n), keepdims: true });

function globalLpPool(n: NodeImport): ValueId {
  const s = spatialOf(n, n.input(0));
  const attrs = {
    kernel: s,
    strides: ones(s.length),
    pads: zeros(2 * s.length),
    dilations: ones(s.length),
    layout: CHANNELS_FIRST,
  };
  return n.emit("lp_pool", [n.input(0)], { ...attrs, p: n.int("p", 2) });
}

/** X, indices, and optionally the shape of the result; else (S - 1) stride + kernel - pads. */
function maxUnpool(n: NodeImport): ValueId {
  const [x, s] = [n.input(0), spatialOf(n, n.input(0))];
  const kernel = n.ints("kernel_shape");
  const strides = n.ints("strides", ones(s.length));
  const pads = n.ints("pads", zeros(2 * s.length));
  const own = s.map((v, d) => (v - 1) * strides[d] + kernel[d] - pads[d] - pads[s.length + d]);
  const inferred = [...shapeOf(n, x).slice(0, 2), ...own];
  if (!n.has(2)) return n.emit("max_unpool", [x, n.input(1)], { shape: inferred, stored_shape: inferred });
  // positions count in the tensor that was pooled, which has the inferred shape; the result may be larger
  return n.emit("max_unpool", [x, n.input(1)], { shape: n.knownInts(2, "output_shape"), stored_shape: inferred });
}

/** Gives a com.microsoft pool with `channels_last` the ONNX layout and takes the result back. */
function channelsFirst(n: NodeImport, x: ValueId, f: (x: ValueId) => ValueId): ValueId {
  if (n.int("channels_last", 0) === 0) return f(x);
  const rank = shapeOf(n, x).length;
  const rest = Array.from({ length: rank - 2 }, (_, d) => d + 1);
  return transpose(n, f(transpose(n, x, [0, rank - 1, ...rest])), [0, ...rest.map((d) => d + 1), 1]);
}

/** x, x_scale, x_zero, y_scale, y_zero. Equal parameters average in integers; others through reals, as ONNX Runtime does. */
function qlinearAveragePool(n: NodeImport): ValueId {
  const [sx, zx] = [knownScalar(n, 1, "x_scale"), zerosOf(n, 2)[0]];
  const [sy, zy] = [knownScalar(n, 3, "y_scale"), zerosOf(n, 4)[0]];
  const include = n.int("count_include_pad", 0) !== 0;
  return channelsFirst(n, n.input(0), (x) => {
    const q = quantized(n, x, [sx], [zx], -1);
    const attrs = { ...poolAttrs(n, x), count_include_pad: include };
    if (sx === sy && zx === zy) return plain(n, n.emit("avg_pool", [q], attrs));
    const mean = n.emit("avg_pool", [n.emit("dequantize", [q])], attrs);
    return plain(n, n.emit("quantize", [mean], { dtype: resultDType(n, 4), axis: -1, scales: [sy], zeros: [zy], block: 0 }));
  });
}

/** The sum over the plane is a product with a vector of ones of scale 1 / (size of the plane); one requantization follows. */
function qlinearGlobalAveragePool(n: NodeImport): ValueId {
  const x = n.input(0);
  const shape = shapeOf(n, x);
  const last = n.int("channels_last", 0) !== 0;
  const [batch, channels, plane] = last
    ? [shape[0], shape[shape.length - 1], shape.slice(1, -1)]
    : [shape[0], shape[1], shape.slice(2)];
  const size = plane.reduce((a, b) => a * b, 1);
  const q = quantized(n, x, [knownScalar(n, 1, "x_scale")], zerosOf(n, 2), -1);
  const weights = quantized(n, n.array("i8", [size], ones(size)), [1 / size], [0], -1);
  const flat = reshape(n, q, last ? [batch, size, channels] : [batch, channels, size]);
  const sum = n.emit("matmul", last ? [weights, flat] : [flat, weights]);
  const to = { dtype: resultDType(n, 4), scale: knownScalar(n, 3, "y_scale"), zero: zerosOf(n, 4)[0], mode: "onnx-float" };
  const y = plain(n, n.emit("requantize", [sum], to));
  return reshape(n, y, last ? [batch, ...ones(plane.length), channels] : [batch, channels, ...ones(plane.length)]);
}

export const poolRules: ImportRules = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  LpPool: (n) => n.emit("lp_pool", [n.input(0)], { ...poolAttrs(n, n.input(0)), p: n.int("p", 2) }),
  GlobalAveragePool: globalReduce("reduce_mean"),
  GlobalMaxPool: globalReduce("reduce_max"),
  GlobalLpPool: globalLpPool,
  MaxUnpool: maxUnpool,
  "com.microsoft::QLinearAveragePool": qlinearAveragePool,
  "com.microsoft::QLinearGlobalAveragePool": qlinearGlobalAveragePool,
};
