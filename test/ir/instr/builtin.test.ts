import { describe, expect, it } from "vitest";
import { runKernel } from "../../../src/backends/js/run-kernel.js";
import { kernelsText } from "../../../src/backends/llvm/emit/kernels.js";
import { builtinInstrs } from "../../../src/ir/instr/builtin.js";
import { expandInstr, type InstrDef, instrTable } from "../../../src/ir/instr/define.js";
import * as make from "../../../src/ir/loop/make.js";
import type { Buffer, Kernel } from "../../../src/ir/loop/stmt.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";
import { createGen } from "../../../src/ir/op/sample.js";
import type { TypedArray } from "../../../src/ir/op/tensor.js";
import { dtypeInfo } from "../../../src/ir/type/dtype.js";
import { buildNative, openNative } from "../../backends/llvm/native.js";

const TABLE = instrTable(builtinInstrs);
const ROWS = 5;

/** for r: y[r, ..] = instr(y[r, ..], a[r, ..], b[r, ..]) */
function kernelOf(def: InstrDef): Kernel {
  const r = make.variable("r");
  const ramp = (lanes: number) => make.ramp(make.index(0), 1, lanes);
  const operands = def.operands.map((o, n): Buffer => ({ name: "ab"[n], dtype: o.t, shape: [ROWS, o.lanes], role: "in" }));
  const args = operands.map((b) => make.load(b.name, b.dtype, [r, ramp(b.shape[1])]));
  const y: Buffer = { name: "y", dtype: def.result.t, shape: [ROWS, def.result.lanes], role: "inout" };
  const instr = { k: "instr", name: def.name, dst: { buffer: "y", index: [r, ramp(def.result.lanes)] }, args } as const;
  return { name: def.name, buffers: [...operands, y], stages: [{ name: "all", body: make.loop("r", ROWS, instr) }], prepare: [] };
}

/** Drawn operands; the first row all at their least values, the second at their greatest, the third signs apart: where others saturate. */
function dataOf(kernel: Kernel): Record<string, TypedArray> {
  const g = createGen(31);
  return Object.fromEntries(
    kernel.buffers.map((b, n) => {
      const { data } = g.tensor({ dtype: b.dtype, shape: b.shape });
      const { min, max } = dtypeInfo(b.dtype);
      const lanes = b.shape[1];
      data.forEach((_, i) => {
        const row = Math.floor(i / lanes);
        const extreme = [min, max, n === 0 ? max : min][row];
        (data as Int32Array)[i] = b.role === "inout" ? [2147483647, -2147483648, 5, 6, 7][row] : (extreme ?? g.int(min, max));
      });
      return [b.name, data];
    }),
  );
}

/** The sums in exact integers, wrapped once. */
function sumsOf(def: InstrDef, data: Record<string, TypedArray>): readonly number[] {
  const [a, b, y] = [data.a, data.b, data.y].map((x) => [...(x as Int32Array)]);
  const lanes = def.result.lanes;
  const per = def.operands[0].lanes / lanes;
  const isMatrix = !def.sums;
  return y.map((old, i) => {
    const [row, l] = [Math.floor(i / lanes), i % lanes];
    const base = row * def.operands[0].lanes;
    let sum = BigInt(old);
    for (let j = 0; j < (isMatrix ? 8 : per); j++) {
      const [p, q] = isMatrix ? [8 * (l >> 1) + j, 8 * (l & 1) + j] : [l * per + j, l * per + j];
      sum += BigInt(a[base + p]) * BigInt(b[base + q]);
    }
    return Number(BigInt.asIntN(32, sum));
  });
}

describe("the body of every instruction is its meaning", () => {
  it.each(builtinInstrs.map((d) => [d.name, d] as const))("%s", (_, def) => {
    const kernel = kernelOf(def);
    const data = dataOf(kernel);
    verifyKernel(kernel);
    expect([...(runKernel(kernel, data, { instrs: TABLE }).y as Int32Array)]).toEqual(sumsOf(def, data));
  });

  it("refuses names and operands that the table does not have", () => {
    const dst = { buffer: "y", index: [make.index(0)] };
    expect(() => expandInstr({ k: "instr", name: "vpdpbusds", dst, args: [] }, TABLE)).toThrow(/unknown instruction/);
    const bytes = make.splat(make.constant("i8", 1), 16);
    expect(() => expandInstr({ k: "instr", name: "vpdpbusd_xmm", dst, args: [bytes, bytes] }, TABLE)).toThrow(
      /takes u8 x 16, i8 x 16/,
    );
  });
});

const native = openNative();
const host = native.target("llvm");

/** Mnemonic of an instruction's name: what stands before its width. */
const mnemonic = (def: InstrDef): string => def.name.split("_")[0];

describe("the body of every instruction is what the hardware does", () => {
  for (const def of builtinInstrs) {
    const has = def.needs.every((f) => host.features.includes(f));
    it.skipIf(!has)(def.name, () => {
      const kernel = kernelOf(def);
      const data = dataOf(kernel);
      const built = buildNative(native, [kernel], host, { instrs: TABLE, asm: true });
      expect([...(built.run(0, data).y as Int32Array)]).toEqual(sumsOf(def, data));
      if (def.emit.llvm) expect(built.asm).toContain(mnemonic(def));
    });
  }
});

describe("spelled for targets that are not here", () => {
  const target = "llvm -mtriple=aarch64-unknown-linux-gnu -mcpu=neoverse-v1";
  it.each(["sdot", "usdot", "smmla", "usmmla"])("%s", (name) => {
    const def = TABLE.get(name);
    if (!def) throw new Error(`no instruction ${name}`);
    const arm = native.target(target);
    const text = kernelsText([kernelOf(def)], arm, TABLE, 64);
    const machine = { triple: arm.mtriple, cpu: arm.mcpu, features: arm.flags };
    const { asm } = native.llvm.compile({ texts: [text], ...machine, optLevel: 2, emit: ["asm"] });
    expect(asm).toMatch(new RegExp(`\\b${name}\\b`));
  });
});
