import { expect, it } from "vitest";
import { runProgram } from "../../../src/backends/js/run-program.js";
import { planModule } from "../../../src/build/plan.js";
import { randomModule } from "../../../src/check/draw/random-module.js";
import { difference } from "../../../src/check/same-values.js";
import { createContext } from "../../../src/context.js";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import { createGen } from "../../../src/ir/op/sample.js";
import { parseModule } from "../../../src/ir/text/parse-module.js";
import { runPipeline } from "../../../src/passes/manager.js";
import { parsePipeline } from "../../../src/passes/pipeline.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { MACHINES } from "../../schedules/cpu/machines.js";

it("a residual sum takes the place of the operand that dies in it", () => {
  const ctx = createContext();
  const text = `module "m" version 1
const #w : f32[16, 16] = dense<${Array.from({ length: 256 }, (_, i) => ((i * 7) % 11) / 8 - 0.5).join(", ")}>
func @main(%x: f32[6, 16]) -> f32[6, 16] {
  %a = dense(%x, #w)
  %b = dense(%a, #w)
  %d = dense(%b, #w)
  %c = add(%d, %a)
  %y = softmax(%c) {axis = 1}
  return %y
}
`;
  const m = parseModule(text, "t.qc", ctx);
  const fused = runPipeline(m, parsePipeline("materialize-results,fuse", ctx.passes), ctx);
  const { program, arenaLowerBound } = planModule(fused, ctx, (k) => scheduleKernel(k, MACHINES.avx512).kernel);
  const input = createGen(2).tensor({ dtype: "f32", shape: [6, 16] });
  expect(
    difference(evaluateModule(m, ctx, [input]), runProgram(program, ctx.blobs, [input], { checked: true }), 1e-5),
  ).toBeNull();
  expect(program.arenaBytes).toBeGreaterThanOrEqual(arenaLowerBound);
  const at = program.launches.map((l) =>
    Object.fromEntries(program.kernels[l.kernel].buffers.map((b, i) => [b.name, l.places[i]])),
  );
  // x0 is contracted, every element read for many results; x1 is read where the result is written
  expect(at[2].y0).toEqual(at[2].x1);
  expect(at[2].y0).toEqual(at[0].y0);
  expect(at[2].y0).not.toEqual(at[2].x0);
});

it("programs of random modules mean what the modules mean", () => {
  const ctx = createContext();
  let compared = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const { module, inputs } = randomModule(ctx, seed);
    const steps = parsePipeline("cse,dce,materialize-results,fuse", ctx.passes);
    const { program } = planModule(runPipeline(module, steps, ctx), ctx, (k) => scheduleKernel(k, MACHINES.avx2).kernel);
    const halves = program.kernels.some((k) => k.buffers.some((b) => b.dtype === "f16" || b.dtype === "bf16"));
    if (halves) continue;
    compared++;
    const want = evaluateModule(module, ctx, inputs);
    expect(difference(want, runProgram(program, ctx.blobs, inputs, { checked: true }), 1e-4), `seed ${seed}`).toBeNull();
  }
  expect(compared).toBeGreaterThan(20);
});
