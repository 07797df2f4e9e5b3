import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { load, type Net } from "../../../src/runtime/index.js";
import { glyphFolder, qc } from "../../cli/qc.js";
import { COMPILERS, STRICT } from "./compilers.js";

const work = mkdtempSync(join(tmpdir(), "qc-c-model-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Reads an image, runs the network twice, writes the scores. */
const HARNESS = `#include <stdio.h>
#include "model.h"
static MODEL_INPUT0_TYPE image[MODEL_INPUT0_COUNT];
static MODEL_OUTPUT0_TYPE scores[MODEL_OUTPUT0_COUNT];
int main(int argc, char **argv) {
  FILE *in = argc == 3 ? fopen(argv[1], "rb") : NULL, *out = argc == 3 ? fopen(argv[2], "wb") : NULL;
  if (!in || !out || fread(image, sizeof image, 1, in) != 1) return 1;
  model_run(image, scores);
  model_run(image, scores);
  return fwrite(scores, sizeof scores, 1, out) != 1 || fclose(out) || fclose(in);
}
`;

const image = Float32Array.from({ length: 3 * 32 * 32 }, (_, i) => ((i * 2654435761) % 256) / 255);
const RUNS = [
  ["float", ["compile"]],
  ["quantized", ["optimize", "--rep_dataset", "rep_dataset.txt", "--preprocessor", "unit", "--no_float"]],
] as const;

describe.skipIf(!COMPILERS[0].path)("model.c on its own", () => {
  const scores: Record<string, { readonly library: Float32Array; readonly llvm: Float32Array }> = {};
  beforeAll(async () => {
    glyphFolder(work);
    const scoresOf = async (folder: string): Promise<Float32Array> => {
      const net: Net = await load(join(work, folder));
      const out = net.run({ image }).scores as Float32Array;
      net.close();
      return out;
    };
    for (const [name, args] of RUNS) {
      for (const target of ["c", "llvm"]) {
        const done = qc(work, [...args, "--input_path", "model.onnx", "--output_path", `${name}-${target}`, "--target", target]);
        expect(done.code, done.err).toBe(0);
      }
      scores[name] = { library: await scoresOf(`${name}-c`), llvm: await scoresOf(`${name}-llvm`) };
    }
    writeFileSync(join(work, "harness.c"), HARNESS);
    writeFileSync(join(work, "image.raw"), image);
  }, 300_000);

  it.each(RUNS.map(([name]) => name))("the library is near that of llvm, %s", (name) => {
    const { library, llvm } = scores[name];
    const scale = Math.max(...llvm.map(Math.abs));
    library.forEach((v, i) => expect(Math.abs(v - llvm[i])).toBeLessThanOrEqual(2e-5 * scale));
  });

  // what a sanitizer could find is in the ops, each of which ops.test.ts runs under it
  for (const compiler of COMPILERS.filter((c) => !c.name.includes("sanitized"))) {
    it.skipIf(!compiler.path).each(RUNS.map(([name]) => name))(
      `${compiler.name}: the bytes of the library, %s`,
      (name) => {
        const program = join(work, `${name}.run`);
        const sources = [join(work, `${name}-c/model.c`), "harness.c"];
        const flags = [...STRICT, ...compiler.flags, `-I${name}-c`];
        execFileSync(compiler.path ?? "cc", [...flags, ...sources, "-o", program], { cwd: work });
        const [command, ...args] = [...compiler.runner, program, "image.raw", "scores.raw"];
        execFileSync(command, args, { cwd: work });
        const got = readFileSync(join(work, "scores.raw"));
        const { library } = scores[name];
        expect(got.equals(Buffer.from(library.buffer, library.byteOffset, library.byteLength))).toBe(true);
      },
      300_000,
    );
  }
});

describe("the target c", () => {
  it.each([
    [["compile", "--target", "c", "-mcpu=skylake"], "QC-TARGET-009"],
    [["compile", "--target", "c -mtriple=aarch64-linux-gnu"], "QC-TARGET-009"],
    [["compile", "--target", "c", "--emit", "llvm"], "QC-COMPILE-015"],
    [["tune", "--target", "c"], "QC-TUNE-016"],
    [["compile", "--target", "c", "--optimization", "category:graph,iterations:2"], "QC-TUNE-016"],
  ])("%j is refused", (args, code) => {
    const done = qc(work, [...args, "--input_path", "model.onnx", "--output_path", "refused"]);
    expect(done.code).not.toBe(0);
    expect(done.err).toContain(`error ${code}`);
  });
  it("writes the source alone where there is no C compiler", () => {
    const done = qc(work, ["compile", "--target", "c", "--input_path", "model.onnx", "--output_path", "source"], {
      PATH: "/nowhere",
      QC_CC: "",
    });
    expect(done.code, done.err).toBe(0);
    expect(done.err).toContain("QC-COMPILE-016");
    expect(readFileSync(join(work, "source/model.c"), "utf8")).toContain("void model_run(");
  });
});
