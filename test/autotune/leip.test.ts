/** The four cases of `--optimization category:graph,iterations:N`, on a small classifier of the glyphs' images. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { placedWorkloads } from "../../src/autotune/launches.js";
import { bestSchedules } from "../../src/autotune/records/best.js";
import { readLog } from "../../src/autotune/records/log.js";
import type { TuningRecord } from "../../src/autotune/records/record.js";
import { environmentOf } from "../../src/autotune/site.js";
import { workloadKey } from "../../src/autotune/workload.js";
import { measureOf } from "../../src/build/toolchain.js";
import { fuseModel } from "../../src/compile.js";
import { createContext } from "../../src/context.js";
import { applySteps } from "../../src/ir/schedule/apply.js";
import { scheduledName } from "../../src/schedules/cpu/schedule.js";
import { glyphFolder, interrupted, qcHere } from "../cli/qc.js";
import { floats, INT64, model, node, value } from "../frontends/onnx/helpers/build.js";

const cwd = mkdtempSync(join(tmpdir(), "qc-leip-"));
beforeAll(() => {
  glyphFolder(cwd);
  writeFileSync(join(cwd, "model.onnx"), classifier());
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Three convolutions of 3x3, of which each halves the image, a mean and a product: few kernels, quickly built. */
function classifier(): Uint8Array {
  const channels = [3, 8, 16, 16];
  const wave = (name: string, dims: number[]) =>
    floats(
      name,
      Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(0.7 * i)),
      dims,
    );
  const layers = channels.slice(1).map((_, i) => i);
  const conv = (i: number) =>
    node(
      "Conv",
      [i ? `r${i}` : "image", `w${i}`],
      [`c${i}`],
      [
        { name: "pads", type: 7, ints: [1, 1, 1, 1] },
        { name: "strides", type: 7, ints: [2, 2] },
      ],
    );
  return model({
    input: [value("image", [1, 3, 32, 32])],
    output: [value("scores", [1, 5])],
    initializer: [
      ...layers.map((i) => wave(`w${i}`, [channels[i + 1], channels[i], 3, 3])),
      wave("m", [16, 5]),
      { name: "flat", dataType: INT64, dims: [2], int64Data: [1, 16] },
    ],
    node: [
      ...layers.flatMap((i) => [conv(i), node("Relu", [`c${i}`], [`r${i + 1}`])]),
      node("GlobalAveragePool", ["r3"], ["p"]),
      node("Reshape", ["p", "flat"], ["f"]),
      node("MatMul", ["f", "m"], ["scores"]),
    ],
  });
}

const LOG = "optimization_artifacts/model.tuning.json";
const logOf = (out: string) => join(cwd, out, LOG);
const compile = (out: string, ...more: string[]) =>
  qcHere(cwd, ["compile", "--input_path", "model.onnx", "--output_path", out, ...more]);
const search = (n: number) => ["--optimization", `category:graph,iterations:${n}`];
const trials = (log: string) =>
  readLog(log).records.filter((r) => !["default", "final", "context", "whole", "slower"].includes(r.source));
const code = (out: string) => readFileSync(join(cwd, out, "model.so"));

describe("category:graph", () => {
  it("absent: no search, no log", async () => {
    expect((await compile("plain")).code).toBe(0);
    expect(existsSync(logOf("plain"))).toBe(false);
  });
  it("0 without a log: an error that says what to do, and nothing is written", async () => {
    const { code: exit, err } = await compile("none", ...search(0));
    expect(exit).toBe(1);
    expect(err).toMatch(/error QC-TUNE-001: there is no tuning log '.*model\.tuning\.json'/);
    expect(err).toMatch(/help: search first/);
    expect(existsSync(join(cwd, "none"))).toBe(false);
  });
  it("N, N again, 0: creates the log, adds to it, uses it without a run", async () => {
    const first = await compile("out", ...search(6), "--json");
    expect(first.err + first.out).not.toMatch(/error/);
    const report = JSON.parse(first.out).tuning;
    expect(report.search.done).toBe(6);
    expect(trials(logOf("out")).length).toBe(6);
    expect(readLog(logOf("out")).unreadable).toBe(0);

    const second = await compile("out", ...search(4), "--json");
    expect(second.code).toBe(0);
    const after = readFileSync(logOf("out"), "utf8");
    expect(trials(logOf("out")).length).toBe(10);
    expect(new Set(readLog(logOf("out")).records.map((r) => r.session)).size).toBe(2);

    const built = code("out");
    const last = await compile("out", ...search(0), "--json");
    expect(last.code).toBe(0);
    const { tuning } = JSON.parse(last.out);
    expect(tuning.search).toBeNull();
    // what was confirmed at the end of the search is what the log says from then on, for every workload
    const confirmed = readLog(logOf("out")).records.filter((r) => r.source === "whole");
    expect(new Set(confirmed.map((r) => r.workload)).size).toBe(confirmed.length ? tuning.workloads : 0);
    if (confirmed.length === 0) expect(tuning.tuned).toBe(0); // nothing was found that could be confirmed
    expect(tuning.tuned).toBe(JSON.parse(second.out).tuning.tuned);
    expect(JSON.parse((await qcHere(cwd, ["records", "best", logOf("out"), "--json"])).out).length).toBe(tuning.tuned);
    expect(readFileSync(logOf("out"), "utf8")).toBe(after);
    expect(code("out").equals(built)).toBe(true);
  });
  it("uses what was found: schedules that the log says are faster, byte for byte the same each time", async () => {
    const ctx = createContext();
    const { module, tools } = await fuseModel({ inputPath: join(cwd, "model.onnx"), outputPath: "" }, ctx);
    const here = environmentOf(tools);
    const measure = measureOf(tools);
    const recorded = new Map(
      readLog(logOf("out"))
        .records.filter((r) => r.code !== null)
        .map((r) => [`${r.workload} ${r.code}`, r]),
    );
    const workloads = new Map(placedWorkloads(module, ctx, here.target).map((p) => [p.workload.key, p.workload.kernel]));
    let replayed = 0;
    for (const r of recorded.values()) {
      const kernel = workloads.get(r.workload) ?? expect.fail(r.workload);
      expect(workloadKey(kernel, here.target)).toBe(r.workload);
      const object = () => {
        const scheduled = { ...applySteps(kernel, r.steps), name: scheduledName(kernel, tools.target) };
        const made = measure.code(applySteps(kernel, r.steps));
        expect(made.hash).toBe(r.code);
        return measure.compile(measure.code(scheduled), "kernel");
      };
      expect(Buffer.from(object()).equals(Buffer.from(object()))).toBe(true);
      replayed++;
    }
    expect(replayed).toBeGreaterThan(5);

    // a log that calls another schedule of the first convolution twice as fast: that one is built in
    const [record] = trials(logOf("out")).filter((r) => r.error === null && r.code !== null);
    const claim: TuningRecord = { ...record, source: "context", ms: [1], baselineMs: [2] };
    writeFileSync(logOf("out"), `${JSON.stringify(claim)}\n`);
    expect(bestSchedules(readLog(logOf("out")).records).size).toBe(1);
    const { out, err } = await compile("out", ...search(0), "--json");
    expect(err).toMatch(/QC-TUNE-013: 1 schedule was never measured in the whole model/);
    expect(JSON.parse(out).tuning.tuned).toBe(1);
    const tuned = code("out");
    await compile("plain");
    expect(tuned.equals(code("plain"))).toBe(false);
    await compile("out", ...search(0));
    expect(code("out").equals(tuned)).toBe(true);
    expect((await qcHere(cwd, ["run", "out", "--input", "x.npy"])).out).toBe(
      (await qcHere(cwd, ["run", "plain", "--input", "x.npy"])).out,
    );
  });
  it("tunes for a number of threads, and records it", async () => {
    expect(
      (
        await qcHere(cwd, [
          "tune",
          "--input_path",
          "model.onnx",
          "--output_path",
          "t1",
          "--iterations",
          "8",
          "--threads",
          "2",
          "--seed",
          "3",
        ])
      ).code,
    ).toBe(0);
    const { records } = readLog(logOf("t1"));
    expect(records.length).toBeGreaterThan(8);
    // the default that stays is no measurement of its own
    const measured = records.filter((r) => r.ms !== null && r.ms.length > 0);
    expect(measured.map((r) => [r.source, r.threads]).filter(([, threads]) => threads !== 2)).toEqual([]);
  });
  it("does not use records of another compiler, and says so", async () => {
    const [record] = readLog(logOf("out")).records;
    writeFileSync(logOf("out"), `${JSON.stringify({ ...record, toolchain: { qc: "0.0.1", llvm: "15" } })}\n`);
    const { out, err } = await compile("out", ...search(0), "--json");
    expect(JSON.parse(out).tuning).toMatchObject({ tuned: 0, refused: [{ count: 1 }] });
    expect(err).toMatch(/QC-TUNE-005: 1 record of '.*' is not used: measured with llvm 15, qc 0\.0\.1/);
    await compile("plain");
    expect(code("out").equals(code("plain"))).toBe(true);
  });
  it("does not use records against another default schedule, says so, and measures their schedules again", async () => {
    const [trial] = trials(logOf("t1"));
    const old = { ...trial, baseline: "another", ms: [1], baselineMs: [2], source: "whole" };
    writeFileSync(logOf("t1"), `${JSON.stringify(old)}\n`);
    const { out, err } = await compile("t1", ...search(0), "--json");
    expect(JSON.parse(out).tuning).toMatchObject({ tuned: 0, stale: 1 });
    expect(err).toMatch(/warning QC-TUNE-011: 1 record of '.*' is not used: measured against another default schedule/);
    expect(err).toMatch(/help: a further search measures the fastest of them again/);
    expect((await compile("t1", ...search(8))).code).toBe(0);
    const again = trials(logOf("t1")).filter((r) => r.source === "recalled");
    expect(again.map((r) => r.steps)).toContainEqual(old.steps);
  });
  it("keeps everything when it is interrupted", async () => {
    const args = ["tune", "--input_path", "model.onnx", "--output_path", "cut", "--iterations", "20000"];
    const isMeasured = () => existsSync(logOf("cut")) && readLog(logOf("cut")).records.length > 3;
    const { code: exit, err } = await interrupted(cwd, args, isMeasured);
    expect(exit).toBe(130);
    expect(err).toMatch(/interrupted: everything measured so far is in .*model\.tuning\.json/);
    const { records, unreadable } = readLog(logOf("cut"));
    expect(records.length).toBeGreaterThan(0);
    expect(unreadable).toBe(0);
  });
});

describe("commands on logs and schedules", () => {
  it("list, show, best, merge, export", async () => {
    expect(
      (
        await qcHere(cwd, [
          "tune",
          "--input_path",
          "model.onnx",
          "--output_path",
          "t",
          "--iterations",
          "5",
          "--strategy",
          "random",
        ])
      ).code,
    ).toBe(0);
    const log = join("t", LOG);
    const listed = JSON.parse((await qcHere(cwd, ["records", "list", log, "--json"])).out);
    expect(listed.reduce((n: number, w: { records: number }) => n + w.records, 0)).toBe(readLog(join(cwd, log)).records.length);
    expect((await qcHere(cwd, ["records", "show", log])).out).toMatch(/random: .* ms, default .* ms/);
    expect((await qcHere(cwd, ["records", "best", log])).code).toBe(0);
    const merged = await qcHere(cwd, ["records", "merge", log, log, "-o", "both.json", "--json"]);
    expect(JSON.parse(merged.out).records).toBe(readLog(join(cwd, log)).records.length);
    expect((await qcHere(cwd, ["records", "export", log, "-o", "best.json"])).code).toBe(0);
    expect(JSON.parse(readFileSync(join(cwd, "best.json"), "utf8")).format).toBe("qc-schedules");
    expect((await qcHere(cwd, ["records", "merge", log])).err).toMatch(/QC-CLI-052/);
    expect((await qcHere(cwd, ["records", "forget", log])).err).toMatch(/QC-CLI-050/);
  });
  it("schedule prints a kernel before and after each step", async () => {
    const names = (await qcHere(cwd, ["schedule", "model.onnx"])).out.trim().split("\n");
    expect(names.length).toBeGreaterThan(3);
    const conv = names.find((n) => n.includes("conv"))?.split(/ +/)[1] ?? "";
    const { out } = await qcHere(cwd, ["schedule", "model.onnx", "--kernel", conv]);
    const steps = Number(/step 1 of (\d+)/.exec(out)?.[1]);
    expect(steps).toBeGreaterThan(3);
    expect(out.match(/^kernel @/gm)?.length).toBe(steps + 1);
    expect((await qcHere(cwd, ["schedule", "model.onnx", "--kernel", "nothing"])).err).toMatch(/QC-CLI-053/);
  });
});
