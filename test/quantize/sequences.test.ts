/** Calibration and the measured signal of networks with state: every sequence from the initial state, every step from the one before. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { createContext } from "../../src/context.js";
import { createFuncBuilder } from "../../src/ir/graph/func-builder.js";
import type { Module } from "../../src/ir/graph/module.js";
import { inferWith } from "../../src/ir/op/infer-node.js";
import { createGen } from "../../src/ir/op/sample.js";
import { openSequence } from "../../src/ir/op/sequence.js";
import { bytesOf, numbersOf, type Tensor } from "../../src/ir/op/tensor.js";
import { tensorType } from "../../src/ir/type/tensor-type.js";
import { runPipeline } from "../../src/passes/manager.js";
import { parsePipeline } from "../../src/passes/pipeline.js";
import { PRESETS, presetRecipe } from "../../src/passes/quant/recipe/recipe.js";
import { quantizeModule } from "../../src/quantize/quantize.js";
import { samplesOfList } from "../../src/quantize/samples.js";
import { writeNpz } from "../../src/support/npz.js";
import { referenceNet } from "./reference-net.js";

const ctx = createContext();
const work = mkdtempSync(join(tmpdir(), "qc-sequences-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const N = 6;

/** h' = tanh(W x + V h), y = U h' */
function recurrent(): Module {
  const b = createFuncBuilder("main", inferWith(ctx.ops), ctx.blobs);
  const g = createGen(4);
  const dense = (name: string, v: string): string => {
    const w = g.tensor({ shape: [N, N], min: -1, max: 1 });
    return b.node("dense", [v, b.constant(w.type, bytesOf(w))], {}, { file: "t", node: name });
  };
  const [x, h] = ["x", "h"].map((name) => b.param(name, tensorType("f32", [1, N])));
  const sum = b.node("add", [dense("in", x), dense("back", h)], {}, { file: "t", node: "sum" });
  const next = b.node("tanh", [sum], {}, { file: "t", node: "next" });
  const { func, consts } = b.finish([dense("out", next), next], ["y", "h_next"]);
  const states = [{ param: 1, result: 1, initial: null }];
  return { version: 1, name: "recurrent", funcs: [func], consts, states, props: {} };
}

const g = createGen(9);
/** Three sequences of four steps. */
const sequences: readonly (readonly Tensor[])[] = Array.from({ length: 3 }, () =>
  Array.from({ length: 4 }, () => g.tensor({ shape: [1, N], min: -1, max: 1 })),
);

it.each(PRESETS)("%s: ranges and signal are those of the steps run by hand", async (preset) => {
  const float = recurrent();
  const { simulated, measured, values, count } = await quantizeModule(float, presetRecipe(preset), {
    ctx,
    samples: async function* () {
      for (const steps of sequences) for (const [t, x] of steps.entries()) yield { values: { x: x.data }, continues: t > 0 };
    },
    build: async (m) => referenceNet(m, ctx),
    passes: (m, text, assumed) => runPipeline(m, parsePipeline(text, ctx.passes), ctx, [], assumed),
  });
  expect([count, measured.samples]).toEqual([12, 12]);
  const [open, openSimulated] = [float, simulated].map((m) => openSequence(m, ctx));
  let lost = 0;
  let greatest = 0;
  for (const steps of sequences) {
    open.reset();
    openSimulated.reset();
    for (const x of steps) {
      const [y, z] = [open, openSimulated].map((s) => numbersOf(s.step([x])[0]));
      greatest = Math.max(greatest, ...numbersOf(x).map(Math.abs));
      lost += y.reduce((sum, v, i) => sum + (v - z[i]) ** 2, 0) / y.reduce((sum, v) => sum + v * v, 0) / 12;
    }
  }
  expect(measured.outputs.map((o) => o.node)).toEqual(["out"]);
  expect(measured.outputs[0].db).toBeCloseTo(-10 * Math.log10(lost), 2);
  const seen = values.find((v) => v.node === "x") ?? expect.fail("the input has no grid");
  expect(Math.max(-seen.min, seen.max)).toBeCloseTo(greatest, 6);
  // the state is on one grid with what feeds it
  const state = values.filter((v) => ["h", "next"].includes(v.node));
  expect(new Set(state.map((v) => v.scale)).size).toBe(1);
});

it("a sequence whose inputs have different numbers of steps is refused by name: QC-DATA-018", async () => {
  const array = (steps: number) => ({ dtype: "f32" as const, shape: [steps, N], data: new Float32Array(steps * N) });
  const inputs = ["x", "gain"].map(() => ({ type: tensorType("f32", [1, N]) }));
  const read = async (x: number, gain: number): Promise<number> => {
    writeNpz(join(work, "one.npz"), [
      ["x", array(x)],
      ["gain", array(gain)],
    ]);
    writeFileSync(join(work, "list.txt"), "one.npz\n");
    const open = await samplesOfList(join(work, "list.txt"), "");
    let steps = 0;
    for await (const _ of open(inputs, ["x", "gain"], true)) steps++;
    return steps;
  };
  expect(await read(3, 3)).toBe(3);
  expect(await read(3, 1)).toBe(3);
  await expect(read(3, 2)).rejects.toThrow(/QC-DATA-018: .*one\.npz.* gives 'x' 3 steps and 'gain' 2/);
});
