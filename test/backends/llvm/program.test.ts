import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { buildRuntime } from "../../../scripts/build-runtime.mjs";
import { equalKernels, formProgram } from "../../../src/backends/forms.js";
import { loadProgram } from "../../../src/backends/js/run-program.js";
import { buildShared } from "../../../src/backends/llvm/build.js";
import type { ObjectFile } from "../../../src/backends/native/link-with.js";
import { createBlobStore } from "../../../src/ir/blob/blob-store.js";
import * as make from "../../../src/ir/loop/make.js";
import type { Launch, Place, Program } from "../../../src/ir/loop/program.js";
import type { Buffer, Kernel, Stmt } from "../../../src/ir/loop/stmt.js";
import { perAxis, perTensor } from "../../../src/ir/type/quant.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { load } from "../../../src/runtime/index.js";
import { openNative } from "./native.js";

const N = 4096;
const blobs = createBlobStore();
const i = make.variable("i");
const f32 = (name: string, role: Buffer["role"], n = N): Buffer => ({ name, dtype: "f32", shape: [n], role });
const kernel = (name: string, buffers: readonly Buffer[], ...bodies: readonly Stmt[]): Kernel => ({
  name,
  buffers,
  stages: bodies.map((body, s) => ({ name: `s${s}`, body })),
  prepare: [],
});
const parallel = (extent: number, body: Stmt): Stmt => ({ k: "for", name: "i", extent, kind: "parallel", body });
const at = (name: string): ReturnType<typeof make.load> => make.load(name, "f32", [i]);

/** y = x * w + 1, in parallel; written twice under different names. */
const scale = (name: string): Kernel =>
  kernel(
    name,
    [f32("x", "in"), f32("w", "const"), f32("y", "out")],
    parallel(N, make.store("y", [i], make.add(make.mul(at("x"), at("w")), make.constant("f32", 1)))),
  );
/** y[0] = sum x through a scratch buffer, one stage in parallel and one serial; then the running count n += 1. */
const sum = kernel(
  "sum",
  [f32("x", "in"), f32("y", "out", 1), f32("n", "inout", 1), f32("t", "scratch")],
  parallel(N, make.store("t", [i], make.mul(at("x"), make.load("n", "f32", [make.index(0)])))),
  make.seq(
    make.store("y", [make.index(0)], make.constant("f32", 0)),
    make.loop("i", N, make.reduce("add", "y", [make.index(0)], at("t"))),
    make.reduce("add", "n", [make.index(0)], make.constant("f32", 1)),
  ),
);

const arena = (offset: number): Place => ({ in: "arena", offset });
const launch = (label: string, k: number, places: readonly Place[]): Launch => ({
  label,
  kernel: k,
  places,
  flops: 2e6,
  bytes: 1e6,
  loc: { file: "test", node: label },
});
const w = Float32Array.from({ length: N }, (_, k) => (k % 7) - 3);
const first = Float32Array.of(2);
const port = (name: string, n: number, quant: Parameters<typeof tensorType>[2] = null) => ({
  name,
  type: tensorType("f32", [n], quant),
});

const program: Program = {
  name: 'pro"gram é',
  inputs: [port("in", N)],
  outputs: [port("out", N, perTensor(0.5, 3)), port("total", 1, perAxis(0, [0.25]))],
  kernels: [scale("one"), scale("another"), sum],
  launches: [
    launch("input to arena", 0, [{ in: "input", index: 0 }, { in: "weights", offset: 64 }, arena(0)]),
    launch("in place", 1, [arena(0), { in: "weights", offset: 64 }, arena(0)]),
    launch("arena to output", 1, [arena(0), { in: "weights", offset: 64 }, { in: "output", index: 0 }]),
    launch("sum", 2, [arena(0), { in: "output", index: 1 }, { in: "state", offset: 0 }, arena(4 * N)]),
  ],
  arenaBytes: 8 * N,
  weights: [{ blob: blobs.put(new Uint8Array(w.buffer)), offset: 64, bytes: 4 * N }],
  weightBytes: 64 + 4 * N,
  states: [{ ...port("sum", 1), output: "next sum", offset: 0 }],
  stateBytes: 4,
  stateInit: [{ blob: blobs.put(new Uint8Array(first.buffer)), offset: 0, bytes: 4 }],
};

const folder = mkdtempSync(join(tmpdir(), "qc-program-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("programs", () => {
  const native = openNative();
  const target = native.target("llvm");
  const options = { producer: "qc test", emit: ["llvm", "asm"] as const };
  const file = join(folder, "model.so");
  const built = buildShared(program, blobs, target, native.llvm, file, options);
  buildRuntime({ ifStale: true });

  it("merges kernels that differ in name only, and keeps launches apart whose operands alias", () => {
    expect(equalKernels(program.kernels)).toEqual([0, 0, 2]);
    const { forms, formOf } = formProgram(program);
    expect(formOf).toEqual([0, 1, 0, 2]);
    expect(forms[0]).toMatchObject({ params: [0, 1, 2], aligns: [1, 64, 1], overlaps: [false, false, false] });
    expect(forms[1]).toMatchObject({ params: [0, 1, 0], aligns: [64, 64, 64] });
  });

  it("drops noalias where a written operand overlaps another", () => {
    const shifted = { ...program, launches: [launch("shifted", 0, [arena(0), arena(64 * 1024), arena(64)])] };
    expect(formProgram(shifted).forms[0].overlaps).toEqual([true, false, true]);
  });

  it.each([1, 3])("runs as the JavaScript program does, %i threads, state and all", async (threads) => {
    const net = await load(file, { threads });
    const js = loadProgram(program, blobs);
    const data = Float32Array.from({ length: N }, (_, k) => (k % 11) - 5);
    for (let run = 0; run < 3; run++) {
      const want = js.run([{ type: program.inputs[0].type, data }]);
      const got = net.run({ in: data });
      expect(got.out).toEqual(want[0].data);
      expect(got.total).toEqual(want[1].data);
    }
    net.reset();
    js.reset();
    expect(net.run({ in: data }).total).toEqual(js.run([{ type: program.inputs[0].type, data }])[1].data);
    net.close();
  });

  it("describes itself", async () => {
    const net = await load(file, { threads: 1 });
    const description = net.describe();
    expect(description).toMatchObject({ name: program.name, producer: "qc test", arenaBytes: 8 * N });
    expect(description.phases.map((p) => p.name)).toEqual(program.launches.map((l) => l.label));
    expect(description.outputs[0]).toMatchObject({ dtype: "f32", shape: [N] });
    net.startProfile();
    net.run({ in: new Float32Array(N) });
    expect(net.profile().phases.every((p) => p.ns > 0)).toBe(true);
    net.close();
  });

  it("needs nothing from outside and exports one symbol", () => {
    const symbols = execFileSync("nm", ["-D", file], { encoding: "utf8" }).trim().split("\n");
    expect(symbols.map((s) => s.trim().split(/\s+/).slice(-2))).toEqual([["D", "qc_model"]]);
  });

  it("gives the IR and the assembly on request", () => {
    expect(built.llvm).toContain("; one, stage s0");
    expect(built.asm).toContain("k0_s0:");
  });

  it("is the same bytes every time", () => {
    const again = buildShared(program, blobs, target, native.llvm, join(folder, "again.so"), { producer: "qc test" });
    const bytes = (o: ObjectFile) => Buffer.concat(o instanceof Uint8Array ? [o] : [...o.pieces()]).toString("base64");
    expect(again.objects.map(bytes)).toEqual(built.objects.map(bytes));
  });
});
