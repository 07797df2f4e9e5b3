#!/usr/bin/env node
/**
 * Draws the glyph data set: `node examples/glyphs/draw.mjs --out DIR [--seed 7] [--train 2000] [--test 1000]`.
 * Image i of a split depends on (seed, split, i) only, and shows class i % 16.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { PNG } from "pngjs";
import { random } from "./random.mjs";
import { blur, strokeCoverage } from "./raster.mjs";
import { glyphs } from "./shapes.mjs";

/** Width and height of an image, in pixels. */
export const imageSize = 32;

/** In the order of the class index. */
export const classNames = glyphs.map((glyph) => glyph.name);

/**
 * @typedef {"train" | "test"} Split
 * @typedef {{ readonly label: number, readonly pixels: Uint8Array }} Sample pixels: RGB, [32, 32, 3], channels last
 * @typedef {import("./random.mjs").Random} Random
 */

/**
 * One glyph, warped, coloured, blurred and noisy.
 * @param {number} seed
 * @param {Split} split
 * @param {number} index
 * @returns {Sample}
 */
export function drawSample(seed, split, index) {
  const rng = random(seed, split, index);
  const label = index % glyphs.length;
  const place = randomPlacement(rng);
  const ink = strokeCoverage(
    glyphs[label].strokes.map((stroke) => stroke.map(place)),
    rng.between(1.5, 3.8),
    imageSize,
  );
  const clutter = strokeCoverage(randomScratches(rng), rng.between(0.8, 1.6), imageSize);
  const clutterStrength = rng.between(0.15, 0.6);
  const { paper, paperEnd, inkColour } = randomColours(rng);
  const tilt = rng.between(0, 2 * Math.PI);

  const image = new Float64Array(imageSize * imageSize * 3);
  for (let i = 0; i < imageSize * imageSize; i++) {
    const x = (i % imageSize) / imageSize - 0.5;
    const y = Math.floor(i / imageSize) / imageSize - 0.5;
    const t = 0.5 + x * Math.cos(tilt) + y * Math.sin(tilt);
    const cover = Math.max(ink[i], clutter[i] * clutterStrength);
    for (let ch = 0; ch < 3; ch++) {
      const background = paper[ch] + (paperEnd[ch] - paper[ch]) * t;
      image[3 * i + ch] = background + (inkColour[ch] - background) * cover;
    }
  }
  blur(image, imageSize, 3, rng.between(0, 1.1));
  const noise = rng.between(2, 18);
  // Uint8ClampedArray rounds and saturates
  const pixels = Uint8ClampedArray.from(image, (v) => v + noise * rng.normal());
  return { label, pixels: new Uint8Array(pixels.buffer) };
}

/** Glyph coordinates to pixels: aspect, shear, a slow wave, rotation, scale, shift. @param {Random} rng */
function randomPlacement(rng) {
  const angle = rng.between(-0.4, 0.4);
  const scale = rng.between(8.5, 13);
  const aspect = Math.exp(rng.between(-0.22, 0.22));
  const shear = rng.between(-0.25, 0.25);
  const wave = { size: rng.between(0, 0.09), turn: rng.between(2, 4), phase: rng.between(0, 2 * Math.PI) };
  const slack = Math.max(1, 15 - scale);
  const dx = imageSize / 2 + rng.between(-slack, slack) * 0.6;
  const dy = imageSize / 2 + rng.between(-slack, slack) * 0.6;
  return (/** @type {import("./shapes.mjs").Point} */ [x, y]) => {
    const u = (x + shear * y + wave.size * Math.sin(wave.turn * y + wave.phase)) * aspect;
    const v = (y + wave.size * Math.sin(wave.turn * x - wave.phase)) / aspect;
    const px = dx + scale * (u * Math.cos(angle) - v * Math.sin(angle));
    const py = dy + scale * (u * Math.sin(angle) + v * Math.cos(angle));
    return /** @type {import("./shapes.mjs").Point} */ ([px, py]);
  };
}

/** None to two short thin lines that belong to no glyph. @param {Random} rng */
function randomScratches(rng) {
  return Array.from({ length: rng.below(3) }, () => {
    const [x, y, angle, length] = [rng.between(0, 32), rng.between(0, 32), rng.between(0, 2 * Math.PI), rng.between(3, 12)];
    return /** @type {import("./shapes.mjs").Stroke} */ ([
      [x, y],
      [x + length * Math.cos(angle), y + length * Math.sin(angle)],
    ]);
  });
}

/** A paper gradient and an ink at least 70 grey levels from its middle, darker or lighter. @param {Random} rng */
function randomColours(rng) {
  const colour = () => [rng.between(10, 245), rng.between(10, 245), rng.between(10, 245)];
  const grey = (/** @type {number[]} */ [r, g, b]) => 0.299 * r + 0.587 * g + 0.114 * b;
  const paper = colour();
  const paperEnd = paper.map((v) => v + rng.between(-35, 35));
  const middle = grey(paper.map((v, ch) => (v + paperEnd[ch]) / 2));
  let inkColour = colour();
  while (Math.abs(grey(inkColour) - middle) < 70) inkColour = colour();
  return { paper, paperEnd, inkColour };
}

/**
 * @param {number} seed
 * @param {Split} split
 * @param {number} count
 * @returns {Sample[]}
 */
export function drawSplit(seed, split, count) {
  return Array.from({ length: count }, (_, i) => drawSample(seed, split, i));
}

/**
 * Preprocessor "unit": RGB bytes, channels last, to float NCHW: y[ch][i] = x[i][ch] / 255.
 * @param {Uint8Array} pixels [32, 32, 3]
 * @returns {Float32Array} [1, 3, 32, 32]
 */
export function unitNchw(pixels) {
  const area = pixels.length / 3;
  return Float32Array.from({ length: pixels.length }, (_, i) => pixels[(i % area) * 3 + Math.floor(i / area)] / 255);
}

/**
 * @param {Uint8Array} pixels [32, 32, 3]
 * @returns {Buffer} a PNG file
 */
export function encodePng(pixels) {
  const image = { width: imageSize, height: imageSize, data: Buffer.from(pixels) };
  return PNG.sync.write(/** @type {PNG} */ (image), { colorType: 2, inputColorType: 2 });
}

/**
 * Writes the images of one split to dir/train or dir/test and returns their LEIP index lines, `relative/path class_index`.
 * @param {string} dir
 * @param {number} seed
 * @param {Split} split
 * @param {number} count
 * @returns {string[]}
 */
function writeSplit(dir, seed, split, count) {
  mkdirSync(join(dir, split), { recursive: true });
  return drawSplit(seed, split, count).map(({ label, pixels }, i) => {
    const path = `${split}/${String(i).padStart(4, "0")}_${classNames[label]}.png`;
    writeFileSync(join(dir, path), encodePng(pixels));
    return `${path} ${label}`;
  });
}

/**
 * Writes class_names.txt; if train > 0: train/*.png, train_index.txt, rep_dataset.txt (the first 50 training images); if test > 0:
 * test/*.png and index.txt. Paths in the lists are relative to dir.
 * @param {string} dir
 * @param {{ seed: number, train: number, test: number }} options
 */
export function writeDataset(dir, { seed, train, test }) {
  const writeLines = (/** @type {string} */ name, /** @type {readonly string[]} */ lines) =>
    writeFileSync(join(dir, name), lines.map((line) => `${line}\n`).join(""));
  mkdirSync(dir, { recursive: true });
  writeLines("class_names.txt", classNames);
  if (train > 0) {
    const lines = writeSplit(dir, seed, "train", train);
    writeLines("train_index.txt", lines);
    writeLines("rep_dataset.txt", lines.slice(0, 50));
  }
  if (test > 0) writeLines("index.txt", writeSplit(dir, seed, "test", test));
}

/**
 * A count given on the command line.
 * @param {string} option
 * @param {string} text
 */
export function parseCount(option, text) {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < 0) {
    throw new Error(`--${option} ${text}: expected a whole number, 0 or more`);
  }
  return value;
}

function main() {
  const { values } = parseArgs({
    options: {
      out: { type: "string" },
      seed: { type: "string", default: "7" },
      train: { type: "string", default: "2000" },
      test: { type: "string", default: "1000" },
    },
  });
  if (values.out === undefined) throw new Error("--out DIR is missing: the folder to write the images to");
  const options = {
    seed: parseCount("seed", values.seed),
    train: parseCount("train", values.train),
    test: parseCount("test", values.test),
  };
  writeDataset(values.out, options);
  console.log(
    `${options.train} training and ${options.test} test images, ${classNames.length} classes, seed ${options.seed}: ${values.out}`,
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    main();
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 2;
  }
}
