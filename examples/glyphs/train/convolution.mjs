/**
 * Convolution layers, NHWC, without bias; padding is kernel >> 1 on every side.
 * @typedef {import("../random.mjs").Random} Random
 * @typedef {import("./layers.mjs").Layer} Layer
 * @typedef {import("./layers.mjs").Tensor} Tensor
 */
import { addMatmul, rowMajor, transposed } from "./gemm.mjs";
import { heParam, tensor, zerosLike } from "./layers.mjs";

/**
 * For every output pixel and kernel tap whose input pixel exists: visit(output pixel, tap, input pixel), pixels and taps as flat indices.
 * Padding is kernel >> 1 on every side.
 * @param {{ n: number, h: number, w: number }} input
 * @param {number} kernel
 * @param {number} stride
 * @param {(out: number, tap: number, inp: number) => void} visit
 */
function forEachTap({ n, h, w }, kernel, stride, visit) {
  const pad = kernel >> 1;
  const [oh, ow] = [strided(h, kernel, stride), strided(w, kernel, stride)];
  for (let image = 0; image < n; image++) {
    for (let oy = 0; oy < oh; oy++) {
      for (let ox = 0; ox < ow; ox++) {
        for (let tap = 0; tap < kernel * kernel; tap++) {
          const y = oy * stride - pad + Math.floor(tap / kernel);
          const x = ox * stride - pad + (tap % kernel);
          if (y >= 0 && y < h && x >= 0 && x < w) visit((image * oh + oy) * ow + ox, tap, (image * h + y) * w + x);
        }
      }
    }
  }
}

/** Output extent of a window with padding kernel >> 1. @type {(extent: number, kernel: number, stride: number) => number} */
const strided = (extent, kernel, stride) => Math.floor((extent + 2 * (kernel >> 1) - kernel) / stride) + 1;

/**
 * Convolution without bias; weight [kernel, kernel, inChannels, outChannels]. Y = im2col(X) W, dW = im2col(X)^T dY, dX = col2im(dY W^T).
 * @param {string} name
 * @param {{ inChannels: number, outChannels: number, kernel: number, stride: number }} attrs
 * @param {Random} rng
 * @returns {Layer}
 */
export function conv(name, attrs, rng) {
  const { inChannels, outChannels, kernel, stride } = attrs;
  const depth = kernel * kernel * inChannels;
  const weight = heParam(depth * outChannels, depth, rng);
  /** @type {Tensor} */
  let input;
  /** @type {Float64Array} */
  let columns;
  return {
    kind: "conv",
    name,
    attrs,
    params: { weight },
    stats: {},
    body: [],
    forward(x) {
      const y = tensor(x.n, strided(x.h, kernel, stride), strided(x.w, kernel, stride), outChannels);
      input = x;
      columns = new Float64Array(y.n * y.h * y.w * depth);
      forEachTap(x, kernel, stride, (out, tap, inp) => {
        const to = out * depth + tap * inChannels;
        const from = inp * inChannels;
        for (let ch = 0; ch < inChannels; ch++) columns[to + ch] = x.data[from + ch];
      });
      const [a, b] = [rowMajor(columns, depth), rowMajor(weight.value, outChannels)];
      addMatmul(y.n * y.h * y.w, outChannels, depth, a, b, y.data);
      return y;
    },
    backward(dy) {
      const pixels = dy.n * dy.h * dy.w;
      const dyMatrix = rowMajor(dy.data, outChannels);
      addMatmul(depth, outChannels, pixels, transposed(columns, depth), dyMatrix, weight.grad);
      const dColumns = new Float64Array(pixels * depth);
      addMatmul(pixels, depth, outChannels, dyMatrix, transposed(weight.value, outChannels), dColumns);
      const dx = zerosLike(input);
      forEachTap(input, kernel, stride, (out, tap, inp) => {
        const from = out * depth + tap * inChannels;
        const to = inp * inChannels;
        for (let ch = 0; ch < inChannels; ch++) dx.data[to + ch] += dColumns[from + ch];
      });
      return dx;
    },
  };
}

/**
 * Depthwise convolution without bias; weight [kernel, kernel, channels].
 * @param {string} name
 * @param {{ channels: number, kernel: number, stride: number }} attrs
 * @param {Random} rng
 * @returns {Layer}
 */
export function depthwise(name, attrs, rng) {
  const { channels, kernel, stride } = attrs;
  const weight = heParam(kernel * kernel * channels, kernel * kernel, rng);
  /** @type {Tensor} */
  let input;
  return {
    kind: "depthwise",
    name,
    attrs,
    params: { weight },
    stats: {},
    body: [],
    forward(x) {
      input = x;
      const y = tensor(x.n, strided(x.h, kernel, stride), strided(x.w, kernel, stride), channels);
      const { value } = weight;
      forEachTap(x, kernel, stride, (out, tap, inp) => {
        for (let ch = 0; ch < channels; ch++)
          y.data[out * channels + ch] += x.data[inp * channels + ch] * value[tap * channels + ch];
      });
      return y;
    },
    backward(dy) {
      const dx = zerosLike(input);
      const { value, grad } = weight;
      forEachTap(input, kernel, stride, (out, tap, inp) => {
        for (let ch = 0; ch < channels; ch++) {
          const g = dy.data[out * channels + ch];
          grad[tap * channels + ch] += g * input.data[inp * channels + ch];
          dx.data[inp * channels + ch] += g * value[tap * channels + ch];
        }
      });
      return dx;
    },
  };
}
