import { describe, expect, it } from "vitest";
import { runProgram } from "../../../src/backends/js/run-program.js";
import { planModule } from "../../../src/build/plan.js";
import { difference } from "../../../src/check/same-values.js";
import { createContext } from "../../../src/context.js";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import { createGen } from "../../../src/ir/op/sample.js";
import { parseModule } from "../../../src/ir/text/parse-module.js";
import { runPipeline } from "../../../src/passes/manager.js";
import { parsePipeline } from "../../../src/passes/pipeline.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { MACHINES } from "../../schedules/cpu/machines.js";

const conv = (pads: number) =>
  `{strides = [1, 1], pads = [${pads}, ${pads}, ${pads}, ${pads}], dilations = [1, 1], layout = "channels_last"}`;
const ramp = (count: number) => Array.from({ length: count }, (_, i) => ((i * 7) % 11) / 8 - 0.5).join(", ");
const text = (tail: string, result: string) => `module "m" version 1
const #w0 : f32[5, 1, 1, 3] = dense<${ramp(15)}>
const #w1 : f32[20, 3, 3, 3] = dense<${ramp(540)}>
func @main(%x: f32[1, 6, 7, 3]) -> ${result} {
  %a = conv(%x, #w0) ${conv(0)}
  %b = conv(%x, #w1) ${conv(1)}
  %r = relu(%b)
  ${tail}
}
`;

function launches(source: string): { labels: readonly string[]; wrong: string | null } {
  const ctx = createContext();
  const m = parseModule(source, "t.qc", ctx);
  const fused = runPipeline(m, parsePipeline("materialize-results,fuse", ctx.passes), ctx);
  const input = createGen(2).tensor({ dtype: "f32", shape: [1, 6, 7, 3] });
  const want = evaluateModule(m, ctx, [input]);
  let labels: readonly string[] = [];
  let wrong: string | null = null;
  for (const machine of Object.values(MACHINES)) {
    const { program } = planModule(fused, ctx, (k) => scheduleKernel(k, machine).kernel);
    labels = program.launches.map((l) => l.label.split(" ")[1]);
    wrong ??= difference(want, runProgram(program, ctx.blobs, [input], { checked: true }), 1e-5);
  }
  return { labels, wrong };
}

describe("concatenations in place", () => {
  it("convolutions write their channels into the result", () => {
    const { labels, wrong } = launches(text("%y = concat(%a, %r) {axis = 3}\n  return %y", "f32[1, 6, 7, 25]"));
    expect(labels).toEqual(["conv", "conv_relu"]);
    expect(wrong).toBeNull();
  });

  it("what reads the result finds both in the arena", () => {
    const tail = "%c = concat(%r, %a) {axis = 3}\n  %y = softmax(%c) {axis = 3}\n  return %y";
    const { labels, wrong } = launches(text(tail, "f32[1, 6, 7, 25]"));
    expect(labels).toEqual(["conv", "conv_relu", "softmax"]);
    expect(wrong).toBeNull();
  });

  it("an operand with another use is copied", () => {
    const tail = "%y = concat(%a, %r) {axis = 3}\n  return %y, %a";
    const { labels, wrong } = launches(text(tail, "(f32[1, 6, 7, 25], f32[1, 6, 7, 5])"));
    expect(labels).toContain("concat");
    expect(wrong).toBeNull();
  });

  it("a concatenation along another axis keeps its kernel", () => {
    const tail = "%c = concat(%r, %r) {axis = 1}\n  return %c";
    const { labels, wrong } = launches(text(tail, "f32[1, 12, 7, 20]"));
    expect(labels).toContain("concat");
    expect(wrong).toBeNull();
  });
});
