/**
 * The first promise: what the shared object computes in int8 is what the reference computes, byte for byte, whatever the quantizer, the
 * number of threads, or the instructions of the CPU. Two references: op.eval of every node, and the unscheduled loops on the JS backend.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostInfo, openLLVM } from "../../../src/backends/llvm/libllvm/open.js";
import { openToolchain } from "../../../src/build/toolchain.js";
import { missingOnHost } from "../../../src/ir/target/target.js";
import type { Quantizer } from "../../../src/passes/quant/recipe/recipe.js";
import { load } from "../../../src/runtime/index.js";
import { GLYPHS_ONNX, glyphImage, unusualImages } from "../../e2e/glyphs.js";
import { type Built, build, evaluated, type Inputs, interpreted, native } from "../../e2e/quantized.js";

const work = mkdtempSync(join(tmpdir(), "qc-exact-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const samples = Array.from({ length: 16 }, (_, i) => glyphImage("train", i));
const inputs: readonly Inputs[] = [...Array.from({ length: 6 }, (_, i) => glyphImage("test", i)), ...unusualImages()];
/** op.eval takes half a second an image: a glyph and everything unusual. */
const EVALUATED = [0, 7, 8, 9, 10];
const build8 = (quantizer: Quantizer, name: string, target?: string): Promise<Built> =>
  build({ inputPath: GLYPHS_ONNX, folder: join(work, name), quantizer, target }, samples);

async function outputs(folder: string, threads: number): Promise<readonly (readonly Buffer[])[]> {
  const net = await load(folder, { threads });
  const results = inputs.map((x) => native(net, x));
  net.close();
  return results;
}

describe.each(["symmetric", "asymmetric", "symmetricpc"] as const)("the glyph network, %s", (quantizer) => {
  let built: Built;
  let got: readonly (readonly Buffer[])[];
  beforeAll(async () => {
    built = await build8(quantizer, quantizer);
    got = await outputs(built.folder, 1);
  });

  it("keeps no float layer but the tail", () => {
    const contractions = built.integer.funcs[0].body.filter((n) => ["conv", "dense", "matmul"].includes(n.op));
    expect(contractions.length).toBeGreaterThan(3);
    expect(new Set(contractions.map((n) => n.outputs[0].type.dtype))).toEqual(new Set(["i32"]));
    expect(built.report.floatIslands).toEqual([]);
  });
  it("native = op.eval, byte for byte", () => {
    for (const i of EVALUATED) expect(evaluated(built, inputs[i]), `input ${i}`).toEqual(got[i]);
  });
  it("native = the unscheduled loops in JS, byte for byte", () => {
    const run = interpreted(built);
    expect(inputs.map(run)).toEqual(got);
  });
  it("the same with 2 and 5 threads", async () => {
    expect(await outputs(built.folder, 2)).toEqual(got);
    expect(await outputs(built.folder, 5)).toEqual(got);
  });
  it("tells images apart: the outputs differ", () => {
    expect(new Set(got.map(([y]) => y.toString("hex"))).size).toBeGreaterThan(8);
  });
});

describe("symmetricpc, the model's own layout kept", () => {
  it.each([1, 2, 3] as const)("preset O%i: the bytes of op.eval and of the loops in JS", async (optLevel) => {
    const folder = join(work, `nchw${optLevel}`);
    const built = await build({ inputPath: GLYPHS_ONNX, folder, quantizer: "symmetricpc", layout: "NCHW", optLevel }, samples);
    const got = await outputs(built.folder, 2);
    expect(inputs.map(interpreted(built))).toEqual(got);
    expect(evaluated(built, inputs[0])).toEqual(got[0]);
  });
});

describe("symmetricpc on other instructions of this CPU", () => {
  const llvm = openLLVM();
  const runsHere = (target: string): boolean => missingOnHost(openToolchain(target).target, hostInfo(llvm)).length === 0;
  const cpus = ["x86-64", "x86-64-v2", "x86-64-v3", "skylake-avx512", "cascadelake", "alderlake"];
  const isX86 = process.arch === "x64";
  let want: readonly (readonly Buffer[])[];
  beforeAll(async () => {
    want = await outputs((await build8("symmetricpc", "host")).folder, 1);
  });
  for (const cpu of cpus) {
    const target = `llvm -mcpu=${cpu}`;
    it.skipIf(!isX86 || !runsHere(target))(`${cpu}: the bytes of the host's own build`, async () => {
      const built = await build8("symmetricpc", cpu, target);
      expect(built.report.target).toContain(cpu);
      expect(await outputs(built.folder, 1)).toEqual(want);
    });
  }
});
