import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resolveTarget, targetKey, targetText } from "../../../src/ir/target/resolve.js";
import { parseTarget, specText, type TargetSpec, targetWords } from "../../../src/ir/target/syntax.js";
import { type HostInfo, missingOnHost } from "../../../src/ir/target/target.js";
import { QcError } from "../../../src/support/diag.js";

const CPUS: Readonly<Record<string, readonly string[]>> = {
  "x86-64": [],
  skylake: ["fma", "avx2", "avx"],
  znver5: ["avx512vnni", "avx512f", "avx", "avx2", "fma"],
  "cortex-a72": ["neon"],
  generic: ["neon"],
};
const HOST: HostInfo = {
  triple: "x86_64-pc-linux-gnu",
  cpu: "znver5",
  flags: "+avx,+avx2",
  cpuFeatures: (_triple, cpu, flags) => [...(CPUS[cpu] ?? []), ...(flags.includes("+dotprod") ? ["dotprod"] : [])],
};

function codeOf(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    if (error instanceof QcError) return `${error.kind} ${error.code} ${error.diags[0]?.help ?? ""}`;
    throw error;
  }
  return "no error";
}

describe("parseTarget", () => {
  test.each([
    ["llvm", {}],
    ["llvm -keys=cpu", {}],
    ["llvm -mcpu=skylake", { mcpu: "skylake" }],
    ["llvm -mcpu skylake", { mcpu: "skylake" }],
    ["cuda", { kind: "cuda" }],
    ["cuda:2080ti", { kind: "cuda", model: "2080ti" }],
    [
      "llvm -device=arm_cpu -model=bcm2837 -mtriple=aarch64-linux-gnu -mattr=+neon -mcpu=cortex-a72",
      { device: "arm_cpu", model: "bcm2837", mtriple: "aarch64-linux-gnu", mattr: ["+neon"], mcpu: "cortex-a72" },
    ],
    ["llvm -mattr=avx2,-avx512f", { mattr: ["+avx2", "-avx512f"] }],
  ])("%s", (text, fields) => {
    const spec = { kind: "llvm", mcpu: null, mattr: [], mtriple: null, model: null, device: null, ...fields };
    expect(parseTarget(text)).toEqual(spec);
    expect(parseTarget(text.split(" "))).toEqual(spec);
  });

  test.each([
    ["llwm", "usage QC-TARGET-001 did you mean 'llvm'?"],
    ["", "usage QC-TARGET-001"],
    ["llvm mcpu=skylake", "usage QC-TARGET-002"],
    ["llvm -mcpuu=skylake", "usage QC-TARGET-003 did you mean 'mcpu'?"],
    ["llvm -mcpu=", "usage QC-TARGET-004"],
    ["llvm -mcpu", "usage QC-TARGET-004"],
    ["llvm -mcpu=a -mcpu=b", "usage QC-TARGET-004"],
    ["llvm -mcpu=a;rm", "usage QC-TARGET-005"],
    ["llvm -mattr=+ne=on", "usage QC-TARGET-005"],
    ["llvm -constructor=x", "usage QC-TARGET-003"],
  ])("refuses '%s'", (text, error) => expect(codeOf(() => parseTarget(text))).toContain(error));

  test("parseTarget(specText(s)) = s", () => {
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9_.-]{0,12}$/);
    const flag = fc.tuple(fc.constantFrom("+", "-"), name).map(([sign, feature]) => sign + feature);
    const optional = fc.option(name, { nil: null });
    const spec: fc.Arbitrary<TargetSpec> = fc.record({
      kind: fc.constantFrom("llvm" as const, "cuda" as const),
      mcpu: optional,
      mattr: fc.array(flag, { maxLength: 4 }),
      mtriple: optional,
      model: optional,
      device: optional,
    });
    fc.assert(
      fc.property(spec, (s) => {
        expect(parseTarget(specText(s))).toEqual(s);
      }),
    );
  });
});

test("targetWords takes the flags that follow on an unquoted command line", () => {
  expect(targetWords(["llvm", "-mcpu=skylake", "--layout", "NHWC"])).toBe(2);
  expect(targetWords(["llvm", "-mcpu", "skylake", "-ishapes", "1,2"])).toBe(3);
  expect(targetWords(["llvm", "--mcpu=skylake"])).toBe(1);
  expect(targetWords(["cuda:2080ti"])).toBe(1);
  expect(targetWords([])).toBe(0);
});

describe("resolveTarget", () => {
  test("llvm alone is the host with its detected features", () => {
    const target = resolveTarget("llvm", HOST);
    expect(target).toMatchObject({ host: true, mcpu: "znver5", arch: "x86_64", flags: "+avx,+avx2" });
    expect(target).toMatchObject({ vectorBits: 512, vectorRegisters: 32 });
    expect(target.features).toEqual(["avx", "avx2", "avx512f", "avx512vnni", "fma"]);
    expect(resolveTarget("llvm -mcpu=native", HOST)).toEqual(target);
  });

  test("a named processor has its own features and none of the host's flags", () => {
    const target = resolveTarget("llvm -mcpu=skylake", HOST);
    expect(target).toMatchObject({ host: false, flags: "", vectorBits: 256, vectorRegisters: 16 });
    expect(missingOnHost(target, HOST)).toEqual([]);
  });

  test("another architecture", () => {
    const target = resolveTarget("llvm -mtriple=aarch64-linux-gnu -mcpu=cortex-a72 -mattr=+dotprod", HOST);
    expect(target).toMatchObject({ arch: "aarch64", vectorBits: 128, vectorRegisters: 32, features: ["dotprod", "neon"] });
    expect(missingOnHost(target, HOST)).toEqual(["aarch64"]);
    expect(resolveTarget("llvm -mtriple=aarch64-linux-gnu", HOST)).toMatchObject({ mcpu: "generic", host: false });
  });

  test("features that the host lacks", () => {
    const old: HostInfo = { ...HOST, cpu: "skylake" };
    expect(missingOnHost(resolveTarget("llvm -mcpu=znver5", old), old)).toEqual(["avx512f", "avx512vnni"]);
  });

  test("cuda cards", () => {
    expect(resolveTarget("cuda:2080ti", HOST)).toMatchObject({ kind: "cuda", mcpu: "sm_75", model: "2080ti" });
    expect(resolveTarget("cuda -arch=sm_86", HOST)).toMatchObject({ mcpu: "sm_86" });
    expect(codeOf(() => resolveTarget("cuda:2080tj", HOST))).toContain("QC-TARGET-006 did you mean '2080ti'");
  });

  test.each(["llvm", "llvm -mattr=-avx512f", "llvm -mcpu=skylake", "cuda:2080ti", "llvm -mtriple=aarch64-linux-gnu"])(
    "targetText of '%s' reads back",
    (text) => {
      const target = resolveTarget(text, HOST);
      expect(resolveTarget(targetText(target), HOST)).toEqual(target);
    },
  );

  test("targetKey tells processors apart that the text leaves to the host", () => {
    const other = resolveTarget("llvm", { ...HOST, cpu: "skylake" });
    expect(targetKey(other)).not.toBe(targetKey(resolveTarget("llvm", HOST)));
  });

  test("refuses", () => {
    expect(codeOf(() => resolveTarget("llvm -mtriple=riscv64-linux-gnu", HOST))).toContain("input QC-TARGET-007");
    expect(codeOf(() => resolveTarget("llvm -mtriple=aarch64-linux-gnu -mcpu=native", HOST))).toContain("usage QC-TARGET-008");
  });
});
