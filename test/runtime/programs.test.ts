import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildRuntime } from "../../scripts/build-runtime.mjs";
import { readNpy, writeNpy } from "../../src/support/npy.js";
import { buildFake, compiler, FIXTURES, has, must, ROOT, RUNTIME_C, run } from "./support/toolbox.js";

const work = mkdtempSync(join(tmpdir(), "qc-programs-"));
const x = Float32Array.from({ length: 15 }, (_, i) => ((i * 7) % 15) - 7);
const n = BigInt64Array.of(40n, 2n);
const xFile = join(work, "x.npy");
const nFile = join(work, "n.raw");
afterAll(() => rmSync(work, { recursive: true, force: true }));
beforeAll(() => {
  buildRuntime({ ifStale: true });
  buildFake(join(work, "model.so"));
  writeNpy(xFile, { dtype: "f32", shape: [5, 3], data: x });
  writeFileSync(nFile, new Uint8Array(n.buffer));
  writeFileSync(join(work, "x.raw"), new Uint8Array(x.buffer));
});

const scaled = x.map((v) => 2 * v + 1);

describe("a bundle", () => {
  const bundle = join(work, "bundle");
  beforeAll(() => {
    const object = join(work, "model.o");
    must(compiler(), ["-O2", "-fPIC", "-I", RUNTIME_C, "-c", join(FIXTURES, "fake_model.c"), "-o", object]);
    const warnings = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"];
    const library = join(ROOT, "dist/runtime/libqcrt.a");
    must(compiler(), [
      "-O2",
      ...warnings,
      "-I",
      RUNTIME_C,
      join(RUNTIME_C, "bundle_main.c"),
      object,
      library,
      "-o",
      bundle,
      "-lpthread",
      "-ldl",
    ]);
  });

  it("runs on .npy and raw files, and writes both", () => {
    const outputs = [join(work, "scaled.npy"), join(work, "codes.raw"), join(work, "total.npy")];
    const r = run(bundle, [xFile, nFile, ...outputs.flatMap((file) => ["-o", file]), "--threads", "2"]);
    expect(r).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(readNpy(outputs[0])).toEqual({ dtype: "f32", shape: [5, 3], data: scaled });
    expect(Array.from(new Int8Array(readFileSync(outputs[1])))).toEqual([-7, 0, 7]);
    expect(readNpy(outputs[2])).toEqual({ dtype: "i64", shape: [], data: BigInt64Array.of(42n) });
  });

  it("takes the shape that the input has, ones in front aside", () => {
    const shaped = join(work, "shaped.npy");
    const ended = (shape: number[]) => {
      writeNpy(shaped, { dtype: "f32", shape, data: x });
      return run(bundle, [shaped, nFile, "-o", join(work, "y.npy")]);
    };
    for (const shape of [
      [5, 3],
      [1, 5, 3],
      [1, 1, 5, 3],
    ])
      expect(ended(shape)).toEqual({ status: 0, stdout: "", stderr: "" });
    for (const shape of [[3, 5], [15], [5, 1, 3], [5, 3, 1], [15, 1]]) {
      const r = ended(shape);
      expect(r.status).toBe(1);
      expect(r.stderr).toMatch(/input '.*' is f32\[5, 3\], the file says \([\d, ]+\)\n$/);
      expect(r.stderr).toContain(`the file says (${shape.join(", ")}`);
    }
  });

  it("prints the largest values otherwise", () => {
    const r = run(bundle, [xFile, nFile]);
    const order = Array.from(scaled.keys()).sort((a, b) => scaled[b] - scaled[a]);
    const rows = r.stdout
      .split("\n")
      .filter((line) => /^ +\d+ /.test(line))
      .map((line) => line.trim().split(/ +/).map(Number));
    expect(rows.slice(0, 5)).toEqual(order.slice(0, 5).map((i) => [i, scaled[i]]));
    expect(r.stdout).toContain("total: i64[]\n         0  42\n");
  });

  it("describes and measures itself", () => {
    expect(run(bundle, ["--describe"]).stdout).toContain("output codes: i8[3]  quantized per axis 0, 3 scales");
    expect(run(bundle, ["--bench", "20"]).stdout).toMatch(
      /^fake: 20 runs, ms: min \d+\.\d+ {2}median \d+\.\d+ {2}p99 \d+\.\d+\n$/,
    );
  });

  it("refuses wrong calls (2) and wrong data (1), naming them", () => {
    const f64 = join(work, "f64.npy");
    writeNpy(f64, { dtype: "f64", shape: [5, 3], data: Float64Array.from(x) });
    const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
      [[xFile], 2, /1 input files given, 'fake' takes 2/],
      [["--nonsense"], 2, /usage/],
      [["--bench", "0"], 2, /--bench wants a number/],
      [[nFile, xFile], 1, /n\.raw has 16 bytes, input 'x' takes 60/],
      [[f64, nFile], 1, /input 'x' is f32, the file says \{'descr': '<f8'/],
      [[join(work, "none.npy"), nFile], 1, /cannot read .*none\.npy: No such file/],
      [[xFile, nFile, "-o", join(work, "no/such/folder.raw")], 1, /cannot write/],
    ];
    for (const [args, status, text] of cases) {
      const r = run(bundle, args);
      expect([args, r.status]).toEqual([args, status]);
      expect(r.stderr).toMatch(text);
    }
  });

  it.skipIf(!has("valgrind"))("is clean under valgrind", () => {
    const r = run("valgrind", ["-q", "--error-exitcode=9", "--leak-check=full", bundle, xFile, nFile]);
    expect({ ...r, stdout: "" }).toEqual({ status: 0, stdout: "", stderr: "" });
  });
});

describe.skipIf(!has("make"))("examples/c-program", () => {
  const make = (...args: string[]) => must("make", ["-s", "-C", join(ROOT, "examples/c-program"), `OUT=${work}`, ...args]);
  it("builds, and prints the top five", () => {
    expect(make("run", `MODEL=${work}`, `INPUT=${join(work, "x.raw")}`)).toBe(
      [
        "fake: 2 inputs, 3 outputs, arena 60 bytes, weights 0",
        "1. scaled[2] = 15",
        "2. scaled[4] = 13",
        "3. scaled[6] = 11",
        "4. scaled[8] = 9",
        "5. scaled[10] = 7",
        "",
      ].join("\n"),
    );
    expect(run(join(work, "classify"), [work]).stdout).toContain("1. scaled[0] = 1\n");
    expect(run(join(work, "classify"), [work, nFile])).toMatchObject({
      status: 1,
      stderr: `error: ${nFile} does not have exactly 60 bytes\n`,
    });
    expect(run(join(work, "classify"), ["/nowhere"])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("no such file"),
    });
  });
});
