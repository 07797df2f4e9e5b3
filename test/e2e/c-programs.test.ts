/** A real compiled network under the C runtime: its example program and its bundle, clean under valgrind and the sanitizers, and right. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildRuntime } from "../../scripts/build-runtime.mjs";
import { load } from "../../src/runtime/index.js";
import { readNpy, writeNpy } from "../../src/support/npy.js";
import { compiler, compilerWith, has, must, ROOT, RUNTIME_C, RUNTIME_UNITS, run } from "../runtime/support/toolbox.js";
import { GLYPHS_ONNX, glyphImage } from "./glyphs.js";
import { build, native } from "./quantized.js";

const work = mkdtempSync(join(tmpdir(), "qc-c-programs-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** valgrind 3.19 knows no AVX-512: the network is built for AVX2 (other architectures: for their baseline). */
const target = process.arch === "x64" ? "llvm -mcpu=x86-64-v3" : "llvm";
const [image] = glyphImage("test", 3);
const raw = join(work, "x.raw");
const npy = join(work, "x.npy");
const main = join(ROOT, "examples/c-program/main.c");
const VALGRIND = ["-q", "--error-exitcode=9", "--leak-check=full", "--show-leak-kinds=all", "--errors-for-leak-kinds=all"];
let folder: string;
let scores: Float32Array;

function cc(output: string, flags: readonly string[], program = compiler()): string {
  const warnings = ["-std=gnu11", "-Wall", "-Wextra"];
  must(program, [...warnings, ...flags, "-I", RUNTIME_C, main, ...RUNTIME_UNITS, "-o", output, "-lpthread", "-ldl"]);
  return output;
}

/** The five lines that examples/c-program prints. */
const topFive = (): string[] =>
  Array.from(scores.keys())
    .sort((a, b) => scores[b] - scores[a])
    .slice(0, 5)
    .map((at, rank) => `${rank + 1}. scores[${at}] = ${Number(scores[at].toPrecision(6))}`);

function expectRight(program: string, args: readonly string[], before: readonly string[] = []): void {
  const [first, ...rest] = [...before, program, ...args];
  const r = run(first, rest, { env: { ...process.env, ASAN_OPTIONS: "detect_leaks=1", UBSAN_OPTIONS: "halt_on_error=1" } });
  expect({ ...r, stdout: "" }).toEqual({ status: 0, stdout: "", stderr: "" });
  const lines = r.stdout.trimEnd().split("\n").slice(1);
  expect(lines).toEqual(topFive());
}

beforeAll(async () => {
  buildRuntime({ ifStale: true });
  const samples = Array.from({ length: 8 }, (_, i) => glyphImage("train", i));
  const built = await build({ inputPath: GLYPHS_ONNX, folder: work, quantizer: "symmetricpc", target, bundle: true }, samples);
  folder = built.folder;
  writeFileSync(raw, new Uint8Array(image.buffer));
  writeNpy(npy, { dtype: "f32", shape: [1, 3, 32, 32], data: image });
  const net = await load(folder, { threads: 1 });
  const [y] = native(net, [image]);
  scores = new Float32Array(Uint8Array.from(y).buffer);
  net.close();
});

describe("the glyph network from C", () => {
  it("examples/c-program prints the five best of the Node runtime", () => {
    expectRight(cc(join(work, "classify"), ["-O2"]), [folder, raw]);
    expectRight(join(work, "classify"), [folder, raw, "3"]);
  });
  for (const sanitizer of ["address,undefined", "thread"]) {
    const clean = compilerWith(sanitizer, work);
    it.skipIf(!clean)(`is clean under -fsanitize=${sanitizer}, with 1 and 4 threads`, () => {
      const flags = ["-O1", "-g", `-fsanitize=${sanitizer}`, "-fno-sanitize-recover=all"];
      const program = cc(join(work, `sanitized-${sanitizer}`), flags, clean);
      expectRight(program, [folder, raw]);
      expectRight(program, [folder, raw, "4"]);
    });
  }
  it.skipIf(!has("valgrind"))("is clean under valgrind, with 1 and 2 threads", () => {
    const program = cc(join(work, "plain"), ["-O1", "-g"]);
    expectRight(program, [folder, raw], ["valgrind", ...VALGRIND]);
    expectRight(program, [folder, raw, "2"], ["valgrind", ...VALGRIND]);
  });
});

describe("its bundle", () => {
  const same = (file: string) => expect(readNpy(file).data).toEqual(scores);
  it("writes the values of the Node runtime", () => {
    const y = join(work, "y.npy");
    expect(run(join(folder, "model"), [npy, "-o", y])).toEqual({ status: 0, stdout: "", stderr: "" });
    same(y);
  });
  it.skipIf(!has("valgrind"))("is clean under valgrind", () => {
    const y = join(work, "valgrind.npy");
    const args = [...VALGRIND, join(folder, "model"), npy, "-o", y, "--threads", "2"];
    expect(run("valgrind", args)).toEqual({ status: 0, stdout: "", stderr: "" });
    same(y);
  });
  it("holds the network: it needs no other file", () => {
    const alone = join(work, "alone");
    writeFileSync(alone, readFileSync(join(folder, "model")), { mode: 0o755 });
    expect(run(alone, ["--describe"], { cwd: "/" }).stdout).toMatch(/input +image: f32\[1, 3, 32, 32\]/);
  });
});
