/** Damaged and hostile models end with a program or with a coded error: never another exception, a hang, or memory without bound. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import vm from "node:vm";
import { describe, expect, it } from "vitest";
import { builtinRules } from "../../../src/frontends/onnx/rules/index.js";
import { QcError } from "../../../src/support/diag.js";
import { knob } from "../../../src/support/env.js";
import { createRandom, mutateBytes, mutateFields } from "./helpers/mutate.js";
import { compileToProgram } from "./helpers/pipeline.js";

const MODELS = path.resolve("../shared/models");
const SHARED = [
  "mnist-8/mnist.onnx",
  "tract-qlstm/model.onnx",
  "qdq-conv/conv_qdq_u8u8.onnx",
  "qdq-conv/conv_qdq_s8s8_perchannel.onnx",
  "mnist-convnet-maxpool/Convnet_maxpool.onnx",
];
const CASES = "/usr/share/libonnx-testdata/data/node";
/** A hang; the machine may be busy, so this is wall time with room. */
const HANG_MS = 20_000;
const CPU_MS = 2_000;
const MEMORY_MB = 3_000;

const ops = Object.values(builtinRules).flatMap((t) => Object.keys(t));
const share = knob("QC_FUZZ_RUNS") / 100;
const networks = ["examples/glyphs/glyphs.onnx", ...SHARED.map((f) => path.join(MODELS, f))].filter((f) => existsSync(f));
const layers = existsSync(CASES) ? readdirSync(CASES).map((d) => path.join(CASES, d, "model.onnx")) : [];

/** Milliseconds of processor time that compiling takes. Throws anything that is no coded error, and past HANG_MS. */
function compileMs(bytes: Uint8Array, file: string): number {
  const before = process.cpuUsage();
  try {
    vm.runInNewContext("f()", { f: () => compileToProgram(bytes, file) }, { timeout: HANG_MS });
  } catch (e) {
    if (!(e instanceof QcError) || !e.diags.every((d) => /^QC-[A-Z0-9]+-\d{3}$/.test(d.code))) throw e;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** What is wrong with how this mutant ends, or null. */
function complaint(seed: number, files: readonly string[]): string | null {
  const r = createRandom(seed);
  const file = r.pick(files);
  const original = readFileSync(file);
  const bytes = r.below(3) ? mutateFields(original, ops, r) : mutateBytes(original, r);
  try {
    // a second time, so that the first compilation of our own code does not count
    const once = compileMs(bytes, file);
    const ms = once < CPU_MS ? once : compileMs(bytes, file);
    return ms < CPU_MS ? null : `seed ${seed} of ${file}: ${ms} ms`;
  } catch (e) {
    return `seed ${seed} of ${file}: ${(e as Error).stack?.split("\n").slice(0, 3).join(" ")}`;
  }
}

function complaints(from: number, count: number, files: readonly string[]): string[] {
  return Array.from({ length: Math.ceil(count * share) }, (_, i) => complaint(from + i, files)).filter((c) => c !== null);
}

describe("hostile models", () => {
  it("made of whole networks", { timeout: 300_000 }, () => {
    expect(complaints(1, layers.length ? 800 : 2200, networks)).toEqual([]);
  });
  it.skipIf(layers.length === 0)("made of single layers (libonnx-testdata)", { timeout: 300_000 }, () => {
    expect(complaints(100_000, 1700, layers)).toEqual([]);
    expect(process.resourceUsage().maxRSS / 1e3).toBeLessThan(MEMORY_MB);
  });
});
