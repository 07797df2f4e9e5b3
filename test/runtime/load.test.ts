import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildRuntime } from "../../scripts/build-runtime.mjs";
import { hostInfo, openLLVM } from "../../src/backends/llvm/libllvm/open.js";
import { type LoadOptions, load, loadSync, QcError } from "../../src/runtime/index.js";
import { readModelRecord } from "../../src/runtime/model-record.js";
import { sha256Hex } from "../../src/support/hash.js";
import { modelRecord } from "../helpers/model-record.js";
import { buildFake } from "./support/toolbox.js";

const work = mkdtempSync(join(tmpdir(), "qc-load-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
beforeAll(() => {
  buildRuntime({ ifStale: true });
  buildFake(join(work, "fake.so"));
});

const x = () => Float32Array.from({ length: 15 }, (_, i) => i - 7);
const n = () => BigInt64Array.of(40n, 2n);

/** A folder as `qc compile` writes it. */
function folder(name: string, json: Record<string, unknown> = {}, so = join(work, "fake.so")): string {
  const dir = join(work, name);
  mkdirSync(dir);
  copyFileSync(so, join(dir, "model.so"));
  const sha256 = { "model.so": sha256Hex(readFileSync(so)) };
  writeFileSync(join(dir, "model.json"), JSON.stringify({ ...modelRecord({ sha256 }), ...json }));
  return dir;
}

function codeOf(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    if (error instanceof QcError) return error.code;
    throw error;
  }
  return "no error";
}
const loadCode = (path: string, options?: LoadOptions) => codeOf(() => loadSync(path, options).close());

type Node_ = Record<string, unknown>;

/** Every value in parsed JSON with its path; those of open maps and of quantizations of unknown kind left out. */
function* placesOf(x: object, path: readonly string[] = []): Iterable<readonly [readonly string[], unknown]> {
  for (const [key, value] of Object.entries(x)) {
    if (key === "quant") continue;
    yield [[...path, key], value];
    if (value !== null && typeof value === "object") yield* placesOf(value, [...path, key]);
  }
}

describe("load", () => {
  it("describes the network", async () => {
    const net = await load(folder("plain"), { threads: 2, verify: true });
    expect(net.threads).toBe(2);
    expect(net.inputs).toEqual([
      { name: "x", dtype: "f32", shape: [5, 3], quant: null },
      { name: "n", dtype: "i64", shape: [2], quant: null },
    ]);
    expect(net.outputs).toEqual([
      { name: "scaled", dtype: "f32", shape: [5, 3], quant: null },
      { name: "codes", dtype: "i8", shape: [3], quant: { kind: "axis", axis: 0, scales: [0.5, 0.25, 0.125], zeros: [0, -1, 2] } },
      { name: "total", dtype: "i64", shape: [], quant: null },
    ]);
    expect(net.describe()).toMatchObject({
      name: "fake",
      target: "cc",
      features: [],
      arenaBytes: 60,
      stateBytes: 4,
      weightBytes: 0,
    });
    expect(net.describe().phases).toEqual([
      { name: "f32_scale", flops: 30, bytes: 120 },
      { name: "i8_codes", flops: 0, bytes: 0 },
    ]);
    net.close();
  });

  it("refuses what is not a compiled model, with a code and advice", () => {
    const so = join(work, "fake.so");
    const text = join(work, "text.so");
    writeFileSync(text, "hello");
    const bare = join(work, "bare");
    mkdirSync(bare);
    copyFileSync(so, join(bare, "model.so"));
    expect(loadCode(join(work, "nothing"))).toBe("QC-RT-003");
    expect(loadCode(bare)).toBe("QC-RT-003");
    expect(loadCode(text)).toBe("QC-RT-102");
    expect(() => loadSync(text)).toThrow(`${text}: file too short`);
    expect(loadCode(folder("other-format", { format: "other" }))).toBe("QC-RT-004");
    expect(loadCode(folder("other-abi", { abiVersion: 99 }))).toBe("QC-RT-005");
    expect(loadCode(folder("newer-record", { version: 2 }))).toBe("QC-RT-013");
    expect(loadCode(folder("no-version", { version: undefined }))).toBe("QC-RT-013");
    for (const field of ["name", "arenaBytes", "arithmetic", "source"] as const)
      expect(() => loadSync(folder(`no-${field}`, { [field]: undefined }))).toThrow(`'${field}' is missing`);
    const changed = folder("changed", { sha256: { "model.so": "0".repeat(64) } });
    expect(loadCode(changed)).toBe("QC-RT-006");
    expect(loadCode(changed, { verify: false })).toBe("no error");
    expect(loadCode(join(changed, "model.so"))).toBe("no error");
    expect(loadCode(join(changed, "model.so"), { verify: true })).toBe("QC-RT-006");
    expect(loadCode(folder("unlisted", { sha256: {} }))).toBe("QC-RT-006");
    expect(loadCode(so, { verify: true })).toBe("QC-RT-003");
    writeFileSync(join(bare, "model.json"), "{");
    expect(loadCode(bare)).toBe("QC-RT-004");
    writeFileSync(join(bare, "model.json"), "[]");
    expect(loadCode(bare)).toBe("QC-RT-004");
    expect(loadCode(so, { threads: 0 })).toBe("QC-RT-011");
    expect(loadCode(so, { threads: 1.5 })).toBe("QC-RT-011");
    expect(loadCode(so, { spinUs: -2 })).toBe("QC-RT-011");
    expect(loadCode(so, { library: join(work, "no-such-library.so") })).toBe("QC-RT-002");
  });

  it("takes no record in which a value is of another type", () => {
    const dir = folder("types");
    const whole = JSON.parse(readFileSync(join(dir, "model.json"), "utf8")) as object;
    const others = [5, -1, "x", null, true, [], [1], {}, { x: 1 }];
    let refused = 0;
    for (const [path, value] of placesOf(whole)) {
      for (const other of others) {
        if (JSON.stringify(other) === JSON.stringify(value)) continue;
        const json = structuredClone(whole);
        const last = path.slice(0, -1).reduce((at, key) => at[key] as Node_, json as Node_);
        last[path[path.length - 1]] = other;
        writeFileSync(join(dir, "model.json"), JSON.stringify(json));
        const code = codeOf(() => readModelRecord(join(dir, "model.json")));
        const kindOf = (v: unknown) => (Array.isArray(v) ? "list" : v === null ? "null" : typeof v);
        if (kindOf(other) !== kindOf(value))
          expect(code, `${path.join(".")} = ${JSON.stringify(other)}`).toMatch(/^QC-RT-(004|005|013)$/);
        if (code !== "no error") refused++;
      }
    }
    expect(refused).toBeGreaterThan(200);
  });

  it.each([
    ["MAGIC=1", 104],
    ["ABI=99", 105],
    ["STRUCT_BYTES=8", 105],
    ["BYTES=59", 104],
    ["RANK=17", 104],
    ["ALIGN=48", 104],
    ["SCALES=0", 104],
    ['FEATURES="no-such-feature"', 106],
  ])("refuses a descriptor with %s", (define, code) => {
    const so = buildFake(join(work, `bad-${define.replace(/\W/g, "_")}.so`), [define]);
    expect(loadCode(so)).toBe(`QC-RT-${code}`);
  });

  it("names the instruction sets that the CPU lacks, and accepts those it has", () => {
    const lacking = buildFake(join(work, "lacking.so"), ['FEATURES="+no-such-a,-sse,no-such-b"']);
    expect(() => loadSync(lacking)).toThrow(/lacks no-such-a, no-such-b;/);
    // Linux leaves out of its list what it, or the machine around it, hides from programs; libLLVM reads the processor as the runtime does
    const flags = existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "";
    const read = new Set(hostInfo(openLLVM()).flags.split(","));
    for (const [linux, llvm] of [
      ["sse2", "sse2"],
      ["ssse3", "ssse3"],
      ["avx2", "avx2"],
      ["fma", "fma"],
      ["avx512f", "avx512f"],
      ["avx512_vnni", "avx512vnni"],
      ["avx_vnni", "avxvnni"],
      ["avx512_bf16", "avx512bf16"],
      ["amx_tile", "amx-tile"],
      ["sse4a", "sse4a"],
      ["f16c", "f16c"],
      ["xop", "xop"],
    ]) {
      if (!/^flags\s*:/m.test(flags)) break;
      const so = buildFake(join(work, `cpu-${llvm}.so`), [`FEATURES="${llvm}"`]);
      const isThere = read.has(`+${llvm}`) || new RegExp(`\\b${linux}\\b`).test(flags);
      expect([llvm, loadCode(so)]).toEqual([llvm, isThere ? "no error" : "QC-RT-106"]);
    }
  });

  it("says for which architecture a library was built, and what it was compiled for", () => {
    const foreign = readFileSync(join(work, "fake.so"));
    const [machine, name] = foreign.readUInt16LE(18) === 183 ? [62, "x86_64"] : [183, "aarch64"];
    foreign.writeUInt16LE(machine, 18);
    writeFileSync(join(work, "foreign.so"), foreign);
    const target = `llvm -mtriple=${name}-linux-gnu`;
    const dir = folder("foreign", { target }, join(work, "foreign.so"));
    expect(() => loadSync(dir)).toThrow(
      expect.objectContaining({
        code: "QC-RT-102",
        message: expect.stringMatching(new RegExp(`model.so is built for ${name} and this machine is `)),
        diags: [expect.objectContaining({ help: expect.stringContaining(target) })],
      }),
    );
    foreign.writeUInt16LE(9999, 18);
    writeFileSync(join(work, "foreign.so"), foreign);
    expect(() => loadSync(join(work, "foreign.so"))).toThrow(/built for another architecture \(ELF machine 9999\)/);
  });
  it("loads a network that replaced another under the same path while that one is open", () => {
    const path = join(work, "replaced.so");
    copyFileSync(join(work, "fake.so"), path);
    const before = loadSync(path, { threads: 1 });
    renameSync(buildFake(join(work, "next.so"), ["ROWS=7"]), path);
    const after = loadSync(path, { threads: 1 });
    expect([before.inputs[0].shape, after.inputs[0].shape]).toEqual([
      [5, 3],
      [7, 3],
    ]);
    expect(before.run({ x: x(), n: n() }).total).toEqual(BigInt64Array.of(42n));
    before.close();
    after.close();
  });
});
