import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createScheduleSpace } from "../../src/autotune/schedule-space.js";

import { differenceOf, drawOperands } from "../../src/autotune/worker/data.js";
import { createProcessMeasurer } from "../../src/autotune/worker/process.js";
import { collectWorkloads } from "../../src/autotune/workload.js";
import type { Kernel } from "../../src/ir/loop/stmt.js";
import type { Target } from "../../src/ir/target/target.js";
import { conv, HERE, lowered, MACHINE, scheduleOn, tensor } from "./kernels.js";

const folder = mkdtempSync(join(tmpdir(), "qc-worker-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A worker that does what the loops of a candidate's first step are called. */
const WORKER = `
const ok = { code: "c", isDuplicate: false, ms: [1], baselineMs: [2], error: null };
const send = (m) => new Promise((r) => process.send(m, r));
process.on("disconnect", () => process.exit(0));
process.on("message", async (m) => {
  if (m.k === "open") return send({ k: "done", results: [ok] });
  const what = m.candidates.map((steps) => steps[0].loop);
  for (const [candidate, w] of what.entries()) {
    await send({ k: "phase", candidate, phase: "run" });
    if (w === "segfault") process.kill(process.pid, "SIGSEGV");
    if (w === "hang") for (;;);
    if (w === "exit") { process.stderr.write("LLVM stopped on an internal error"); process.exitCode = 1; process.disconnect(); return; }
  }
  await send({ k: "phase", candidate: -1, phase: "time" });
  if (what.includes("late")) process.kill(process.pid, "SIGKILL");
  send({ k: "done", results: what.map((w) => ({ ...ok, code: w })) });
});
`;

describe("the measuring process", () => {
  const script = join(folder, "worker.mjs");
  writeFileSync(script, WORKER);
  const [workload] = collectWorkloads([conv().group.kernel], HERE.target);
  const space = createScheduleSpace(workload.kernel, scheduleOn(MACHINE));
  const candidate = (loop: string) => ({ ...space.standard, key: loop, steps: [{ step: "unroll" as const, stage: "s", loop }] });
  const measurer = () =>
    createProcessMeasurer(
      (key, standard) => ({
        k: "open",
        key,
        kernel: workload.kernel,
        standard,
        consts: {},
        seed: 0,
        threads: 1,
        footprint: { constants: 0, arena: 0 },
        target: {} as Target,
      }),
      { script, limits: { run: 4000 } },
    );
  const options = { rounds: 1, thorough: false, known: new Set<string>() };
  const run = async (...names: string[]) => {
    const m = measurer();
    try {
      await m.open(workload, space.standard);
      return (await m.measure(workload, names.map(candidate), options)).map((r) => r.error?.kind ?? r.code);
    } finally {
      m.close();
    }
  };
  it("measures", async () => expect(await run("a", "b")).toEqual(["a", "b"]));
  it("survives candidates that crash, hang, or end it, and measures the others", async () => {
    expect(await run("a", "segfault", "b", "hang", "exit", "c")).toEqual(["a", "crash", "b", "timeout", "crash", "c"]);
  });
  it("finds out whose fault it was where the process ends while all are timed", async () => {
    expect(await run("a", "late", "b")).toEqual(["a", "crash", "b"]);
  });
  it("says that it is not built where it is not", async () => {
    const m = createProcessMeasurer(() => ({}) as never, { script: join(folder, "none.js") });
    await expect(m.open(workload, space.standard)).rejects.toMatchObject({ code: "QC-TUNE-004" });
  });
});

const f32 = (...v: number[]) => new Uint8Array(Float32Array.from(v).buffer);
const kernelOf = (dtype: "f32" | "i32", length: number): Kernel => ({
  name: "k",
  buffers: [{ name: "y0", dtype, shape: [length], role: "out" }],
  stages: [],
  prepare: [],
});

describe("results of candidates", () => {
  const differs = (want: number[], got: number[]) =>
    differenceOf(kernelOf("f32", want.length), { y0: f32(...want) }, { y0: f32(...got) });
  it("may differ by rounding in floats", () => {
    expect(differs([1, 100, Number.NaN, Infinity], [1.001, 100.001, Number.NaN, Infinity])).toBeNull();
    expect(differs([1, 100], [1.1, 100])).toMatch(/result 'y0': element 0 is 1\.1/);
    expect(differs([1, 100], [1, Number.NaN])).toMatch(/element 1 is NaN, not 100/);
    expect(differs([0, 0], [0, 1e-9])).not.toBeNull();
  });
  it("are exact in integers", () => {
    const i32 = (...v: number[]) => new Uint8Array(Int32Array.from(v).buffer);
    expect(differenceOf(kernelOf("i32", 2), { y0: i32(1, 2) }, { y0: i32(1, 2) })).toBeNull();
    expect(differenceOf(kernelOf("i32", 2), { y0: i32(1, 2) }, { y0: i32(1, 3) })).toMatch(/element 1 is 3, not 2/);
  });
});

describe("inputs of candidates", () => {
  it("are the same for the same seed, of the kind networks have, and zero where they are positions", () => {
    const { kernel } = conv("i8").group;
    expect(drawOperands(kernel, 4)).toEqual(drawOperands(kernel, 4));
    expect(drawOperands(kernel, 4)).not.toEqual(drawOperands(kernel, 5));
    const codes = new Set(drawOperands(kernel, 4).x0 as Int8Array);
    expect(Math.min(...codes)).toBeLessThan(-100);
    expect(Math.max(...codes)).toBeGreaterThan(100);
    const floats = drawOperands(conv().group.kernel, 4).x0 as Float32Array;
    expect(floats.every((v) => Math.abs(v) <= 1.5)).toBe(true);
    const gather = lowered("gather", [tensor("f32", [5, 4]), tensor("i64", [3])], { axis: 0 }).group.kernel;
    const asInputs = { ...gather, buffers: gather.buffers.map((b) => (b.role === "const" ? { ...b, role: "in" as const } : b)) };
    const index = asInputs.buffers.find((b) => b.dtype === "i64")?.name ?? "";
    expect([...(drawOperands(asInputs, 1)[index] as BigInt64Array)].every((v) => v === 0n)).toBe(true);
  });
});
