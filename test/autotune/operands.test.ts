import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { drawOperands } from "../../src/autotune/worker/data.js";
import { createOperands } from "../../src/autotune/worker/operands.js";
import type { OperandTables } from "../../src/backends/backend.js";
import { measuredKernelText } from "../../src/backends/llvm/emit/measured.js";
import { compileKernelCode, loadKernels, memoryObject } from "../../src/backends/llvm/native-kernels.js";
import { openPool } from "../../src/runtime/pool.js";
import { scheduleKernel } from "../../src/schedules/cpu/schedule.js";
import { shortHash } from "../../src/support/hash.js";
import { openNative } from "../backends/llvm/native.js";
import { lowered, tensor } from "./kernels.js";

const folder = mkdtempSync(join(tmpdir(), "qc-operands-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const native = openNative();
const target = native.target("llvm");
const memory = memoryObject(target, native.llvm);

/** y = x W of 128 rows, scheduled, its constant in a file. */
function product() {
  const { group, drawn } = lowered("dense", [tensor("f32", [128, 96]), tensor("f32", [160, 96]), null], {});
  const file = join(folder, "w");
  const w = drawn.inputs[1];
  if (!w) throw new Error("no weights");
  writeFileSync(file, new Uint8Array(w.data.buffer, w.data.byteOffset, w.data.byteLength));
  const name = group.kernel.buffers.find((b) => b.role === "const")?.name ?? "";
  return {
    kernel: group.kernel,
    scheduled: scheduleKernel(group.kernel, target).kernel,
    consts: { [name]: file },
    bytes: w.data.byteLength,
  };
}

const setOf = ({ pointers, sets }: OperandTables, i: number) =>
  pointers.slice((i * pointers.length) / sets, ((i + 1) * pointers.length) / sets);

describe("operands of candidates", () => {
  const { kernel, scheduled, consts, bytes } = product();
  const at = (role: string) => scheduled.buffers.findIndex((b) => b.role === role);
  const store = createOperands(kernel, drawOperands(kernel, 1), consts, {
    constants: 3 * bytes + 5000,
    arena: 2 * 128 * 160 * 4,
  });
  it("stand in as many copies as fit the footprint: constants and results by turns, inputs in one place", () => {
    const { tables } = store.of(scheduled);
    const column = (role: string) => new Set(Array.from({ length: tables.sets }, (_, i) => setOf(tables, i)[at(role)]));
    expect(tables.sets).toBe(3);
    expect(column("const").size).toBe(3);
    expect(column("out").size).toBe(2);
    expect(column("in").size).toBe(1);
    expect([...tables.pointers].every((p) => p % 64n === 0n)).toBe(true);
    store.release();
  });
  it("give the same results from every copy, on one thread and on a pool", () => {
    const text = measuredKernelText(scheduled, "kernel", target, 64);
    const object = compileKernelCode({ text, hash: shortHash(text, 24) }, "k", target, native.llvm);
    const library = loadKernels([{ symbol: "k", object }], memory);
    const pool = openPool(3);
    try {
      const operands = store.of(scheduled);
      const result = (first: number, repeats: number, threads: typeof pool | null) => {
        store.reset();
        library.run[0](operands.tables, first, repeats, threads);
        return Buffer.from(Object.values(store.snapshot())[0]).toString("base64");
      };
      const want = result(0, 1, null);
      expect(want).not.toBe(Buffer.alloc(128 * 160 * 4, 0xa5).toString("base64"));
      // sets 0 and 2 write to the first copy of the result
      expect(result(2, 1, null)).toBe(want);
      expect(result(1, 2, pool)).toBe(want);
      expect(result(1, 1, null)).not.toBe(want);
      expect(result(0, 7, pool)).toBe(want);
    } finally {
      pool.close();
      library.unload();
    }
  });
});
