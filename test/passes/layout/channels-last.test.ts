import { expect, it } from "vitest";
import { parseModule } from "../../../src/ir/text/parse-module.js";
import { runPipeline } from "../../../src/passes/manager.js";
import { parsePipeline } from "../../../src/passes/pipeline.js";
import { irContext } from "../../helpers/ir-context.js";

/** The pass over a convolution with `node` behind it, which makes %y of %a. */
const after = (node: string, result = "f32[1, 2, 3, 4]") => {
  const ctx = irContext();
  const text = `module "m" version 1
const #w : f32[2, 1, 1, 1] = dense<1, 2>
func @main(%x: f32[1, 1, 3, 4]) -> ${result} {
  %a = conv(%x, #w) {strides = [1, 1], pads = [0, 0, 0, 0], dilations = [1, 1], layout = "channels_first"}
  ${node}
  return %y
}
`;
  const m = runPipeline(parseModule(text, "t.qc", ctx), parsePipeline("channels-last,dce", ctx.passes), ctx);
  return { ops: m.funcs[0].body.map((n) => n.op), remarks: ctx.diags.filter((d) => d.code === "QC-PASS-007") };
};

it("an op whose record has no rule for transposes stays behind one, and a remark names it", () => {
  const { ops, remarks } = after("%y = trilu(%a) {upper = true, k = 0}");
  expect(ops.slice(-2)).toEqual(["transpose", "trilu"]);
  expect(remarks.map((d) => [d.severity, d.message])).toEqual([
    ["remark", "'trilu' stays behind a transpose: its record has no rule for transposes"],
  ]);
});

it("so does one whose attributes the rule does not take", () => {
  const grid = `scales = [${new Array(12).fill(0.1)}], axis = 1, block = 2`;
  const { ops, remarks } = after(`%q = quantize(%a) {dtype = "i8", ${grid}}\n  %y = dequantize(%q)`);
  expect(ops.slice(-3)).toEqual(["transpose", "quantize", "dequantize"]);
  expect(remarks.map((d) => d.message)).toEqual([
    "'quantize' stays behind a transpose: its rule for transposes does not hold for these attributes",
  ]);
});

it("one that the transpose passes, or that is one view with it, needs no remark", () => {
  expect(after("%y = relu(%a)")).toEqual({ ops: ["transpose", "transpose", "conv", "relu", "transpose"], remarks: [] });
  const slice = "%y = slice(%a) {starts = [0, 0, 0, 0], ends = [1, 1, 3, 4], steps = [1, 1, 1, 1]}";
  expect(after(slice, "f32[1, 1, 3, 4]").remarks).toEqual([]);
});
