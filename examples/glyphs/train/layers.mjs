/**
 * Trainable layers in plain JavaScript. Activations are NHWC doubles; a layer's forward keeps what its backward needs, and backward
 * adds to the gradients of the parameters and returns the gradient of the input.
 * @typedef {{ readonly data: Float64Array, readonly n: number, readonly h: number, readonly w: number, readonly c: number }} Tensor
 * @typedef {{ readonly value: Float64Array, readonly grad: Float64Array, readonly decays: boolean }} Param
 * @typedef {"conv" | "depthwise" | "batchNorm" | "relu" | "residual" | "averagePool" | "dense"} Kind
 *
 * @typedef {object} Layer
 * @property {Kind} kind
 * @property {string} name
 * @property {Readonly<Record<string, number>>} attrs
 * @property {Readonly<Record<string, Param>>} params trained
 * @property {Readonly<Record<string, Float64Array>>} stats running statistics, not trained
 * @property {readonly Layer[]} body layers inside a residual; else empty
 * @property {(x: Tensor, training: boolean) => Tensor} forward
 * @property {(dy: Tensor) => Tensor} backward
 */
import { addMatmul, rowMajor, transposed } from "./gemm.mjs";

/** @typedef {import("../random.mjs").Random} Random */

/** @type {(n: number, h: number, w: number, c: number) => Tensor} */
export const tensor = (n, h, w, c) => ({ data: new Float64Array(n * h * w * c), n, h, w, c });

/** @type {(like: Tensor) => Tensor} */
export const zerosLike = ({ n, h, w, c }) => tensor(n, h, w, c);

/** Normal with variance 2 / fanIn (He et al. 2015). @type {(size: number, fanIn: number, rng: Random) => Param} */
export function heParam(size, fanIn, rng) {
  const value = Float64Array.from({ length: size }, () => rng.normal() * Math.sqrt(2 / fanIn));
  return { value, grad: new Float64Array(size), decays: true };
}

/** @type {(size: number, fill: number) => Param} */
export const filledParam = (size, fill) => ({
  value: new Float64Array(size).fill(fill),
  grad: new Float64Array(size),
  decays: false,
});

/**
 * Batch normalization over n, h and w: y = gamma (x - mean) / sqrt(variance + epsilon) + beta (Ioffe and Szegedy 2015).
 * Training uses the batch's statistics and moves the running ones by `momentum`; inference uses the running ones.
 * @param {string} name
 * @param {number} channels
 * @returns {Layer}
 */
export function batchNorm(name, channels) {
  const [epsilon, momentum] = [1e-5, 0.1];
  const gamma = filledParam(channels, 1);
  const beta = filledParam(channels, 0);
  const stats = { mean: new Float64Array(channels), variance: new Float64Array(channels).fill(1) };
  /** @type {Tensor} the normalized input */
  let normalized;
  const inverse = new Float64Array(channels);
  return {
    kind: "batchNorm",
    name,
    attrs: { channels, epsilon },
    params: { gamma, beta },
    stats,
    body: [],
    forward(x, training) {
      const { mean, variance } = training ? channelMoments(x) : stats;
      for (let ch = 0; ch < channels; ch++) {
        inverse[ch] = 1 / Math.sqrt(variance[ch] + epsilon);
        if (!training) continue;
        stats.mean[ch] += momentum * (mean[ch] - stats.mean[ch]);
        stats.variance[ch] += momentum * (variance[ch] - stats.variance[ch]);
      }
      const y = zerosLike(x);
      normalized = zerosLike(x);
      for (let i = 0; i < x.data.length; i += channels) {
        for (let ch = 0; ch < channels; ch++) {
          const v = (x.data[i + ch] - mean[ch]) * inverse[ch];
          normalized.data[i + ch] = v;
          y.data[i + ch] = v * gamma.value[ch] + beta.value[ch];
        }
      }
      return y;
    },
    backward(dy) {
      const count = dy.n * dy.h * dy.w;
      const sum = new Float64Array(channels);
      const dot = new Float64Array(channels);
      for (let i = 0; i < dy.data.length; i += channels) {
        for (let ch = 0; ch < channels; ch++) {
          sum[ch] += dy.data[i + ch];
          dot[ch] += dy.data[i + ch] * normalized.data[i + ch];
        }
      }
      for (let ch = 0; ch < channels; ch++) {
        gamma.grad[ch] += dot[ch];
        beta.grad[ch] += sum[ch];
      }
      // dx = gamma inverse (dy - mean(dy) - normalized mean(dy normalized))
      const dx = zerosLike(dy);
      for (let i = 0; i < dy.data.length; i += channels) {
        for (let ch = 0; ch < channels; ch++) {
          const centred = dy.data[i + ch] - (sum[ch] + normalized.data[i + ch] * dot[ch]) / count;
          dx.data[i + ch] = gamma.value[ch] * inverse[ch] * centred;
        }
      }
      return dx;
    },
  };
}

/** Mean and biased variance of every channel. @param {Tensor} x */
function channelMoments({ data, n, h, w, c }) {
  const mean = new Float64Array(c);
  const variance = new Float64Array(c);
  const count = n * h * w;
  for (let i = 0; i < data.length; i += c) for (let ch = 0; ch < c; ch++) mean[ch] += data[i + ch] / count;
  for (let i = 0; i < data.length; i += c) for (let ch = 0; ch < c; ch++) variance[ch] += (data[i + ch] - mean[ch]) ** 2 / count;
  return { mean, variance };
}

/** y = max(x, 0). @param {string} name @returns {Layer} */
export function relu(name) {
  /** @type {Tensor} */
  let output;
  return {
    kind: "relu",
    name,
    attrs: {},
    params: {},
    stats: {},
    body: [],
    forward: (x) => {
      output = { ...x, data: x.data.map((v) => Math.max(v, 0)) };
      return output;
    },
    backward: (dy) => ({ ...dy, data: dy.data.map((g, i) => (output.data[i] > 0 ? g : 0)) }),
  };
}

/** y = x + body(x). @param {string} name @param {readonly Layer[]} body @returns {Layer} */
export function residual(name, body) {
  const sum = (/** @type {Tensor} */ a, /** @type {Tensor} */ b) => ({ ...a, data: a.data.map((v, i) => v + b.data[i]) });
  return {
    kind: "residual",
    name,
    attrs: {},
    params: {},
    stats: {},
    body,
    forward: (x, training) => sum(x, forwardAll(body, x, training)),
    backward: (dy) => sum(dy, backwardAll(body, dy)),
  };
}

/** Mean over h and w; y is [n, 1, 1, c]. @param {string} name @returns {Layer} */
export function averagePool(name) {
  /** @type {Tensor} */
  let input;
  return {
    kind: "averagePool",
    name,
    attrs: {},
    params: {},
    stats: {},
    body: [],
    forward(x) {
      input = x;
      const y = tensor(x.n, 1, 1, x.c);
      const area = x.h * x.w;
      for (let i = 0; i < x.data.length; i++) y.data[Math.floor(i / (area * x.c)) * x.c + (i % x.c)] += x.data[i] / area;
      return y;
    },
    backward(dy) {
      const dx = zerosLike(input);
      const area = dx.h * dx.w;
      for (let i = 0; i < dx.data.length; i++) dx.data[i] = dy.data[Math.floor(i / (area * dx.c)) * dx.c + (i % dx.c)] / area;
      return dx;
    },
  };
}

/**
 * Y = X W + b, weight [inputs, outputs].
 * @param {string} name
 * @param {{ inputs: number, outputs: number }} attrs
 * @param {Random} rng
 * @returns {Layer}
 */
export function dense(name, attrs, rng) {
  const { inputs, outputs } = attrs;
  const weight = heParam(inputs * outputs, 2 * inputs, rng);
  const bias = filledParam(outputs, 0);
  /** @type {Tensor} */
  let input;
  return {
    kind: "dense",
    name,
    attrs,
    params: { weight, bias },
    stats: {},
    body: [],
    forward(x) {
      input = x;
      const y = tensor(x.n, 1, 1, outputs);
      for (let i = 0; i < x.n; i++) y.data.set(bias.value, i * outputs);
      addMatmul(x.n, outputs, inputs, rowMajor(x.data, inputs), rowMajor(weight.value, outputs), y.data);
      return y;
    },
    backward(dy) {
      addMatmul(inputs, outputs, dy.n, transposed(input.data, inputs), rowMajor(dy.data, outputs), weight.grad);
      for (let i = 0; i < dy.data.length; i++) bias.grad[i % outputs] += dy.data[i];
      const dx = zerosLike(input);
      addMatmul(dy.n, inputs, outputs, rowMajor(dy.data, outputs), transposed(weight.value, outputs), dx.data);
      return dx;
    },
  };
}

/** @type {(layers: readonly Layer[], x: Tensor, training: boolean) => Tensor} */
export const forwardAll = (layers, x, training) => layers.reduce((value, layer) => layer.forward(value, training), x);

/** @type {(layers: readonly Layer[], dy: Tensor) => Tensor} */
export const backwardAll = (layers, dy) => layers.reduceRight((grad, layer) => layer.backward(grad), dy);

/** Every trained parameter, bodies included. @type {(layers: readonly Layer[]) => Param[]} */
export const allParams = (layers) => layers.flatMap((layer) => [...Object.values(layer.params), ...allParams(layer.body)]);
