/** run, evaluate and bench on a classifier written by hand in C: the numbers are known. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildRuntime } from "../../scripts/build-runtime.mjs";
import { commands } from "../../src/cli/commands/table.js";
import { dispatch } from "../../src/cli/options/dispatch.js";
import type { Evaluation } from "../../src/evaluate/classifier.js";
import type { ModelRecord } from "../../src/runtime/model-record.js";
import { sha256OfFile } from "../../src/support/fs.js";
import { readNpy, writeNpy } from "../../src/support/npy.js";
import { readNpz } from "../../src/support/npz.js";
import { modelRecord } from "../helpers/model-record.js";
import { compiler, must, RUNTIME_C } from "../runtime/support/toolbox.js";

const work = mkdtempSync(join(tmpdir(), "qc-built-"));
const at = (name: string) => join(work, name);
const FLAGS = "-std=c11 -O2 -shared -fPIC -nostdlib -Wl,-z,defs -Wall -Wextra".split(" ");
const COLOURS = [
  [200, 10, 10],
  [10, 200, 10],
  [10, 10, 200],
];

function build(folder: string, gain: string, record: Partial<ModelRecord>): void {
  mkdirSync(at(folder), { recursive: true });
  const source = join(import.meta.dirname, "fixtures/channels.c");
  must(compiler(), [...FLAGS, `-DGAIN=${gain}`, "-I", RUNTIME_C, source, "-o", at(`${folder}/model.so`)]);
  const sha256 = { "model.so": sha256OfFile(at(`${folder}/model.so`)) };
  const json = modelRecord({ name: "channels", sha256, ...record });
  writeFileSync(at(`${folder}/model.json`), JSON.stringify(json));
}

beforeAll(() => {
  buildRuntime({ ifStale: true });
  const source = { path: "../gone.onnx", sha256: "ab" };
  build("out", "1.0f", { source, quantizer: "symmetricpc", preprocessor: "unit" });
  build("out/float", "-1.0f", { source });
  build("other", "1.0f", { source });
  build("other/float", "-1.0f", { source: { ...source, sha256: "cd" } });
  mkdirSync(at("images"));
  COLOURS.forEach((rgb, i) => {
    const png = new PNG({ width: 2, height: 2 });
    for (let p = 0; p < 4; p++) png.data.set([...rgb, 255], 4 * p);
    writeFileSync(at(`images/${i}.png`), PNG.sync.write(png));
  });
  writeFileSync(at("index.txt"), "images/0.png 0\nimages/1.png 1\nimages/2.png 2\nimages/2.png 0\n");
  writeFileSync(at("names.txt"), "red\ngreen\nblue\n");
  writeNpy(at("x.npy"), { dtype: "f32", shape: [1, 3, 2, 2], data: Float32Array.of(1, 2, 3, 4, 0, 0, 0, 1, -1, 0, 0, 0) });
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

async function qc(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const text = { out: "", err: "" };
  const into = (key: "out" | "err") =>
    new Writable({
      write(chunk, _encoding, done) {
        text[key] += String(chunk);
        done();
      },
    });
  const code = await dispatch(commands, argv, { stdout: into("out"), stderr: into("err"), env: {}, version: "1" });
  return { code, ...text };
}
async function json<T>(...argv: string[]): Promise<T> {
  const { out, err } = await qc(...argv, "--json");
  expect(err).toBe("");
  return JSON.parse(out) as T;
}

describe("run", () => {
  it("prints numbers, and classes where they have names", async () => {
    const { out, code } = await qc("run", at("out"), "--input", at("x.npy"));
    expect(code).toBe(0);
    expect(out.trimEnd().split("\n")).toEqual([
      "scores  f32[1, 3]  min -1  mean 3.333  max 10",
      "  10  1  -1",
      "  best: 0 (10), 1 (1), 2 (-1)",
    ]);
    const named = await qc("run", at("out"), "--input", at("x.npy"), "--class_names", at("names.txt"), "--top", "2");
    expect(named.out.trimEnd().split("\n")).toEqual(["scores  f32[1, 3]", "  1. red    10", "  2. green  1"]);
  });
  it("gives JSON, and takes LEIP's spelling", async () => {
    const r = await json<{ outputs: unknown[] }>("run", "--input_path", at("out"), "--test_path", at("x.npy"), "--top", "1");
    expect(r.outputs).toEqual([
      { name: "scores", dtype: "f32", shape: [1, 3], values: [10, 1, -1], top: [{ index: 0, score: 10 }] },
    ]);
  });
  it("preprocesses images as calibration did, unless told otherwise", async () => {
    const first = async (...more: string[]) =>
      (await json<{ outputs: { values: number[] }[] }>("run", at("out"), "--input", at("images/0.png"), ...more)).outputs[0]
        .values;
    expect((await first())[0]).toBeCloseTo((4 * 200) / 255, 5);
    expect((await first("--preprocessor", "none"))[0]).toBe(800);
  });
  it("writes outputs", async () => {
    expect((await qc("run", at("out"), "--input", `image=${at("x.npy")}`, "--output", at("y.npy"))).out).toContain("wrote ");
    await qc("run", at("out"), "--input", at("x.npy"), "--output", at("y.npz"));
    const y = { dtype: "f32", shape: [1, 3], data: Float32Array.of(10, 1, -1) };
    expect(readNpy(at("y.npy"))).toEqual(y);
    expect(readNpz(at("y.npz")).get("scores")).toEqual(y);
  });
});

describe("evaluate", () => {
  it("counts, against the float build", async () => {
    const e = await json<Evaluation>(
      "evaluate",
      at("out"),
      "--test_path",
      at("index.txt"),
      "--threads",
      "1",
      "--output_path",
      at("report.json"),
    );
    expect(e).toMatchObject({ samples: 4, classes: 3, threads: 1, agreement: 0 });
    expect(e.model).toMatchObject({ build: "symmetricpc", top1: 75, top5: 100, parameterMB: 0.002 });
    expect(e.float).toMatchObject({ build: "float", top1: 25, top5: 100 });
    expect(e.model.inferencesPerSecond).toBeGreaterThan(0);
    expect(e.perClass).toEqual([
      { index: 0, name: "0", samples: 2, correct: 1 },
      { index: 1, name: "1", samples: 1, correct: 1 },
      { index: 2, name: "2", samples: 1, correct: 1 },
    ]);
    expect(JSON.parse(readFileSync(at("report.json"), "utf8"))).toEqual(e);
  });
  it("prints a table", async () => {
    const { out } = await qc(
      "evaluate",
      at("out"),
      "--test_path",
      at("index.txt"),
      "--threads",
      "1",
      "--class_names",
      at("names.txt"),
    );
    expect(out).toMatch(/^4 samples, 3 classes, 1 thread\n/);
    expect(out).toMatch(/symmetricpc\s+75\.00 %\s+100\.00 %\s+\d+\s+0\.002/);
    expect(out).toMatch(/against float: 50\.00 points of top-1 gained, .*same class for 0\.00 %/);
    expect(out).toMatch(/most errors: red 1 of 2/);
  });
  it("leaves the float build of another model alone, or every one when told so", async () => {
    expect((await json<Evaluation>("evaluate", at("other"), "--test_path", at("index.txt"))).float).toBeNull();
    expect((await json<Evaluation>("evaluate", at("out"), "--test_path", at("index.txt"), "--no_float")).float).toBeNull();
  });
  it("takes the first samples only", async () => {
    expect((await json<Evaluation>("evaluate", at("out"), "--test_path", at("index.txt"), "--limit", "3")).model.top1).toBe(100);
  });
});

describe("bench", () => {
  interface Bench {
    readonly arenaBytes: number;
    readonly weightBytes: number;
    readonly rows: readonly {
      threads: number;
      latency: { rounds: number; min: number; median: number; p99: number };
      profile: { kernel: string; share: number; roofline: number | null }[] | null;
      c: { rounds: number; min: number; median: number; ratio: number | null } | null;
    }[];
  }
  it("measures each number of threads", async () => {
    const b = await json<Bench>("bench", at("out"), "--threads", "1,2", "--rounds", "30", "--profile");
    expect(b).toMatchObject({ arenaBytes: 64, weightBytes: 2000 });
    expect(b.rows.map((r) => r.threads)).toEqual([1, 2]);
    for (const { latency, profile } of b.rows) {
      expect(latency.rounds).toBe(30);
      expect(0 < latency.min && latency.min <= latency.median && latency.median <= latency.p99).toBe(true);
      expect(profile?.map((p) => p.kernel)).toEqual(["f32_sum"]);
      expect(profile?.[0].share).toBe(1);
    }
    expect(b.rows[0].profile?.[0].roofline).toBeGreaterThan(0);
    expect(b.rows[1].profile?.[0].roofline).toBeNull();
    expect(b.rows[0].c).toBeNull();
  });
  it("measures from C as well", async () => {
    const b = await json<Bench>("bench", at("out"), "--threads", "1,2", "--rounds", "30", "--from", "c");
    for (const { c } of b.rows) {
      expect(c).toMatchObject({ rounds: 30, ratio: null });
      expect(c?.median).toBeGreaterThanOrEqual(c?.min ?? Number.NaN);
      expect(c?.min).toBeGreaterThan(0);
    }
    expect((await qc("bench", at("out"), "--rounds", "20", "--from", "c")).out).toMatch(/rounds\s+from C median ms/);
  });
  it("prints a table", async () => {
    const { out } = await qc("bench", at("out"), "--rounds", "20", "--profile");
    expect(out).toMatch(/^channels on /);
    expect(out).toMatch(/arena 64 B, weights 2\.0 KiB/);
    expect(out).toMatch(/threads\s+min ms\s+median ms\s+p99 ms/);
    expect(out).toMatch(/f32_sum\s+[\d.]+\s+100\.0 %\s+[\d.]+\s+[\d.]+\s+\d+ %/);
  });
  it("says why there is no peer", async () => {
    const { code, err } = await qc("bench", at("out"), "--peer", "onnxruntime");
    expect(code).toBe(1);
    expect(err).toMatch(/QC-CLI-038: the model that was compiled is not at .*gone\.onnx/);
  });
});
