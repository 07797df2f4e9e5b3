/** Time and memory of whole compilations against the number of nodes and the bytes of weights, each in a process of its own. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { conv, linear } from "../networks/layers.js";
import { createModel, type Model } from "../networks/model-builder.js";

export interface Compilation {
  readonly nodes: number;
  readonly weightBytes: number;
  readonly seconds: number;
  readonly peakMiB: number;
}

const MIB = 1 << 20;
const LIMIT_MS = 300_000;

/** A chain of conv and relu; kernels differ in their width, so that not all of them are one. */
export function deepModel(nodes: number): Model {
  const b = createModel("deep", 11);
  let x = b.input("x", "f32", [1, 8, 8, 8]);
  for (let i = 0; i < nodes / 2; i++) x = conv(b, x, 8 + 8 * (i % 4), 1 + 2 * (i % 2), { act: "relu" });
  return b.finish([x]);
}

/** Eight square layers with `bytes` of weights together. */
export function heavyModel(bytes: number): Model {
  const b = createModel("heavy", 12);
  const width = Math.round(Math.sqrt(bytes / 4 / 8));
  let x = b.input("x", "f32", [1, width]);
  for (let i = 0; i < 8; i++) x = linear(b, x, width);
  return b.finish([x]);
}

/** Compiles once in a fresh process, the best of `times`. */
export function compilation(model: Model, nodes: number, times: number): Compilation {
  const folder = mkdtempSync(join(tmpdir(), "qc-growth-"));
  try {
    const path = join(folder, "model.onnx");
    writeFileSync(path, model.bytes);
    const script = fileURLToPath(new URL("compile-once.ts", import.meta.url));
    const runs = Array.from({ length: times }, () => {
      const args = ["--import", "jiti/register", script, path, join(folder, "out")];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: LIMIT_MS });
      if (status !== 0) throw new Error(`compiling failed: ${stderr.trim().split("\n")[0]}`);
      return JSON.parse(stdout) as Omit<Compilation, "nodes">;
    });
    return { nodes, ...runs.reduce((a, b) => (b.seconds < a.seconds ? b : a)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Growth {
  readonly nodes: readonly Compilation[];
  readonly weights: readonly Compilation[];
}

export function measureGrowth(quick: boolean, onEach: (c: Compilation) => void): Growth {
  const times = quick ? 1 : 2;
  const each = (c: Compilation) => {
    onEach(c);
    return c;
  };
  const nodes = quick ? [250, 1000] : [250, 500, 1000, 2000];
  const bytes = quick ? [MIB, 16 * MIB] : [MIB, 8 * MIB, 32 * MIB, 64 * MIB, 128 * MIB];
  return {
    nodes: nodes.map((n) => each(compilation(deepModel(n), n, times))),
    weights: bytes.map((n) => each(compilation(heavyModel(n), 16, times))),
  };
}
