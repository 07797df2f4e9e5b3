#!/usr/bin/env node
/**
 * Trains the glyph classifier on drawn images and writes it as ONNX:
 * `node examples/glyphs/train.mjs [--out glyphs.onnx] [--epochs 20] [--seed 7] [--train 2000] [--test 1000]`.
 * One core, plain JavaScript; the same seed gives the same file.
 */
import { renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { classNames, drawSplit, imageSize, parseCount } from "./draw.mjs";
import { random, shuffled } from "./random.mjs";
import { allParams, backwardAll, forwardAll } from "./train/layers.mjs";
import { glyphNetwork } from "./train/network.mjs";
import { exportNetwork } from "./train/onnx.mjs";

/**
 * @typedef {import("./draw.mjs").Sample} Sample
 * @typedef {import("./random.mjs").Random} Random
 * @typedef {import("./train/layers.mjs").Layer} Layer
 * @typedef {import("./train/layers.mjs").Tensor} Tensor
 */

const batchSize = 32;
const peakRate = 0.004;
const gradientDecay = 0.9;
const squareDecay = 0.99;
const weightDecay = 0.02;
const labelSmoothing = 0.05;

/** Bytes to a batch of x / 255, NHWC. @param {readonly Uint8Array[]} images @returns {Tensor} */
function toBatch(images) {
  const size = imageSize * imageSize * 3;
  const data = new Float64Array(images.length * size);
  images.forEach((pixels, i) => {
    for (let j = 0; j < size; j++) data[i * size + j] = pixels[j] / 255;
  });
  return { data, n: images.length, h: imageSize, w: imageSize, c: 3 };
}

/** Shifted by up to 3 pixels each way, borders repeated. @param {Uint8Array} pixels @param {Random} rng */
function shifted(pixels, rng) {
  const [dx, dy] = [rng.below(7) - 3, rng.below(7) - 3];
  const last = imageSize - 1;
  const out = new Uint8Array(pixels.length);
  for (let y = 0; y < imageSize; y++) {
    for (let x = 0; x < imageSize; x++) {
      const from = Math.min(last, Math.max(0, y + dy)) * imageSize + Math.min(last, Math.max(0, x + dx));
      for (let ch = 0; ch < 3; ch++) out[(y * imageSize + x) * 3 + ch] = pixels[from * 3 + ch];
    }
  }
  return out;
}

/**
 * Mean cross-entropy against smoothed labels, and its gradient: (softmax(scores) - target) / n.
 * @param {Tensor} scores
 * @param {readonly number[]} labels
 */
function crossEntropy(scores, labels) {
  const { n, c } = scores;
  const grad = new Float64Array(n * c);
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const row = scores.data.subarray(i * c, (i + 1) * c);
    const highest = Math.max(...row);
    const logSum = highest + Math.log(row.reduce((sum, v) => sum + Math.exp(v - highest), 0));
    for (let j = 0; j < c; j++) {
      const target = labelSmoothing / c + (j === labels[i] ? 1 - labelSmoothing : 0);
      loss -= (target * (row[j] - logSum)) / n;
      grad[i * c + j] = (Math.exp(row[j] - logSum) - target) / n;
    }
  }
  return { loss, grad: { ...scores, data: grad } };
}

/** Part of the samples whose highest score is their label's. @param {readonly Layer[]} network @param {readonly Sample[]} samples */
function top1(network, samples) {
  let correct = 0;
  for (let start = 0; start < samples.length; start += batchSize) {
    const batch = samples.slice(start, start + batchSize);
    const { data, c } = forwardAll(network, toBatch(batch.map((s) => s.pixels)), false);
    batch.forEach(({ label }, i) => {
      const row = data.subarray(i * c, (i + 1) * c);
      if (row.indexOf(Math.max(...row)) === label) correct++;
    });
  }
  return correct / samples.length;
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019); the rate rises over the first epoch and falls along a half cosine.
 * @param {readonly Layer[]} network trained in place
 * @param {readonly Sample[]} samples
 * @param {number} epochs
 * @param {Random} rng
 * @param {(epoch: number, loss: number) => void} report after every epoch, with its mean loss
 */
function train(network, samples, epochs, rng, report) {
  const params = allParams(network);
  const means = params.map(({ value }) => new Float64Array(value.length));
  const squares = params.map(({ value }) => new Float64Array(value.length));
  const batches = Math.floor(samples.length / batchSize);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffled(samples.length, rng);
    let lossSum = 0;
    for (let batch = 0; batch < batches; batch++) {
      const chosen = Array.from(order.subarray(batch * batchSize, (batch + 1) * batchSize), (i) => samples[i]);
      const scores = forwardAll(network, toBatch(chosen.map((s) => shifted(s.pixels, rng))), true);
      const { loss, grad } = crossEntropy(
        scores,
        chosen.map((s) => s.label),
      );
      backwardAll(network, grad);
      lossSum += loss;
      const progress = epoch + batch / batches;
      const rate = peakRate * Math.min(1, progress + 1 / batches) * 0.5 * (1 + Math.cos((Math.PI * progress) / epochs));
      const step = epoch * batches + batch + 1;
      const correction = Math.sqrt(1 - squareDecay ** step) / (1 - gradientDecay ** step);
      params.forEach(({ value, grad: g, decays }, p) => {
        const [mean, square] = [means[p], squares[p]];
        for (let i = 0; i < value.length; i++) {
          mean[i] += (1 - gradientDecay) * (g[i] - mean[i]);
          square[i] += (1 - squareDecay) * (g[i] * g[i] - square[i]);
          value[i] -= rate * ((correction * mean[i]) / (Math.sqrt(square[i]) + 1e-8) + (decays ? weightDecay * value[i] : 0));
          g[i] = 0;
        }
      });
    }
    report(epoch, lossSum / batches);
  }
}

function main() {
  const { values } = parseArgs({
    options: {
      out: { type: "string", default: join(dirname(fileURLToPath(import.meta.url)), "glyphs.onnx") },
      epochs: { type: "string", default: "20" },
      seed: { type: "string", default: "7" },
      train: { type: "string", default: "2000" },
      test: { type: "string", default: "1000" },
    },
  });
  const count = (/** @type {"epochs" | "seed" | "train" | "test"} */ option) => parseCount(option, values[option]);
  const [epochs, seed] = [count("epochs"), count("seed")];
  const trainSamples = drawSplit(seed, "train", count("train"));
  const testSamples = drawSplit(seed, "test", count("test"));
  if (trainSamples.length < batchSize || testSamples.length === 0)
    throw new Error(`at least ${batchSize} training images and 1 test image are needed`);
  const network = glyphNetwork(classNames.length, random(seed, "weights"));
  const parameters = allParams(network).reduce((sum, { value }) => sum + value.length, 0);
  console.log(`${trainSamples.length} training images, ${testSamples.length} test images, ${parameters} parameters`);

  const start = performance.now();
  train(network, trainSamples, epochs, random(seed, "training"), (epoch, loss) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    const accuracy =
      epoch % 5 === 4 || epoch === epochs - 1 ? `, test top-1 ${(100 * top1(network, testSamples)).toFixed(1)} %` : "";
    console.log(`epoch ${epoch + 1}/${epochs}: loss ${loss.toFixed(4)}${accuracy} (${seconds} s)`);
  });

  const model = exportNetwork("glyphs", network, [3, imageSize, imageSize], classNames.length);
  writeFileSync(`${values.out}.tmp`, model);
  renameSync(`${values.out}.tmp`, values.out);
  console.log(`${values.out}: ${model.length} bytes`);
}

try {
  main();
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
