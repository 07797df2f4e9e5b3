import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import koffi from "koffi";
import { afterAll, describe, expect, test } from "vitest";
import { memFunctionsIR } from "../../../src/backends/llvm/libllvm/mem-functions.js";
import { hostInfo, openLLVM } from "../../../src/backends/llvm/libllvm/open.js";
import { constantsObject } from "../../../src/backends/native/constants-object.js";
import { elfArch, linkExecutable, linkShared } from "../../../src/backends/native/link.js";
import type { ObjectFile } from "../../../src/backends/native/link-with.js";
import { findProgram } from "../../../src/backends/native/tools.js";
import { archHere } from "../../../src/ir/target/arch.js";
import { resolveTarget } from "../../../src/ir/target/resolve.js";
import { QcError } from "../../../src/support/diag.js";
import { AARCH64, ADD_VECTORS } from "../llvm/libllvm-texts.js";

const llvm = openLLVM();
const target = resolveTarget("llvm", hostInfo(llvm));
const HOST = { triple: target.mtriple, cpu: target.mcpu, features: target.flags } as const;
const folder = mkdtempSync(join(tmpdir(), "qc-link-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const object = (...texts: readonly string[]) => llvm.compile({ texts, ...HOST, optLevel: 3 }).object;
const memFunctions = object(memFunctionsIR());

function link(name: string, objects: readonly ObjectFile[], exports: readonly string[]): string {
  const output = join(folder, name);
  linkShared({ objects, output, exports });
  return output;
}

function errorOf(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    if (error instanceof QcError) return `${error.message} ${error.diags[0].help ?? ""}`;
    throw error;
  }
  throw new Error("no error was thrown");
}

describe("linkShared", () => {
  test("a vector function runs", () => {
    const so = link("add.so", [object(ADD_VECTORS)], ["add_vectors"]);
    const add = koffi.load(so).func("void add_vectors(_Out_ float *y, float *a, float *b, int64_t n)");
    const a = Float32Array.from({ length: 64 }, (_, i) => i * 0.5);
    const b = Float32Array.from({ length: 64 }, (_, i) => 100 - i);
    const y = new Float32Array(64);
    add(y, a, b, 8);
    expect(y).toEqual(a.map((v, i) => v + b[i]));
  });

  test("weights are reached, and only the exports are visible", () => {
    const text = `@qc_weights = external hidden constant [100 x i8], align 64
define i32 @qc_model(i64 %i) {
  %at = getelementptr [100 x i8], ptr @qc_weights, i64 0, i64 %i
  %byte = load i8, ptr %at
  %wide = zext i8 %byte to i32
  %r = call i32 @other(i32 %wide)
  ret i32 %r
}
define i32 @other(i32 %x) noinline {
  %y = add i32 %x, 1
  ret i32 %y
}`;
    const parts = [
      { offset: 0, bytes: 8, data: () => Uint8Array.from({ length: 10 }, (_, i) => i * 2) },
      { offset: 64, bytes: 36, data: () => new Uint8Array(36).fill(9) },
    ];
    const constants = { pieces: constantsObject({ symbol: "qc_weights", align: 64, arch: "x86_64", bytes: 100, parts }) };
    const lib = koffi.load(link("w.so", [object(text), constants], ["qc_model"]));
    const at = lib.func("int qc_model(int64_t)");
    expect([0, 7, 8, 63, 64, 99].map((i) => at(i))).toEqual([1, 15, 1, 1, 10, 10]);
    expect(() => lib.func("int other(int)")).toThrow();
    expect(() => lib.symbol("qc_weights", "int")).toThrow();
  });

  test("byte for byte the same, whatever it is called", () => {
    const one = link("one.so", [object(ADD_VECTORS)], ["add_vectors"]);
    const two = link("deeper/two.so", [object(ADD_VECTORS)], ["add_vectors"]);
    expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
  });

  test("an undefined symbol is refused by name, and nothing is left", () => {
    const text = "declare i32 @elsewhere(i32)\ndefine i32 @qc_model() {\n  %x = call i32 @elsewhere(i32 1)\n  ret i32 %x\n}\n";
    expect(errorOf(() => link("u.so", [object(text)], ["qc_model"]))).toMatch(/QC-LINK-003: undefined symbol 'elsewhere'/);
    expect(existsSync(join(folder, "u.so"))).toBe(false);
  });

  test("the C compiler links where lld is missing", () => {
    const path = findProgram("cc");
    expect(path).not.toBeNull();
    const so = join(folder, "cc.so");
    const objects = [object(ADD_VECTORS)];
    linkShared({ objects, output: so, exports: ["add_vectors"], linker: { kind: "cc", path: path! } });
    expect(typeof koffi.load(so).symbol("add_vectors", "int")).toBe("object");
    const undef = object("declare void @gone()\ndefine void @qc_model() {\n  call void @gone()\n  ret void\n}\n");
    expect(errorOf(() => linkShared({ objects: [undef], output: so, linker: { kind: "cc", path: path! } }))).toContain(
      "undefined symbol 'gone'",
    );
  });

  test("tools that fail, hang or do not exist", () => {
    const objects = [object(ADD_VECTORS)];
    const output = join(folder, "x.so");
    const slow = join(folder, "slow");
    writeFileSync(slow, "#!/bin/sh\nexec sleep 20\n", { mode: 0o755 });
    expect(errorOf(() => linkShared({ objects, output, linker: { kind: "lld", path: slow }, limitMs: 200 }))).toContain(
      "QC-LINK-005",
    );
    expect(errorOf(() => linkShared({ objects, output, linker: { kind: "lld", path: "/bin/false" } }))).toContain("QC-LINK-004");
    expect(errorOf(() => linkShared({ objects, output, linker: { kind: "lld", path: "/none" } }))).toContain("QC-LINK-004");
    expect(errorOf(() => linkShared({ objects: [new Uint8Array(64)], output }))).toContain("QC-LINK-006");
    process.env.QC_LLD = "/none";
    try {
      expect(errorOf(() => linkShared({ objects, output }))).toMatch(/QC-LINK-001.*apt install lld/);
    } finally {
      delete process.env.QC_LLD;
    }
  });
});

describe("memcpy, memmove and memset", () => {
  const calls = `
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
define void @copy(ptr %y, ptr %x, i64 %n) {
  call void @llvm.memcpy.p0.p0.i64(ptr %y, ptr %x, i64 %n, i1 false)
  ret void
}
define void @move(ptr %y, i64 %to, i64 %from, i64 %n) {
  %a = getelementptr i8, ptr %y, i64 %to
  %b = getelementptr i8, ptr %y, i64 %from
  call void @llvm.memmove.p0.p0.i64(ptr %a, ptr %b, i64 %n, i1 false)
  ret void
}
define void @fill(ptr %y, i8 %v, i64 %n) {
  call void @llvm.memset.p0.i64(ptr %y, i8 %v, i64 %n, i1 false)
  ret void
}`;
  const lib = koffi.load(link("mem.so", [object(calls), memFunctions], ["copy", "move", "fill"]));
  const source = Uint8Array.from({ length: 700 }, (_, i) => (i * 37) % 251);

  test.each([0, 1, 63, 64, 65, 500])("%i bytes", (n) => {
    const y = new Uint8Array(700).fill(9);
    lib.func("void copy(_Inout_ uint8_t *y, uint8_t *x, int64_t n)")(y, source, n);
    expect(y).toEqual(Uint8Array.from(y, (_, i) => (i < n ? source[i] : 9)));
    lib.func("void fill(_Inout_ uint8_t *y, uint8_t v, int64_t n)")(y, 200, n);
    expect(y).toEqual(Uint8Array.from(y, (_, i) => (i < n ? 200 : 9)));
  });

  test.each([
    [0, 5],
    [5, 0],
    [100, 99],
    [3, 3],
  ])("overlapping move from %i to %i", (from, to) => {
    const y = source.slice();
    lib.func("void move(_Inout_ uint8_t *y, int64_t to, int64_t from, int64_t n)")(y, to, from, 400);
    expect(y).toEqual(source.slice().copyWithin(to, from, from + 400));
  });

  test("unused, they cost nothing", () => {
    const bare = statSync(link("bare.so", [object(ADD_VECTORS)], ["add_vectors"])).size;
    expect(statSync(link("with.so", [object(ADD_VECTORS), memFunctions], ["add_vectors"])).size).toBe(bare);
  });
});

const MAIN = `#include <stdio.h>
int qc_model(int x);
int main(void) { printf("%d\\n", qc_model(20)); return 0; }
`;
const DOUBLE = "define i32 @qc_model(i32 %x) {\n  %y = mul i32 %x, 2\n  ret i32 %y\n}\n";

describe("linkExecutable", () => {
  const main = join(folder, "main.c");
  writeFileSync(main, MAIN);

  test("for the host", () => {
    const output = join(folder, "bundle");
    linkExecutable({ arch: archHere()!, objects: [object(DOUBLE)], files: [main], output });
    expect(execFileSync(output, { encoding: "utf8" })).toBe("40\n");
  });

  const cross = findProgram("aarch64-linux-gnu-gcc") !== null && findProgram("qemu-aarch64") !== null;
  test.skipIf(!cross)("for aarch64, under qemu", () => {
    const output = join(folder, "bundle-arm");
    const arm = llvm.compile({ texts: [DOUBLE], ...AARCH64, optLevel: 2 }).object;
    expect(elfArch(arm)).toBe("aarch64");
    linkExecutable({ arch: "aarch64", objects: [arm], files: [main], flags: ["-O2", "-static"], output });
    expect(execFileSync("qemu-aarch64", [output], { encoding: "utf8" })).toBe("40\n");
  });

  test("an aarch64 shared library links here", () => {
    const arm = llvm.compile({ texts: [DOUBLE], ...AARCH64, optLevel: 2 }).object;
    expect(elfArch(readFileSync(link("arm.so", [arm], ["qc_model"])))).toBe("aarch64");
  });
});
