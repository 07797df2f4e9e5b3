/** The op of examples/plugin-shuffle, which says of bytes and of axes what qc's own ops say, is quantized and laid out like them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runKernel } from "../../src/backends/js/run-kernel.js";
import { drawCase, lowerCase, operandData } from "../../src/check/draw/op-case.js";
import { layoutProperties } from "../../src/check/ops/layout.js";
import { difference } from "../../src/check/same-values.js";
import { createContext } from "../../src/context.js";
import { evaluateModule } from "../../src/ir/op/evaluate.js";
import { createGen } from "../../src/ir/op/sample.js";
import { parseModule } from "../../src/ir/text/parse-module.js";
import { runPipeline } from "../../src/passes/manager.js";
import { parsePipeline } from "../../src/passes/pipeline.js";
import { loadPlugin } from "../../src/plugin.js";
import { readNpy, writeNpy } from "../../src/support/npy.js";
import { qc, ROOT } from "../cli/qc.js";
import { expectHeld } from "../helpers/held.js";

const SHUFFLE = join(ROOT, "examples/plugin-shuffle/shuffle.mjs");
const work = mkdtempSync(join(tmpdir(), "qc-shuffle-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe("the shuffle plugin", () => {
  const conv = 'strides = [1, 1], pads = [0, 0, 0, 0], dilations = [1, 1], layout = "channels_first"';
  const shuffled = (before: string, after: string) => `module "m" version 1
const #w0 : f32[4, 1, 1, 1] = dense<1, 2, 3, 4>
const #w1 : f32[1, 4, 1, 1] = dense<5, -6, 7, 8>
func @main(%x: f32[1, 1, 2, 3]) -> f32[1, 1, 2, 3] {
  %a = conv(%x, #w0) {${conv}}
${before}  %s = channel_shuffle(%b) {groups = 2, layout = "channels_first"}
${after}  %y = conv(%d, #w1) {${conv}}
  return %y
}
`;
  const floats = shuffled("  %b = relu(%a)\n", "  %d = relu(%s)\n");
  const grid = 'dtype = "i8", scales = [0.1], zeros = [3]';
  const pair = (from: string, to: string) => `  %q${to} = quantize(%${from}) {${grid}}\n  %${to} = dequantize(%q${to})\n`;
  const passesOver = async (text: string, pipeline: string) => {
    const ctx = createContext({ plugins: [await loadPlugin(SHUFFLE)] });
    const m = parseModule(text, "shuffle.qc", ctx);
    const made = runPipeline(m, parsePipeline(pipeline, ctx.passes), ctx);
    const x = createGen(5).tensor({ dtype: "f32", shape: [1, 1, 2, 3] });
    expect(difference(evaluateModule(m, ctx, [x]), evaluateModule(made, ctx, [x]), 1e-6)).toBeNull();
    return made.funcs[0].body;
  };

  it("has its op in the channels-last layout between convolutions that are", async () => {
    const body = await passesOver(floats, "channels-last,fold-constants,simplify-movement,cse,dce");
    expect(body.map((n) => n.op)).toEqual(["reshape", "conv", "relu", "channel_shuffle", "relu", "conv", "reshape"]);
    expect(body.filter((n) => "layout" in n.attrs).map((n) => n.attrs.layout)).toEqual(new Array(3).fill("channels_last"));
  });
  it("has its op moving bytes between values on one grid", async () => {
    const body = await passesOver(shuffled(pair("a", "b"), pair("s", "d")), "quantize,dce");
    expect(body.find((n) => n.op === "channel_shuffle")?.outputs[0].type.dtype).toBe("i8");
    expect(body.filter((n) => n.op === "quantize")).toHaveLength(1);
  });
  it("draws cases on which its loops and its layouts mean the same", async () => {
    const [op] = (await loadPlugin(SHUFFLE)).ops ?? [];
    for (let seed = 1; seed <= 30; seed++) {
      const c = drawCase(op, seed);
      const group = lowerCase(op, c);
      const [want] = op.eval(c.inputs, c.attrs as never, c.types);
      expect(runKernel(group.kernel, operandData(group, c)).y0).toEqual(want.data);
    }
    const properties = layoutProperties(op, createContext({ plugins: [await loadPlugin(SHUFFLE)] }));
    expect(properties.map((p) => p.name)).toContain("op(x) = to_first(op_last(to_last(x)))");
    for (const p of properties) await expectHeld(p, { seed: 1, cases: 30 });
  });
  it("compiles", () => {
    writeFileSync(join(work, "shuffle.qc"), floats);
    const built = qc(work, ["compile", "--input_path", "shuffle.qc", "--output_path", "shuffle", "--plugin", SHUFFLE]);
    expect(built.code, built.err).toBe(0);
    writeNpy(join(work, "ones.npy"), { dtype: "f32", shape: [1, 1, 2, 3], data: new Float32Array(6).fill(1) });
    const run = qc(work, ["run", "shuffle", "--input", "ones.npy", "--output", "sums.npy"]);
    expect(run.code, run.err).toBe(0);
    // channels 1, 2, 3, 4 in the order 1, 3, 2, 4
    expect([...(readNpy(join(work, "sums.npy")).data as Float32Array)]).toEqual(new Array(6).fill(5 - 18 + 14 + 32));
  });
});
