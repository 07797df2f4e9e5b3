import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type ConstantsObject, constantsObject } from "../../../src/backends/native/constants-object.js";
import { elfArch } from "../../../src/backends/native/link.js";
import { writeObject } from "../../../src/backends/native/link-with.js";
import { QcError } from "../../../src/support/diag.js";

const folder = mkdtempSync(join(tmpdir(), "qc-constants-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >> 3);
const sample: ConstantsObject = {
  symbol: "qc_weights",
  align: 64,
  arch: "x86_64",
  bytes: 300_001,
  parts: [
    { offset: 64, bytes: 99_000, data: () => bytes },
    { offset: 200_000, bytes: 100_000, data: () => bytes },
  ],
};

describe("constants as an object", () => {
  it.each(["x86_64", "aarch64"] as const)("of %s is one that readelf reads without a warning", (arch) => {
    const path = join(folder, `${arch}.o`);
    writeObject(path, { pieces: constantsObject({ ...sample, arch }) });
    expect(elfArch(readFileSync(path))).toBe(arch);
    const text = execFileSync("readelf", ["-aW", path], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    expect(text).toMatch(/\.rodata\.qc_weights +PROGBITS +0+ 000040 0493e1 00 +A +0 +0 64/);
    expect(text).toMatch(/0000000000000000 (300001|0x493e1) OBJECT +GLOBAL HIDDEN +1 qc_weights/);
    expect(text).toMatch(/\.note\.GNU-stack/);
  });

  it("holds the parts where they belong, zeros between them, one at a time in memory", () => {
    let reads = 0;
    const counted = (data: () => Uint8Array) => () => {
      reads++;
      return data();
    };
    const parts = sample.parts.map((p) => ({ ...p, data: counted(p.data) }));
    const made = constantsObject({ ...sample, parts })();
    expect(reads).toBe(0);
    const data = Buffer.concat([...made]).subarray(64, 64 + sample.bytes);
    expect(reads).toBe(2);
    const wanted = Buffer.alloc(sample.bytes);
    wanted.set(bytes.subarray(0, 99_000), 64);
    wanted.set(bytes, 200_000);
    expect(data.equals(wanted)).toBe(true);
  });

  it.each([
    ["a name with a blank", { symbol: "bad name" }],
    ["an alignment that is no power of two", { align: 48 }],
  ])("is refused for %s", (_what, wrong) => {
    expect(() => constantsObject({ ...sample, ...wrong })).toThrow(QcError);
    expect(() => constantsObject({ ...sample, ...wrong })).toThrow(/QC-LLVM-017/);
  });
});
