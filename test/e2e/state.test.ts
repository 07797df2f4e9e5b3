/** Networks with state: what is declared with --state gives, natively and step by step, what feeding by hand gives. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import onnxProto from "onnx-proto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planModule } from "../../src/build/plan.js";
import { openToolchain } from "../../src/build/toolchain.js";
import { buildShared } from "../../src/build/write.js";
import { statefulModule, withoutPositions } from "../../src/check/draw/stateful-module.js";
import { difference } from "../../src/check/same-values.js";
import { compileModel, optimizeModel } from "../../src/compile.js";
import { createContext } from "../../src/context.js";
import type { StatePair } from "../../src/ir/graph/state.js";
import { openSequence } from "../../src/ir/op/sequence.js";
import { runPipeline } from "../../src/passes/manager.js";
import { parsePipeline } from "../../src/passes/pipeline.js";
import { canonicalPipeline, loweredPipeline, type OptLevel } from "../../src/passes/presets.js";
import { load, type Net } from "../../src/runtime/index.js";
import { scheduleKernel } from "../../src/schedules/cpu/schedule.js";
import { readNpy, type TypedArray } from "../../src/support/npy.js";
import { qc, ROOT } from "../cli/qc.js";
import { onnxModels, pathOf, recordedCases } from "./shared-models.js";

const { onnx } = onnxProto;
const work = mkdtempSync(join(tmpdir(), "qc-state-"));
const at = (name: string) => join(work, name);
const PAIR: StatePair = { output: "hN", input: "h" };

beforeAll(() => {
  const r = spawnSync(process.execPath, [join(ROOT, "examples/streaming/make-model.mjs"), work], { encoding: "utf8" });
  expect(r.status, r.stderr).toBe(0);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** The steps of a sequence through a network without state, what `pairs` say fed back by hand. */
function byHand(
  net: Net,
  pairs: readonly StatePair[],
  steps: readonly Record<string, TypedArray>[],
): Record<string, TypedArray>[] {
  let states: Record<string, TypedArray> = {};
  for (const { input } of pairs) {
    const info = net.inputs.find((i) => i.name === input);
    states[input] = new Float32Array((info?.shape ?? []).reduce((a, b) => a * b, 1));
  }
  return steps.map((step) => {
    const results = net.run({ ...step, ...states });
    states = Object.fromEntries(pairs.map((p) => [p.input, results[p.output]]));
    return results;
  });
}

const rows = (data: TypedArray, count: number): TypedArray[] =>
  Array.from({ length: count }, (_, t) => data.slice((t * data.length) / count, ((t + 1) * data.length) / count));

describe("models whose state is declared", () => {
  const streams = onnxModels().filter((m) => m.stream && Object.keys(m.stream).length > 0);
  it.skipIf(streams.length === 0).each(streams)("$file gives what feeding by hand gives, bit for bit", async (m) => {
    const names = (list: readonly string[]) => list.map((text) => text.split(" ")[0]);
    const [inputs, outputs] = [names(m.inputs), names(m.outputs)];
    const pairs = Object.entries(m.stream ?? {}).map(([i, o]) => ({ input: inputs[Number(i)], output: outputs[o] }));
    await compileModel({ inputPath: pathOf(m), outputPath: at("hand") }, createContext());
    await compileModel({ inputPath: pathOf(m), outputPath: at("own"), states: pairs }, createContext());
    const [hand, own] = [await load(at("hand")), await load(at("own"))];
    const [
      {
        inputs: [sequence],
        outputs: [recorded],
      },
    ] = recordedCases(m);
    const steps = rows(sequence.data, sequence.shape[0]).map((x) => ({ [inputs[0]]: x }));
    expect(own.inputs.map((i) => i.name)).toEqual([inputs[0]]);
    const wanted = byHand(hand, pairs, steps);
    for (let again = 0; again < 2; again++) {
      steps.forEach((step, t) => expect(own.step(step)[outputs[0]], `step ${t}`).toEqual(wanted[t][outputs[0]]));
      own.reset();
    }
    const last = rows(recorded.data, steps.length).at(-1) as Float32Array;
    (wanted.at(-1) as Record<string, Float32Array>)[outputs[0]].forEach((v, i) => expect(v).toBeCloseTo(last[i], 3));
    hand.close();
    own.close();
  });

  it("begin with the default of the input, where the model gives one", async () => {
    const model = onnx.ModelProto.decode(readFileSync(at("echo.onnx")));
    const begin = Float32Array.from({ length: 16 }, (_, i) => i / 8 - 1);
    model.graph!.initializer!.push(
      onnx.TensorProto.create({ name: "h", dataType: 1, dims: [1, 16], rawData: new Uint8Array(begin.buffer) }),
    );
    writeFileSync(at("begins.onnx"), onnx.ModelProto.encode(model).finish());
    await compileModel({ inputPath: at("echo.onnx"), outputPath: at("hand") }, createContext());
    await compileModel({ inputPath: at("begins.onnx"), outputPath: at("own"), states: [PAIR] }, createContext());
    const [hand, own] = [await load(at("hand")), await load(at("own"))];
    const x = new Float32Array(8).fill(0.25);
    for (let again = 0; again < 2; again++) {
      expect(own.step(x).y).toEqual(hand.run({ x, h: begin }).y);
      expect(own.step(x).y).not.toEqual(hand.run({ x, h: begin }).y);
      own.reset();
    }
    hand.close();
    own.close();
  });
});

describe("drawn networks with state", () => {
  const ctx = createContext();
  const tools = openToolchain();
  const options = { chains: true, nodes: 5, ops: withoutPositions(ctx) };
  it.each([0, 1, 3] as OptLevel[])("step natively as the reference does, -O%i", { timeout: 120_000 }, async (level) => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const { module, steps } = statefulModule(ctx, seed, options);
        const pipeline = `${canonicalPipeline(level)},${loweredPipeline(level)}`;
        const fused = runPipeline(module, parsePipeline(pipeline, ctx.passes), ctx);
        const { program } = planModule(fused, ctx, (k) => scheduleKernel(k, tools.target).kernel);
        buildShared(program, ctx.blobs, tools, at("model.so"));
        const net = await load(at("model.so"), { threads: 1 });
        const sequence = openSequence(fused, ctx);
        for (let again = 0; again < 2; again++) {
          for (const [t, inputs] of steps.entries()) {
            const results = net.step(Object.fromEntries(net.inputs.map((i, k) => [i.name, inputs[k].data as TypedArray])));
            const got = program.outputs.map((o, i) => ({ type: o.type, data: results[net.outputs[i].name] }));
            expect(difference(sequence.step(inputs), got as never, 1e-3), `step ${t}`).toBeNull();
          }
          sequence.reset();
          net.reset();
        }
        net.close();
      }),
      { numRuns: 12 },
    );
  });
});

describe("the command line", () => {
  const compile = (...more: string[]) => qc(work, ["compile", "--input_path", "echo.onnx", "--output_path", "out/", ...more]);

  it("steps through sequences, of any form of the leading axis", async () => {
    expect(compile("--state", "hN=h").code).toBe(0);
    await compileModel({ inputPath: at("echo.onnx"), outputPath: at("hand") }, createContext());
    const { data } = readNpy(at("sequence1.npy"));
    writeFileSync(at("sequence1.bin"), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    const hand = await load(at("hand"));
    const wanted = byHand(
      hand,
      [PAIR],
      rows(data, 12).map((x) => ({ x })),
    ).flatMap((r) => [...(r.y as Float32Array)]);
    hand.close();
    for (const file of ["sequence1.npy", "sequence1.bin"]) {
      const r = qc(work, ["run", "out/", "--input", file, "--output", "y.npy"]);
      expect(r.code, r.err).toBe(0);
      const y = readNpy(at("y.npy"));
      expect(y.shape).toEqual([12, 1, 3]);
      expect([...(y.data as Float32Array)]).toEqual(wanted);
    }
    const json = JSON.parse(readFileSync(at("out/model.json"), "utf8"));
    expect(json.states).toEqual([{ name: "h", dtype: "f32", shape: [1, 16], quant: null, output: "hN", offset: 0 }]);
    expect(readFileSync(at("out/model.h"), "utf8")).toMatch(
      /ECHO_STATE_BYTES 64\n[\s\S]*state 0: 'h', next value 'hN', f32\[1, 16\]/,
    );
    expect(qc(work, ["bench", "out/", "--rounds", "20"]).out).toContain("state 64 B (h)");
  });

  it("scores the last step of a sequence", () => {
    writeFileSync(at("index.txt"), "sequence0.npy 1\nsequence2.npy 0\n");
    expect(compile("--state", "hN=h").code).toBe(0);
    const last = (name: string) => [...(readNpy(at(name)).data as Float32Array)].slice(-3);
    const best = ["sequence0.npy", "sequence2.npy"].map((file) => {
      expect(qc(work, ["run", "out/", "--input", file, "--output", "y.npy"]).code).toBe(0);
      const scores = last("y.npy");
      return scores.indexOf(Math.max(...scores));
    });
    const r = qc(work, ["evaluate", "out/", "--test_path", "index.txt", "--json"]);
    expect(r.code, r.err).toBe(0);
    expect(JSON.parse(r.out).model.top1).toBe(50 * (Number(best[0] === 1) + Number(best[1] === 0)));
  });

  it.each([
    [["--state", "hn=h"], "QC-STATE-001", "did you mean 'hN'?"],
    [["--state", "hN=hidden"], "QC-STATE-001", "its inputs are 'x', 'h'"],
    [["--state", "hN=h", "--state", "hN=x"], "QC-STATE-002", "the output 'hN' twice"],
    [["--state", "hN=h", "--state", "y=h"], "QC-STATE-002", "the input 'h' twice"],
    [["--state", "y=h"], "QC-STATE-003", "'y' is f32[1, 3], 'h' is f32[1, 16]"],
    [["--state", "hN=h", "--output_names", "hN"], "QC-CLI-054", "wanted by --output_names"],
    [["--state", "hN"], "QC-CLI-005", "is not OUT=IN"],
  ])("refuses %j", (given, code, text) => {
    const r = compile(...given);
    expect(r.code).not.toBe(0);
    expect(r.err).toContain(code);
    expect(r.err).toContain(text);
  });

  it("refuses a network that would give nothing", () => {
    const model = onnx.ModelProto.decode(readFileSync(at("echo.onnx")));
    model.graph!.output = model.graph!.output!.filter((o) => o.name === "hN");
    writeFileSync(at("mute.onnx"), onnx.ModelProto.encode(model).finish());
    const r = qc(work, ["compile", "--input_path", "mute.onnx", "--output_path", "out/", "--state", "hN=h"]);
    expect(r.err).toContain("QC-STATE-004");
  });

  it("takes a sequence for no other network, and steps of one number for all inputs", () => {
    expect(compile().code).toBe(0);
    const r = qc(work, ["run", "out/", "--input", "x=sequence0.npy", "--input", "h=sequence0.npy"]);
    expect(r.err).toContain("QC-DATA-001");
  });
});

describe("calibration over sequences", () => {
  it("sees the states that the float network reaches, each sequence from the start", async () => {
    /** x: 1 in the first step and 0 in the others: without the state's feedback nothing would follow. */
    const impulse = rows(new Float32Array(8 * 12).fill(1, 0, 8), 12);
    async function* samples() {
      for (let sequence = 0; sequence < 2; sequence++)
        for (const [step, x] of impulse.entries()) yield { values: { x }, continues: step > 0 };
    }
    const seen: { names: readonly string[]; hasState: boolean }[] = [];
    const report = await optimizeModel(
      {
        ...{ inputPath: at("echo.onnx"), outputPath: at("int8"), states: [PAIR], quantizer: "symmetricpc" },
        samples: (_, names, hasState) => {
          seen.push({ names, hasState });
          return samples();
        },
      },
      createContext(),
    );
    // one pass for the ranges, one for the signal that is kept
    expect(seen).toEqual(Array.from({ length: 2 }, () => ({ names: ["x"], hasState: true })));
    expect(report.files).toContain("model.so");
    await compileModel({ inputPath: at("echo.onnx"), outputPath: at("float"), states: [PAIR] }, createContext());
    const [float, int8] = [await load(at("float")), await load(at("int8"))];
    const { y } = JSON.parse(JSON.stringify({ y: impulse.map((x) => [...(float.step(x).y as Float32Array)]) })) as {
      y: number[][];
    };
    const z = impulse.map((x) => [...(int8.step(x).y as Float32Array)]);
    const power = (values: readonly number[]) => values.reduce((sum, v) => sum + v * v, 0);
    const noise = power(y.flat().map((v, i) => v - z.flat()[i]));
    expect(10 * Math.log10(power(y.flat()) / noise)).toBeGreaterThan(20);
    float.close();
    int8.close();
  });
});

describe("docs/state.md", () => {
  it("shows a program that runs", () => {
    expect(qc(work, ["compile", "--input_path", "echo.onnx", "--output_path", "echo-out/", "--state", "hN=h"]).code).toBe(0);
    const [, program] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, "docs/state.md"), "utf8")) ?? [];
    writeFileSync(at("stream.mjs"), program);
    mkdirSync(at("node_modules"), { recursive: true });
    if (!existsSync(at("node_modules/qc"))) symlinkSync(ROOT, at("node_modules/qc"));
    const r = spawnSync(process.execPath, [at("stream.mjs")], { cwd: work, encoding: "utf8" });
    expect(r.status, r.stderr).toBe(0);
  });
});
