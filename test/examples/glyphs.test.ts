import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import onnxProto from "onnx-proto";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { PNG } from "pngjs";
import { afterAll, describe, expect, it } from "vitest";
import { classNames, drawSample, drawSplit, imageSize, unitNchw, writeDataset } from "../../examples/glyphs/draw.mjs";
import { random } from "../../examples/glyphs/random.mjs";
import { conv, depthwise } from "../../examples/glyphs/train/convolution.mjs";
import * as layers from "../../examples/glyphs/train/layers.mjs";
import { glyphNetwork } from "../../examples/glyphs/train/network.mjs";
import { exportNetwork } from "../../examples/glyphs/train/onnx.mjs";

const folder = join(dirname(fileURLToPath(import.meta.url)), "../../examples/glyphs");
const oneThread = { intraOpNumThreads: 1, interOpNumThreads: 1 };

const readLines = (path: string): string[] => readFileSync(path, "utf8").trimEnd().split("\n");

/** The pixels of an RGB PNG file, [height, width, 3]. */
function readPng(path: string): Uint8Array {
  const { data } = PNG.sync.read(readFileSync(path));
  return Uint8Array.from({ length: (data.length / 4) * 3 }, (_, i) => data[Math.floor(i / 3) * 4 + (i % 3)]);
}

async function scoresOf(session: InferenceSession, pixels: Uint8Array): Promise<Float32Array> {
  const { scores } = await session.run({ image: new Tensor("float32", unitNchw(pixels), [1, 3, imageSize, imageSize]) });
  return scores.data as Float32Array;
}

describe("drawing", () => {
  it("depends on seed, split and index only", () => {
    const whole = drawSplit(3, "train", 20);
    expect(drawSample(3, "train", 17)).toEqual(whole[17]);
    expect(drawSample(4, "train", 17).pixels).not.toEqual(whole[17].pixels);
    expect(drawSample(3, "test", 17).pixels).not.toEqual(whole[17].pixels);
    expect(drawSample(3, "train", 1).pixels).not.toEqual(whole[17].pixels);
  });

  it("redraws the committed samples pixel by pixel", () => {
    const samples = join(folder, "samples");
    expect(readLines(join(samples, "class_names.txt"))).toEqual(classNames);
    const lines = readLines(join(samples, "index.txt"));
    expect(lines).toHaveLength(20);
    for (const [i, line] of lines.entries()) {
      const [path, label] = line.split(" ");
      const drawn = drawSample(7, "test", i);
      expect(Number(label)).toBe(drawn.label);
      expect(readPng(join(samples, path))).toEqual(drawn.pixels);
    }
  });

  const dir = mkdtempSync(join(tmpdir(), "qc-glyphs-"));
  afterAll(() => rmSync(dir, { recursive: true }));

  it("writes images and lists", () => {
    writeDataset(dir, { seed: 5, train: 60, test: 17 });
    const train = readLines(join(dir, "train_index.txt"));
    const test = readLines(join(dir, "index.txt"));
    expect(train).toHaveLength(60);
    expect(readLines(join(dir, "rep_dataset.txt"))).toEqual(train.slice(0, 50));
    expect(test.map((line) => line.split(" ")[1])).toEqual(Array.from({ length: 17 }, (_, i) => String(i % 16)));
    expect(readPng(join(dir, train[59].split(" ")[0]))).toEqual(drawSample(5, "train", 59).pixels);
  });
});

describe("trainer", () => {
  const gen = random("glyphs.test");
  const normals = (n: number): Float64Array => Float64Array.from({ length: n }, () => gen.normal());
  const smallNetwork = () => [
    conv("a", { inChannels: 3, outChannels: 5, kernel: 3, stride: 2 }, gen),
    layers.batchNorm("b", 5),
    layers.relu("c"),
    depthwise("d", { channels: 5, kernel: 3, stride: 1 }, gen),
    layers.residual("e", [conv("f", { inChannels: 5, outChannels: 5, kernel: 1, stride: 1 }, gen), layers.batchNorm("g", 5)]),
    layers.averagePool("h"),
    layers.dense("i", { inputs: 5, outputs: 4 }, gen),
  ];

  it("computes the gradients that central differences give", () => {
    const network = smallNetwork();
    const input = { data: normals(3 * 8 * 8 * 3), n: 3, h: 8, w: 8, c: 3 };
    const direction = normals(3 * 4);
    const objective = () => layers.forwardAll(network, input, true).data.reduce((sum, v, i) => sum + v * direction[i], 0);
    objective();
    const inputGrad = layers.backwardAll(network, { data: direction, n: 3, h: 1, w: 1, c: 4 }).data;
    for (const { value, grad } of [...layers.allParams(network), { value: input.data, grad: inputGrad }]) {
      for (let k = 0; k < 6; k++) {
        const i = gen.below(value.length);
        const [kept, step] = [value[i], 1e-5];
        value[i] = kept + step;
        const above = objective();
        value[i] = kept - step;
        const slope = (above - objective()) / (2 * step);
        value[i] = kept;
        expect(Math.abs(grad[i] - slope)).toBeLessThan(1e-5 * (1 + Math.abs(slope)));
      }
    }
  });

  it("exports a network that ONNX Runtime computes as the trainer does", async () => {
    const network = glyphNetwork(classNames.length, gen);
    const batch = { data: normals(4 * 32 * 32 * 3), n: 4, h: 32, w: 32, c: 3 };
    for (let i = 0; i < 3; i++) layers.forwardAll(network, batch, true); // moves the running statistics off 0 and 1
    const { pixels } = drawSample(1, "test", 0);
    const image = { data: Float64Array.from(pixels, (v) => v / 255), n: 1, h: 32, w: 32, c: 3 };
    const expected = layers.forwardAll(network, image, false).data;
    const session = await InferenceSession.create(exportNetwork("random", network, [3, 32, 32], classNames.length), oneThread);
    const actual = await scoresOf(session, pixels);
    const range = Math.max(...expected) - Math.min(...expected);
    for (const [i, v] of expected.entries()) expect(Math.abs(actual[i] - v)).toBeLessThan(1e-4 * range);
  });
});

describe("glyphs.onnx", () => {
  const bytes = readFileSync(join(folder, "glyphs.onnx"));

  it("keeps BatchNormalization, the grouped convolution and the residual add as nodes", () => {
    expect(bytes.length).toBeLessThan(1 << 20);
    const model = onnxProto.onnx.ModelProto.decode(bytes);
    expect(Number(model.opsetImport[0].version)).toBe(13);
    const nodes = model.graph?.node ?? [];
    const count = (opType: string): number => nodes.filter((node) => node.opType === opType).length;
    expect(count("Conv")).toBe(6);
    expect(count("BatchNormalization")).toBe(6);
    expect(count("Add")).toBe(1);
    const groups = nodes.flatMap((node) => node.attribute ?? []).filter((a) => a.name === "group" && Number(a.i) > 1);
    expect(groups.map((a) => Number(a.i))).toEqual([16]);
    expect(new Set(nodes.map((node) => node.name)).size).toBe(nodes.length);
  });

  it("recognizes at least 95 % of 1000 images drawn from another seed", { timeout: 60_000 }, async () => {
    const session = await InferenceSession.create(bytes, oneThread);
    let correct = 0;
    for (const { label, pixels } of drawSplit(20_260, "test", 1000)) {
      const scores = await scoresOf(session, pixels);
      if (scores.indexOf(Math.max(...scores)) === label) correct++;
    }
    expect(correct).toBeGreaterThanOrEqual(950);
  });
});
