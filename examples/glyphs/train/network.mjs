import { conv, depthwise } from "./convolution.mjs";
import { averagePool, batchNorm, dense, relu, residual } from "./layers.mjs";

/**
 * The glyph classifier: a stem, one depthwise-separable block, one residual block, two strided convolutions; 65 k parameters, 2.9 million
 * multiply-adds an image of [32, 32, 3]. Spatial extents: 32 -> 16 -> 16 -> 8 -> 8 -> 4 -> 1.
 * @param {number} classes
 * @param {import("../random.mjs").Random} rng draws the initial weights
 * @returns {readonly import("./layers.mjs").Layer[]}
 */
export function glyphNetwork(classes, rng) {
  const convBlock = (/** @type {string} */ name, /** @type {Parameters<typeof conv>[1]} */ attrs) => [
    conv(`${name}/conv`, attrs, rng),
    batchNorm(`${name}/bn`, attrs.outChannels),
    relu(`${name}/relu`),
  ];
  return [
    ...convBlock("stem", { inChannels: 3, outChannels: 16, kernel: 3, stride: 2 }),
    depthwise("separable/depthwise/conv", { channels: 16, kernel: 3, stride: 1 }, rng),
    batchNorm("separable/depthwise/bn", 16),
    relu("separable/depthwise/relu"),
    ...convBlock("separable/pointwise", { inChannels: 16, outChannels: 32, kernel: 1, stride: 1 }),
    ...convBlock("middle", { inChannels: 32, outChannels: 48, kernel: 3, stride: 2 }),
    residual("residual/add", [
      conv("residual/conv", { inChannels: 48, outChannels: 48, kernel: 3, stride: 1 }, rng),
      batchNorm("residual/bn", 48),
    ]),
    relu("residual/relu"),
    ...convBlock("head", { inChannels: 48, outChannels: 64, kernel: 3, stride: 2 }),
    averagePool("pool"),
    dense("classifier", { inputs: 64, outputs: classes }, rng),
  ];
}
