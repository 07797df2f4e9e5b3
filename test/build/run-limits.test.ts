/** The work and the memory of a run are known when a network is built, and small models cannot ask for a run that never ends. */
import { expect, it } from "vitest";
import { runProgram } from "../../src/backends/js/run-program.js";
import { planModule } from "../../src/build/plan.js";
import { createContext } from "../../src/context.js";
import { evaluateModule } from "../../src/ir/op/evaluate.js";
import { createGen } from "../../src/ir/op/sample.js";
import { parseModule } from "../../src/ir/text/parse-module.js";
import { runPipeline } from "../../src/passes/manager.js";
import { parsePipeline } from "../../src/passes/pipeline.js";
import { canonicalPipeline, loweredPipeline } from "../../src/passes/presets.js";

const built = (text: string) => {
  const ctx = createContext();
  const m = parseModule(`module "m" version 1\n${text}`, "m.qc", ctx);
  const lowered = runPipeline(m, parsePipeline(`${canonicalPipeline(0)},${loweredPipeline(0, "NCHW")}`, ctx.passes), ctx);
  return { ctx, m, plan: () => planModule(lowered, ctx, (k) => k).program };
};
const unary = (op: string, shape: string, result = shape) =>
  `func @main(%x: f32[${shape}]) -> f32[${result}] {\n  %y = ${op}\n  return %y\n}\n`;

const window = 'strides = [1], dilations = [1], ceil_mode = false, layout = "channels_first"';
it.each([
  ["lrn over 10^9 of 3 channels", unary("lrn(%x) {size = 1000000001, alpha = 0.1}", "1, 3, 5")],
  [
    "a pool of 10^6 over 4 with one result",
    unary(`max_pool(%x) {kernel = [1000000], pads = [499998, 499998], ${window}}`, "1, 1, 4", "1, 1, 1"),
  ],
  [
    "avg_pool, padding counted",
    unary(`avg_pool(%x) {kernel = [100000], pads = [49998, 49998], count_include_pad = true, ${window}}`, "1, 1, 4", "1, 1, 1"),
  ],
  [
    "avg_pool, padding not counted",
    unary(`avg_pool(%x) {kernel = [100000], pads = [50000, 50000], count_include_pad = false, ${window}}`, "1, 1, 4", "1, 1, 5"),
  ],
  ["lp_pool", unary(`lp_pool(%x) {kernel = [100000], pads = [49998, 49998], p = 2, ${window}}`, "1, 1, 4", "1, 1, 1")],
])("%s runs over what exists", (_, text) => {
  const { ctx, m, plan } = built(text);
  const program = plan();
  const x = createGen(3).tensor({ dtype: "f32", shape: m.funcs[0].params[0].type.shape });
  const [want] = evaluateModule(m, ctx, [x]);
  const [got] = runProgram(program, ctx.blobs, [x]);
  want.data.forEach((v, i) => {
    expect(got.data[i]).toBeCloseTo(Number(v), 4);
  });
});

it("a run of too many operations is refused by the name of its node", () => {
  const topk = `func @main(%x: f32[1000000]) -> (f32[1000000], i64[1000000]) {
  %v, %i = topk(%x) {k = 1000000, axis = 0, largest = true, sorted = true}
  return %v, %i
}
`;
  expect(built(topk).plan).toThrow(/QC-COMPILE-018: a run would take .* billion operations, 1000 are allowed/);
});

it("a run in too much memory is refused", () => {
  const wide = `func @main(%x: f32[1, 200000]) -> f32[200000, 200000] {
  %t = transpose(%x) {perm = [1, 0]}
  %s = add(%x, %t)
  %p = softmax(%s) {axis = 1}
  %y = add(%p, %s)
  return %y
}
`;
  expect(built(wide).plan).toThrow(/QC-COMPILE-017: a run would need \d+ GiB of scratch memory, 64 are allowed/);
});
