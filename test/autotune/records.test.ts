import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { bestSchedules, contenders, isStale, usableRecords } from "../../src/autotune/records/best.js";
import { readLog, readLogIfAny } from "../../src/autotune/records/log.js";
import { asRecord, type TuningRecord } from "../../src/autotune/records/record.js";
import { stepsKey } from "../../src/autotune/records/steps-key.js";
import type { Step } from "../../src/ir/schedule/step.js";
import { mergeRecords, openLog, writeLog } from "../../src/search/log.js";
import { HERE } from "./kernels.js";

const folder = mkdtempSync(join(tmpdir(), "qc-records-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const fresh = () => join(folder, `log${files++}.json`);

const unroll = (loop: string): Step => ({ step: "unroll", stage: "s", loop });
const DEFAULT = stepsKey([]);
function record(more: Partial<TuningRecord> = {}): TuningRecord {
  return {
    v: 1,
    workload: "w",
    kernel: "k",
    session: "a",
    seed: 0,
    source: "model",
    decisions: { "s.x": 1 },
    steps: [unroll("i")],
    baseline: DEFAULT,
    ...HERE,
    code: "c",
    threads: 1,
    ms: [0.5, 0.5],
    baselineMs: [1, 1],
    error: null,
    time: "2026-01-01T00:00:00.000Z",
    ...more,
  };
}

describe("a log", () => {
  it("takes several records in one write", () => {
    const path = fresh();
    const log = openLog(path);
    log.appendAll([]);
    log.appendAll([record({ kernel: "a" }), record({ kernel: "b" })]);
    log.close();
    expect(readLog(path).records.map((r) => r.kernel)).toEqual(["a", "b"]);
  });
  it("gives back what was appended, and starts where there was none", () => {
    const path = join(folder, "deep", "er", "model.json");
    expect(readLogIfAny(path).records).toEqual([]);
    const log = openLog(path);
    const given = [record(), record({ steps: [unroll("j")], ms: [], error: { kind: "crash", message: "line 1\nline 2" } })];
    given.forEach(log.append);
    log.close();
    expect(readLog(path)).toEqual({ records: given, unreadable: 0 });
    expect(readFileSync(path, "utf8").split("\n").length).toBe(3);
  });
  it("survives a line that was cut short: the next record starts a line of its own", () => {
    const path = fresh();
    writeLog(path, [record()]);
    appendFileSync(path, JSON.stringify(record({ kernel: "half" })).slice(0, 40));
    const log = openLog(path);
    log.append(record({ kernel: "after" }));
    log.close();
    const { records, unreadable } = readLog(path);
    expect(records.map((r) => r.kernel)).toEqual(["k", "after"]);
    expect(unreadable).toBe(1);
  });
  it("is told from another file", () => {
    const path = fresh();
    writeFileSync(path, '{\n  "quantization": []\n}\n');
    expect(() => readLog(path)).toThrow("QC-TUNE-003");
  });
  it("takes nothing for a record that is none", () => {
    expect(asRecord(JSON.parse(JSON.stringify(record())))).toEqual(record());
    for (const bad of [null, [], {}, { ...record(), v: 2 }, { ...record(), ms: ["1"] }, { ...record(), steps: [{}] }])
      expect(asRecord(bad)).toBeNull();
    expect(asRecord({ ...record(), error: { kind: "bad", message: "" } })).toBeNull();
  });
  it("merges: equal records once, by time", () => {
    const [a, b, c] = ["2026-01-03", "2026-01-01", "2026-01-02"].map((time) => record({ time }));
    expect(
      mergeRecords([
        [a, b],
        [b, c],
      ]).map((r) => r.time),
    ).toEqual(["2026-01-01", "2026-01-02", "2026-01-03"]);
  });
});

const built = resolve(import.meta.dirname, "../../dist/search/log.js");

/** A process that appends records as fast as it can, numbered from 0; prints a dot before every fiftieth. */
function writer(path: string, name: string) {
  const text = `const { openLog } = await import(${JSON.stringify(pathToFileURL(built).href)});
    const log = openLog(${JSON.stringify(path)});
    const base = ${JSON.stringify(record({ session: name }))};
    for (let i = 0; ; i++) {
      if (i % 50 === 0) { process.stdout.write("."); await new Promise((r) => setImmediate(r)); }
      log.append({ ...base, seed: i, kernel: "x".repeat(i % 5000) }); }`;
  return spawn(process.execPath, ["--input-type=module", "-e", text], { stdio: ["ignore", "pipe", "inherit"] });
}

/** When a process has printed so many dots. */
async function dots({ stdout }: ReturnType<typeof writer>, count: number): Promise<void> {
  for (let seen = 0; seen < count; ) seen += String((await once(stdout, "data"))[0]).length;
}

describe.skipIf(!existsSync(built))("processes that share a log", () => {
  it("lose nothing but the record in flight when they are killed", async () => {
    const path = fresh();
    for (let round = 0; round < 4; round++) {
      const pair = [writer(path, `a${round}`), writer(path, `b${round}`)];
      await Promise.all(pair.map((p) => dots(p, 2)));
      await new Promise((r) => setTimeout(r, 37 * round));
      const ended = pair.map((p) => once(p, "exit"));
      for (const p of pair) p.kill("SIGKILL");
      await Promise.all(ended);
    }
    const { records, unreadable } = readLog(path);
    expect(unreadable).toBeLessThanOrEqual(8);
    const sessions = new Map<string, number[]>();
    for (const r of records) sessions.set(r.session, [...(sessions.get(r.session) ?? []), r.seed]);
    expect(sessions.size).toBe(8);
    for (const seeds of sessions.values()) {
      expect(seeds.length).toBeGreaterThan(1);
      expect(seeds).toEqual(seeds.map((_, i) => i));
    }
  });
});

describe("the best schedule", () => {
  const best = (...records: TuningRecord[]) => bestSchedules(records).get("w");
  const timed = (loop: string, ms: number, more: Partial<TuningRecord> = {}) =>
    record({ steps: [unroll(loop)], ms: [ms], baselineMs: [1], ...more });
  it("is the fastest against the default of its own session", () => {
    expect(best(timed("i", 0.8), timed("j", 0.7))?.steps).toEqual([unroll("j")]);
    expect(best(timed("i", 0.8), timed("j", 7, { baselineMs: [20], session: "slow machine" }))?.steps).toEqual([unroll("j")]);
  });
  it("is none where nothing is clearly faster than the default", () => {
    expect(best(timed("i", 0.93))).toBeUndefined();
    expect(best(timed("i", 1.2), record({ steps: [], ms: [0.1] }))).toBeUndefined();
  });
  it("counts with its worst measurement, and what was measured at length goes first", () => {
    const lucky = timed("i", 0.3);
    expect(best(lucky, timed("i", 1.1, { source: "final" }))).toBeUndefined();
    expect(best(lucky, timed("j", 0.9), timed("j", 0.9, { source: "final" }))?.steps).toEqual([unroll("j")]);
  });
  it("must be faster in the whole model where that was measured", () => {
    const alone = [timed("i", 0.5), timed("i", 0.5, { source: "final" })];
    expect(best(...alone, timed("i", 1.05, { source: "context" }))).toBeUndefined();
    expect(best(...alone, timed("i", 0.9, { source: "context" }))).toMatchObject({ ratio: 0.9, isConfirmed: false });
    expect(best(...alone, timed("i", 0.9, { source: "context" }), timed("i", 0.9, { source: "slower" }))).toBeUndefined();
  });
  it("is what the last confirmation says, whatever was measured else", () => {
    const at = (time: string, session = time) => ({ source: "whole", session, time });
    const confirmed = [
      timed("i", 0.5, { source: "final" }),
      timed("j", 0.9, at("2026-01-02")),
      timed("j", 0.8, { ...at("2026-01-02"), threads: 2 }),
    ];
    expect(best(...confirmed)).toMatchObject({ steps: [unroll("j")], isConfirmed: true });
    expect(best(...confirmed)?.ratio).toBeCloseTo(Math.sqrt(0.72));
    const later = [timed("k", 0.3, { time: "2026-01-03" }), timed("k", 0.3, { source: "context", time: "2026-01-03" })];
    expect(best(...confirmed, ...later)?.steps).toEqual([unroll("j")]);
    expect(best(...confirmed, timed("i", 1.01, at("2026-01-03")))?.steps).toEqual([unroll("i")]);
    const standard = record({ steps: [], ms: [], baselineMs: [], ...at("2026-01-03") });
    expect(best(...confirmed, standard)).toBeUndefined();
    expect(best(standard, ...confirmed)).toBeUndefined();
    expect(best(...confirmed, timed("j", 1, { error: { kind: "wrong", message: "" } }))).toBeUndefined();
  });
  it("is faster on all numbers of threads together and slower on none", () => {
    const on = (threads: number, ms: number) => timed("i", ms, { source: "context", threads });
    expect(best(on(1, 0.8), on(2, 0.9))?.ratio).toBeCloseTo(Math.sqrt(0.72));
    expect(best(on(1, 0.8), on(2, 1.005))).toBeDefined();
    expect(best(on(1, 0.5), on(2, 1.1))).toBeUndefined();
  });
  it("was never wrong", () => {
    expect(best(timed("i", 0.5), timed("i", 0.5, { error: { kind: "wrong", message: "" } }))).toBeUndefined();
  });
  it("was measured against the default that is one now", () => {
    const records = [timed("i", 0.5)];
    expect(bestSchedules(records, { baselines: new Map([["w", DEFAULT]]) }).size).toBe(1);
    expect(bestSchedules(records, { baselines: new Map([["w", "another"]]) }).size).toBe(0);
    expect(records.filter((r) => isStale(r, new Map([["w", "another"]]))).length).toBe(1);
    expect(records.filter((r) => isStale(r, new Map([["v", "another"]]))).length).toBe(0);
  });
  it("is measured against the newest default where none is named", () => {
    const old = timed("i", 0.2, { baseline: "old", time: "2025-01-01T00:00:00.000Z" });
    expect(best(old, timed("j", 0.8))?.steps).toEqual([unroll("j")]);
  });
});

describe("contenders for the whole model", () => {
  const timed = (loop: string, ms: number, source: string) =>
    record({ steps: [unroll(loop)], ms: [ms], baselineMs: [1], source });
  const of = (...records: TuningRecord[]) => {
    const found = contenders(records, new Map([["w", DEFAULT]]), 3).get("w");
    const all = found ? [...(found.incumbent ? [found.incumbent] : []), ...found.challengers] : [];
    return all.map((b) => (b.steps[0] as { loop: string }).loop);
  };
  it("are the fastest that were measured at length", () => {
    expect(of(timed("a", 0.5, "model"), timed("b", 0.9, "final"), timed("c", 0.7, "final"), timed("d", 1.2, "final"))).toEqual([
      "c",
      "b",
    ]);
    expect(of(...["a", "b", "c", "d"].map((l, i) => timed(l, 0.6 + i / 10, "final")))).toEqual(["a", "b", "c"]);
  });
  it("are what was confirmed before, and others that were faster in the model; not what lost there", () => {
    const won = [timed("a", 0.9, "final"), timed("a", 0.9, "context"), timed("a", 0.9, "whole")];
    const lost = [timed("b", 0.5, "final"), timed("b", 1.1, "context")];
    const unlucky = [timed("d", 0.6, "final"), timed("d", 0.9, "context"), timed("d", 1.1, "slower")];
    expect(of(...won, ...lost, ...unlucky, timed("c", 0.8, "final"))).toEqual(["a", "c", "d"]);
  });
});

describe("records from elsewhere", () => {
  it("are not used, and counted by reason", () => {
    const all = [
      record(),
      record({ target: "llvm aarch64" }),
      record({ toolchain: { qc: "0.1.0", llvm: "18.1.0" } }),
      record({ toolchain: { qc: "0.0.9", llvm: "19.1.7" } }),
      record({ toolchain: { qc: "0.0.9", llvm: "19.1.7" } }),
      record({ cpu: "the same kind, another machine" }),
    ];
    const { records, refused, foreign } = usableRecords(all, HERE);
    expect(records.length).toBe(2);
    expect(refused.map((r) => r.count)).toEqual([1, 1, 2]);
    expect(refused[1].why).toMatch(/measured with llvm 18.1.0, qc 0.1.0; this is llvm 19.1.7/);
    expect(foreign).toEqual(["the same kind, another machine"]);
  });
});
