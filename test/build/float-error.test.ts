import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { conv } from "../../bench/networks/layers.js";
import { createModel } from "../../bench/networks/model-builder.js";
import { floatError } from "../../src/build/float-error.js";
import { compileModel } from "../../src/compile.js";
import { createContext } from "../../src/context.js";
import { winogradBound } from "../../src/ir/schedule/steps/winograd-math.js";
import type { Diag } from "../../src/support/diag.js";

const work = mkdtempSync(join(tmpdir(), "qc-float-error-"));
const inputPath = join(work, "model.onnx");
afterAll(() => rmSync(work, { recursive: true, force: true }));
beforeAll(() => {
  const b = createModel("layers", 5);
  const x = b.input("x", "f32", [1, 64, 28, 28]);
  writeFileSync(inputPath, b.finish([conv(b, conv(b, x, 64, 3, { act: "relu" }), 32, 1)]).bytes);
});

const compiled = (strictFloat: boolean) =>
  compileModel({ inputPath, outputPath: join(work, "out"), target: "llvm -mcpu=skylake", strictFloat }, createContext());

describe("the error of floats", () => {
  it("is stated for each layer whose sums are not direct, and within the tolerance", async () => {
    const { floatError: found } = await compiled(false);
    expect(found.winograd).toHaveLength(1);
    const [{ node, tile, channels, bound }] = found.winograd;
    expect({ node, channels }).toEqual({ node: "Conv_0", channels: 64 });
    expect([2, 4]).toContain(tile);
    expect(bound).toBeCloseTo(winogradBound(tile as 2 | 4, 64), 6);
    expect(bound).toBeLessThanOrEqual(found.tolerance);
  });

  it("is nothing to state with --strict_float", async () => {
    expect((await compiled(true)).floatError.winograd).toEqual([]);
  });

  it("is warned of where a schedule goes beyond the tolerance", () => {
    const weights = { name: "wu", dtype: "f32", shape: [4, 36, 4096, 32], role: "const" };
    const kernel = { name: "k", buffers: [weights], stages: [], prepare: [{ buffer: "wu", kernel: {} }] };
    const launch = { kernel: 0, loc: { file: "m.onnx", node: "deep" } };
    const said: Diag[] = [];
    const { winograd } = floatError({ kernels: [kernel], launches: [launch] } as never, { report: (d) => void said.push(d) });
    expect(winograd[0].bound).toBeGreaterThan(2e-5);
    expect(said.map((d) => [d.code, d.severity])).toEqual([["QC-COMPILE-007", "warning"]]);
    expect(said[0].message).toContain("'deep'");
  });
});
