import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { findLibrary } from "../../../src/backends/llvm/libllvm/find.js";
import { hostInfo, openLLVM } from "../../../src/backends/llvm/libllvm/open.js";
import { captureStderr } from "../../../src/backends/llvm/libllvm/stderr.js";
import { resolveTarget } from "../../../src/ir/target/resolve.js";
import { type Diag, QcError } from "../../../src/support/diag.js";
import { AARCH64, ADD_VECTORS, X86 } from "./libllvm-texts.js";

const llvm = openLLVM();
const folder = mkdtempSync(join(tmpdir(), "qc-libllvm-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function diagOf(body: () => unknown): Diag {
  try {
    body();
  } catch (error) {
    if (error instanceof QcError) return error.diags[0];
    throw error;
  }
  throw new Error("no error was thrown");
}

const x86 = (text: string, more: object = {}) => llvm.compile({ texts: [text], ...X86, optLevel: 3, ...more });

describe("compile", () => {
  test("the code uses the vector registers of the cpu", () => {
    const asm = (cpu: string) => x86(ADD_VECTORS, { cpu, emit: ["asm"] }).asm ?? "";
    expect(asm("skylake")).toContain("%ymm");
    expect(asm("skylake")).not.toContain("%zmm");
    expect(asm("znver3")).toContain("vaddps");
    expect(asm("x86-64")).toMatch(/\baddps/);
  });

  test("512-bit vectors stay whole with AVX-512", () => {
    const text = ADD_VECTORS.replaceAll("<8 x float>", "<16 x float>");
    expect(x86(text, { cpu: "skylake-avx512", emit: ["asm"] }).asm).toContain("%zmm");
  });

  test("ir and asm come with the object, and the same input gives the same bytes", () => {
    const one = x86(ADD_VECTORS, { emit: ["ir", "asm"] });
    expect(one.ir).toContain("define void @add_vectors");
    expect(one.ir).toContain(`target triple = "${X86.triple}"`);
    expect(Buffer.from(x86(ADD_VECTORS).object)).toEqual(Buffer.from(one.object));
  });

  test("several texts become one module", () => {
    const caller = "declare i32 @inner(i32)\ndefine i32 @outer(i32 %x) {\n  %y = call i32 @inner(i32 %x)\n  ret i32 %y\n}\n";
    const inner = "define i32 @inner(i32 %x) {\n  %y = mul i32 %x, 3\n  ret i32 %y\n}\n";
    const { ir } = llvm.compile({ texts: [caller, inner], ...X86, optLevel: 3, emit: ["ir"] });
    expect(ir).not.toContain("call i32 @inner");
    expect(diagOf(() => llvm.compile({ texts: [inner, inner], ...X86, optLevel: 3 })).code).toBe("QC-LLVM-013");
    expect(diagOf(() => llvm.compile({ texts: [], ...X86, optLevel: 3 })).code).toBe("QC-LLVM-010");
  });

  test("aarch64 from here", () => {
    const { object, asm } = llvm.compile({ texts: [ADD_VECTORS], ...AARCH64, optLevel: 3, emit: ["asm"] });
    expect(asm).toMatch(/fadd\tv\d+\.4s/);
    expect(Buffer.from(object).readUInt16LE(18)).toBe(183);
  });

  test("a custom pipeline", () => {
    expect(
      x86("define i32 @f() {\n  %x = add i32 1, 2\n  ret i32 %x\n}\n", { passes: "instsimplify", emit: ["ir"] }).ir,
    ).toContain("ret i32 3");
    expect(diagOf(() => x86(ADD_VECTORS, { passes: "no-such-pass" })).code).toBe("QC-LLVM-012");
  });
});

describe("bad IR is a coded error with its line", () => {
  test("syntax", () => {
    const diag = diagOf(() => x86("define i32 @f() {\n  %x = ad i32 1, 2\n  ret i32 %x\n}\n", { name: "k.ll" }));
    expect(diag).toMatchObject({ code: "QC-LLVM-010", pos: { file: "k.ll", line: 2, column: 8, text: "  %x = ad i32 1, 2" } });
    expect(diag.message).toContain("expected instruction opcode");
  });

  test("verifier", () => {
    const text =
      "define i32 @f(i1 %c) {\n  br i1 %c, label %a, label %b\na:\n  %x = add i32 1, 2\n  br label %b\nb:\n  ret i32 %x\n}\n";
    const diag = diagOf(() => x86(text));
    expect(diag.message).toContain("does not dominate");
    expect(diag).toMatchObject({ code: "QC-LLVM-011", pos: { line: 4, text: "  %x = add i32 1, 2" } });
  });

  test("inline assembly", () => {
    const diag = diagOf(() => x86('define void @f() {\n  call void asm sideeffect "no_such_instruction", ""()\n  ret void\n}\n'));
    expect(diag.code).toBe("QC-LLVM-014");
    expect(diag.message).toContain("no_such_instruction");
  });

  test("the engine goes on after errors", () => expect(x86(ADD_VECTORS).object.length).toBeGreaterThan(100));
});

describe("processors", () => {
  test("an unknown cpu is refused with near names, and nothing is printed", () => {
    const { result, printed } = captureStderr(() => diagOf(() => x86(ADD_VECTORS, { cpu: "skylak" })));
    expect(result.code).toBe("QC-LLVM-004");
    expect(result.help).toContain("did you mean -mcpu=skylake ");
    expect(printed).toBe("");
  });

  test("other refusals", () => {
    expect(diagOf(() => x86(ADD_VECTORS, { features: "+avx3" })).code).toBe("QC-LLVM-005");
    expect(diagOf(() => x86(ADD_VECTORS, { cpu: "pentium4" })).code).toBe("QC-LLVM-006");
    expect(diagOf(() => x86(ADD_VECTORS, { triple: "sparc-linux-gnu" })).code).toBe("QC-LLVM-003");
  });

  // Intel SDM / psABI levels, and Arm's processor manuals
  test.each([
    [X86.triple, "x86-64", "", ""],
    [X86.triple, "x86-64-v3", "", "avx avx2 bmi2 f16c fma popcnt sse3 sse4.1 sse4.2 ssse3"],
    [X86.triple, "x86-64", "+avx2", "avx avx2 sse3 sse4.1 sse4.2 ssse3"],
    [
      X86.triple,
      "skylake-avx512",
      "",
      "avx avx2 avx512bw avx512cd avx512dq avx512f avx512vl bmi2 f16c fma popcnt sse3 sse4.1 sse4.2 ssse3",
    ],
    [X86.triple, "alderlake", "", "avx avx2 avxvnni bmi2 f16c fma popcnt sse3 sse4.1 sse4.2 ssse3"],
    [X86.triple, "skylake", "-avx2", "avx bmi2 f16c fma popcnt sse3 sse4.1 sse4.2 ssse3"],
    [AARCH64.triple, "cortex-a72", "", "neon"],
    [AARCH64.triple, "cortex-a76", "", "dotprod fullfp16 lse neon rdm"],
    [AARCH64.triple, "neoverse-v1", "", "bf16 dotprod fullfp16 i8mm lse neon rdm sve"],
    [AARCH64.triple, "cortex-a72", "+i8mm", "i8mm neon"],
  ])("features of %s %s %s", (triple, cpu, flags, features) => {
    expect(llvm.cpuFeatures(triple, cpu, flags).join(" ")).toBe(features);
  });

  test("the host's features hold on the host", () => {
    const host = hostInfo(llvm);
    const target = resolveTarget("llvm", host);
    expect(target.host).toBe(true);
    for (const feature of target.features) expect(`,${host.flags},`).toContain(`,+${feature},`);
    x86(ADD_VECTORS, { triple: target.mtriple, cpu: target.mcpu, features: target.flags });
  });
});

describe("finding libLLVM", () => {
  test("none: advice", () => {
    const diag = diagOf(() => findLibrary(undefined, ["libLLVM-no-such.so"]));
    expect(diag.code).toBe("QC-LLVM-001");
    expect(diag.help).toContain("apt install libllvm19");
  });

  test("a given path must work", () => {
    const path = join(folder, "libLLVM.so");
    expect(diagOf(() => openLLVM(path)).code).toBe("QC-LLVM-002");
    writeFileSync(path, "not a library");
    expect(diagOf(() => openLLVM(path)).code).toBe("QC-LLVM-002");
    expect(diagOf(() => openLLVM("libc.so.6")).code).toBe("QC-LLVM-002");
  });
});

test("an internal error of LLVM ends the process with a coded error and exit code 1", () => {
  const at = (path: string) => JSON.stringify(fileURLToPath(new URL(`../../../${path}`, import.meta.url)));
  const dot = "<16 x i32> @llvm.x86.avx512.vpdpbusd.512";
  const text = `declare ${dot}(<16 x i32>, <16 x i32>, <16 x i32>)
define <16 x i32> @f(<16 x i32> %a) {
  %r = call ${dot}(<16 x i32> %a, <16 x i32> %a, <16 x i32> %a)
  ret <16 x i32> %r
}`;
  const script = join(folder, "fatal.ts");
  writeFileSync(
    script,
    `import { openLLVM } from ${at("src/backends/llvm/libllvm/open.ts")};
process.on("exit", () => console.log("cleaned up"));
openLLVM().compile({ texts: [${JSON.stringify(text)}], triple: "${X86.triple}", cpu: "skylake", features: "", optLevel: 3 });
console.log("survived");`,
  );
  const jiti = new URL("../../../node_modules/jiti/lib/jiti-register.mjs", import.meta.url).href;
  const done = spawnSync(process.execPath, ["--import", jiti, script], { encoding: "utf8" });
  expect(done.stderr).toContain("error QC-LLVM-015: LLVM stopped on an internal error: ");
  expect(done).toMatchObject({ status: 1, stdout: "cleaned up\n" });
}, 20_000);

test("compiling again and again keeps memory", () => {
  const grownMiB = (count: number): number => {
    const before = process.memoryUsage().rss;
    for (let i = 0; i < count; i++) x86(ADD_VECTORS, { optLevel: 1 });
    return (process.memoryUsage().rss - before) / 2 ** 20;
  };
  grownMiB(100);
  // a leak shows in every round, what the collector has not come to in some
  expect(Math.min(...[1, 2, 3, 4].map(() => grownMiB(75)))).toBeLessThan(6);
}, 60_000);
