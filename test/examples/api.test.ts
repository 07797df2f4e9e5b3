/** The example of the TypeScript API, as a user runs it: on the built package. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compile, createContext, evaluate, optimize, QcError, readModelRecord } from "../../src/index.js";
import { ROOT } from "../cli/qc.js";

const work = mkdtempSync(join(tmpdir(), "qc-api-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const glyphs = join(ROOT, "examples/glyphs");
const model = join(glyphs, "glyphs.onnx");
const codeOf = (done: Promise<unknown>): Promise<string> =>
  done.then(
    () => "no error",
    (e: unknown) => (e instanceof QcError ? e.code : String(e)),
  );

it("the example quantizes a network, measures it and runs it", () => {
  const script = join(ROOT, "examples/api/quantize.ts");
  const out = join(work, "example");
  const run = spawnSync(process.execPath, ["--import", "jiti/register", script, out], { cwd: ROOT, encoding: "utf8" });
  expect(run.status, run.stderr).toBe(0);
  const [weights, accuracy, image] = run.stdout.trim().split("\n");
  const [inFloats, inIntegers] = weights.match(/\d+/g)?.map(Number) ?? [];
  expect(inFloats).toBeGreaterThan(3 * inIntegers);
  const [, , top1, top1InFloats] = accuracy.match(/[\d.]+/g)?.map(Number) ?? [];
  expect(top1).toBeGreaterThan(80);
  expect(Math.abs(top1 - top1InFloats)).toBeLessThan(10);
  expect(image).toMatch(/: \d+ values$/);
  expect(readdirSync(out)).toEqual(expect.arrayContaining(["float", "model.h", "model.json", "model.so"]));
});

describe("the functions", () => {
  it("keep no path of the machine in the record, and name the processor in the target", async () => {
    const out = join(work, "record");
    await compile({ inputPath: model, outputPath: out, target: "llvm -mtriple=x86_64-linux-gnu -mcpu=znver3" });
    const record = readModelRecord(join(out, "model.json"));
    expect(record.source.path.startsWith("/")).toBe(false);
    expect(join(out, record.source.path)).toBe(model);
    expect(record).toMatchObject({ version: 1, quantizer: "none", cpu: "znver3" });
    expect(record.target).toMatch(/-mcpu=znver3/);
    expect(record.arithmetic.length).toBeGreaterThan(0);
    expect(record.arithmetic.every((a) => a.kernel !== "" && a.kind === "float")).toBe(true);
  });
  it("take samples from a function, and hand warnings to the context", async () => {
    const opened: string[][] = [];
    const context = createContext();
    const report = await optimize(
      {
        inputPath: model,
        outputPath: join(work, "drawn"),
        samples: async function* ([input], names) {
          opened.push([...names]);
          const count = input.type.shape.reduce<number>((n, d) => n * Number(d), 1);
          for (let i = 0; i < 4; i++)
            yield { values: { [names[0]]: Float32Array.from({ length: count }, (_, j) => ((i + 1) * j) % 2) } };
        },
      },
      context,
    );
    expect(opened.length).toBeGreaterThan(0);
    expect(report.calibration?.samples).toBe(4);
    expect(readModelRecord(join(work, "drawn/model.json"))).toMatchObject({ quantizer: "symmetricpc", calibrationSamples: 4 });
  });
  it("throw coded errors, and write nothing then", async () => {
    const gone = join(work, "gone");
    expect(await codeOf(compile({ inputPath: join(work, "no.onnx"), outputPath: gone }))).toBe("QC-COMPILE-001");
    expect(await codeOf(optimize({ inputPath: model, outputPath: gone, samples: join(work, "no.txt") }))).toMatch(/^QC-/);
    expect(await codeOf(evaluate({ modelPath: gone, samples: join(glyphs, "samples/index.txt") }))).toMatch(/^QC-/);
    expect(readdirSync(work)).not.toContain("gone");
  });
});
