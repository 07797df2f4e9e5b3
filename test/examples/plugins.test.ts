import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readLog } from "../../src/autotune/records/log.js";
import { createScheduleSpace } from "../../src/autotune/schedule-space.js";
import { runKernel } from "../../src/backends/js/run-kernel.js";
import { openToolchain } from "../../src/build/toolchain.js";
import { operandData } from "../../src/check/draw/op-case.js";
import { createContext } from "../../src/context.js";
import { createGen } from "../../src/ir/op/sample.js";
import { schedulerFor } from "../../src/ir/schedule/scheduler.js";
import { extendPipeline, loadPlugin } from "../../src/plugin.js";
import { enumerate } from "../../src/search/space.js";
import { readNpy, writeNpy } from "../../src/support/npy.js";
import { lowered, tensor } from "../autotune/kernels.js";
import { qc, ROOT } from "../cli/qc.js";

const SNAKE = join(ROOT, "examples/plugin-snake/snake.mjs");
const CENSUS = join(ROOT, "examples/plugin-census/census.ts");
const TUNING = join(ROOT, "examples/plugin-tuning/tuning.mjs");
const work = mkdtempSync(join(tmpdir(), "qc-plugin-"));
const snake = (x: number, alpha: number) => x + Math.sin(alpha * x) ** 2 / alpha;

beforeAll(() => {
  const r = spawnSync(process.execPath, [join(ROOT, "examples/plugin-snake/make-model.mjs"), join(work, "snake.onnx")], {
    encoding: "utf8",
  });
  expect(r.status, r.stderr).toBe(0);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe("the snake plugin", () => {
  it("is listed", () => {
    const r = qc(work, ["plugins", "--plugin", SNAKE, "--json"]);
    const { plugins } = JSON.parse(r.out) as {
      plugins: { name: string; ops: string[]; passes: string[]; importers: string[] }[];
    };
    expect(plugins[1]).toMatchObject({
      name: "snake",
      ops: ["snake"],
      passes: ["find-snake"],
      importers: ["com.example::Snake"],
    });
    expect(plugins[0].ops).toContain("conv");
    expect(plugins[0].ops).not.toContain("snake");
  });
  it("is needed for its model", () => {
    const r = qc(work, ["compile", "--input_path", "snake.onnx", "--output_path", "out"]);
    expect(r.code).toBe(1);
    expect(r.err).toMatch(/QC-ONNX-\d+.*Snake/);
  });
  it("compiles its model to the numbers it means", () => {
    const built = qc(work, [
      "compile",
      "--input_path",
      "snake.onnx",
      "--output_path",
      "out",
      "--plugin",
      SNAKE,
      "--print_after",
      "all",
      "--verify_each",
    ]);
    expect(built.code, built.err).toBe(0);
    const last = built.err.slice(built.err.lastIndexOf("after find-snake"));
    expect(last.split("// ---- after")[0].match(/= snake\(/g)).toHaveLength(2);
    const x = Float32Array.from({ length: 16 }, (_, i) => (i - 8) / 2.5);
    writeNpy(join(work, "x.npy"), { dtype: "f32", shape: [1, 16], data: x });
    const run = qc(work, ["run", "out", "--input", "x.npy", "--output", "y.npy"]);
    expect(run.code, run.err).toBe(0);
    const y = readNpy(join(work, "y.npy")).data as Float32Array;
    x.forEach((v, i) => {
      expect(y[i]).toBeCloseTo(snake(snake(v, 0.5), 1), 5);
    });
  });
  it("draws instances of its op for the property tests", async () => {
    const [op] = (await loadPlugin(SNAKE)).ops ?? [];
    const { inputs, attrs } = op.sample(createGen(7));
    const [x] = inputs;
    if (!x) throw new Error("no operand");
    const [y] = op.eval(inputs, attrs as never, [x.type]);
    expect(y.data.length).toBe(x.data.length);
  });
});

describe("the census plugin", () => {
  it("is TypeScript, and reports", () => {
    const model = join(ROOT, "examples/glyphs/glyphs.onnx");
    const r = qc(work, ["compile", "--input_path", model, "--output_path", "glyphs", "--plugin", CENSUS]);
    expect(r.code, r.err).toBe(0);
    expect(r.err).toMatch(/warning QC-CENSUS-001: .*\d+ conv/);
  });
});

describe("the tuning plugin", () => {
  const model = join(ROOT, "examples/glyphs/glyphs.onnx");
  const target = (name: string, ...plugins: string[]) =>
    ["compile", "--input_path", model, "--output_path", name, "--target", name].concat(plugins);
  it("is listed", () => {
    const r = qc(work, ["plugins", "--plugin", TUNING, "--json"]);
    expect(JSON.parse(r.out).plugins[1]).toMatchObject({
      name: "tuning",
      sketches: ["in-flight"],
      strategies: ["hill-climb"],
      targets: ["lab-board"],
    });
  });
  it("searches by its strategy with its sketch; what was found needs no plugin", () => {
    const make = join(ROOT, "examples/plugin-snake/make-model.mjs");
    expect(spawnSync(process.execPath, [make, join(work, "snakes.onnx"), "4096"]).status).toBe(0);
    const paths = ["--input_path", "snakes.onnx", "--output_path", "tuned", "--plugin", SNAKE];
    const search = ["--iterations", "24", "--strategy", "hill-climb"];
    const r = qc(work, ["tune", ...paths, "--plugin", TUNING, ...search, "--json"]);
    expect(r.code, r.err).toBe(0);
    expect(JSON.parse(r.out).search).toMatchObject({ strategy: "hill-climb", done: expect.any(Number) });
    const { records } = readLog(join(work, "tuned/optimization_artifacts/snakes.tuning.json"));
    expect(records.filter((x) => x.source === "hill-climb").length).toBeGreaterThan(3);
    const sketched = records.filter((x) => Object.values(x.decisions).includes("in-flight"));
    expect(sketched.length).toBeGreaterThan(0);
    expect(sketched.every((x) => x.error === null && x.steps.some((step) => step.step === "unroll"))).toBe(true);
    const log = join(work, "tuned/optimization_artifacts/snakes.tuning.json");
    const claim = { ...sketched[0], source: "whole", ms: [1], baselineMs: [2], session: "claim" };
    writeFileSync(log, `${JSON.stringify(claim)}\n`);
    const built = qc(work, ["compile", ...paths, "--optimization", "category:graph,iterations:0", "--json"]);
    expect(built.code, built.err).toBe(0);
    expect(JSON.parse(built.out).tuning).toMatchObject({ tuned: 1, stale: 0 });
  });
  it("is needed for its strategy and its target", () => {
    const r = qc(work, ["tune", "--input_path", model, "--output_path", "none", "--iterations", "1", "--strategy", "hill-climb"]);
    expect(r.err).toMatch(/error QC-TUNE-012: there is no search strategy 'hill-climb'/);
    expect(qc(work, target("lab-board")).err).toMatch(/error QC-TARGET-/);
    const built = qc(work, target("lab-board", "--plugin", TUNING, "--json"));
    expect(built.code, built.err).toBe(0);
    expect(JSON.parse(built.out).target).toBe("llvm -mtriple=aarch64-linux-gnu -mcpu=cortex-a72");
  });
  it("makes schedules that mean the same", async () => {
    const { schedulers } = createContext({ plugins: [await loadPlugin(TUNING)] });
    const { target: znver3 } = openToolchain("llvm -mtriple=x86_64-linux-gnu -mcpu=znver3");
    const scheduler = schedulerFor(schedulers, znver3);
    const { group, drawn } = lowered("add", [tensor("f32", [3, 64]), tensor("f32", [3, 64])], {});
    const want = runKernel(group.kernel, operandData(group, drawn));
    const space = createScheduleSpace(group.kernel, (kernel, choose) => scheduler.schedule(kernel, znver3, choose));
    const names = space.standard.sites.map((x) => x.name);
    expect(names.some((n) => n.endsWith(".sketch"))).toBe(true);
    const all = [...enumerate(space)].filter((c) => Object.values(c.decisions).includes("in-flight"));
    expect(all.length).toBeGreaterThan(1);
    for (const c of all) expect(runKernel(c.kernel, operandData(group, drawn), { checked: true })).toEqual(want);
  });
});

describe("plugins", () => {
  const file = (name: string, text: string) => {
    const path = join(work, name);
    writeFileSync(path, text);
    return path;
  };
  it.each([
    ["not-there.mjs", null, "QC-PLUGIN-001"],
    ["throws.mjs", "throw new Error('no')", "QC-PLUGIN-002"],
    ["refuses.mjs", "export default () => { throw new Error('no') }", "QC-PLUGIN-002"],
    ["nothing.mjs", "export const x = 1", "QC-PLUGIN-003"],
    ["newer.mjs", "export default { name: 'newer', apiVersion: 2 }", "QC-PLUGIN-004"],
  ])("%s is refused", async (name, text, code) => {
    if (text !== null) file(name, text);
    await expect(loadPlugin(join(work, name))).rejects.toMatchObject({ diags: [{ code }] });
  });
  it("may not define what exists", async () => {
    const path = file(
      "again.mjs",
      "export default ({ unaryOp }) => ({ name: 'again', apiVersion: 1, ops: [unaryOp({ name: 'relu', doc: '', on: 'float' })] })",
    );
    const plugin = await loadPlugin(path);
    expect(() => createContext({ plugins: [plugin] })).toThrow(/relu.*qc.*plugin again/);
    const named = (more: object) => () => createContext({ plugins: [{ name: "p", apiVersion: 1, ...more }] });
    expect(named({ targets: { llvm: "llvm -mcpu=x" } })).toThrow(/target 'llvm'.*qc.*plugin p/);
    expect(named({ strategies: [{ name: "grid", doc: "", start: () => ({ propose: () => [] }) }] })).toThrow(
      /grid.*qc.*plugin p/,
    );
    const twice = await loadPlugin(SNAKE);
    expect(() => createContext({ plugins: [twice, twice] })).toThrow(/snake.*plugin snake.*plugin snake/);
  });
  it("extend pipelines where they ask for it", () => {
    const plugin = { name: "p", apiVersion: 1, pipeline: [{ after: "b", passes: "x,y{n=1}" }] };
    expect(extendPipeline("a,b{k=1,2},c", [plugin])).toBe("a,b{k=1,2},x,y{n=1},c");
    expect(extendPipeline("a,c", [plugin])).toBe("a,c");
    expect(extendPipeline("a,b", [plugin, plugin])).toBe("a,b,x,y{n=1},x,y{n=1}");
  });
  it("are told where a pipeline names no pass", () => {
    const plugin = { name: "p", apiVersion: 1, pipeline: [{ after: "simplify-movment", passes: "dce" }] };
    expect(() => createContext({ plugins: [plugin] })).toThrow(
      expect.objectContaining({
        code: "QC-PLUGIN-005",
        diags: [expect.objectContaining({ help: "did you mean 'simplify-movement'?" })],
      }),
    );
  });
  it("run in the presets of qc opt too", () => {
    const r = qc(work, ["opt", "snake.onnx", "-O1", "--time_passes", "--plugin", SNAKE]);
    expect(r.code, r.err).toBe(0);
    expect(r.out).toContain("find-snake");
  });
  it("own the errors that they throw", () => {
    const source = `export default ({ definePass }) => ({ name: "faulty", apiVersion: 1, pipeline: [{ after: "dce", passes: "faulty" }],
  passes: [definePass({ name: "faulty", doc: "throws", options: {}, requires: [], establishes: [],
    run: (m) => m.nothing.here })] });`;
    writeFileSync(join(work, "faulty.mjs"), source);
    writeFileSync(join(work, "faulty.ts"), source);
    for (const file of ["faulty.mjs", "faulty.ts"]) {
      const model = ["--input_path", "snake.onnx", "--output_path", "faulty"];
      const { code, err } = qc(work, ["compile", ...model, "--plugin", SNAKE, "--plugin", `./${file}`]);
      expect(code).toBe(1);
      expect(err).toMatch(new RegExp(`QC-PLUGIN-006: TypeError in '.*${file}', line 3`));
      expect(err).not.toContain("bug in qc");
    }
  });
  it("are documented as they are", () => {
    const text = readFileSync(join(ROOT, "docs/plugins.md"), "utf8").replace(/\s+/g, " ");
    const source = readFileSync(SNAKE, "utf8").replace(/\s+/g, " ");
    for (const piece of [
      "drawAttrs: (g) => ({ alpha: g.f32({ min: 0.25, max: 4 }) })",
      '"com.example::Snake": (n) => n.emit("snake", [n.input(0)], { alpha: n.float("alpha", 1) })',
      'if (sin?.op === "sin" && sin.inputs[0] === x) return [b.node("snake", [x], { alpha: 1 }, loc(mul, sin))];',
    ]) {
      expect(text).toContain(piece);
      expect(source).toContain(piece);
    }
  });
});
