import { describe, expect, it } from "vitest";
import { difference } from "../../../src/check/same-values.js";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import { createGen } from "../../../src/ir/op/sample.js";
import { parseModule } from "../../../src/ir/text/parse-module.js";
import { runPipeline } from "../../../src/passes/manager.js";
import { parsePipeline } from "../../../src/passes/pipeline.js";
import { irContext } from "../../helpers/ir-context.js";

const ctx = irContext();
const conv = '{strides = [1, 1], pads = [0, 0, 0, 0], dilations = [1, 1], layout = "channels_first"}';

describe("a resize behind a convolution means the same channels last", () => {
  for (const attrs of [
    'mode = "linear", coordinates = "half_pixel"',
    'mode = "cubic", coordinates = "align_corners"',
    'mode = "nearest", coordinates = "asymmetric"',
    'mode = "linear", coordinates = "tf_crop_and_resize", roi = [0, 0, 0.1, 0.2, 1, 1, 0.9, 0.8], extrapolation = 3',
  ]) {
    it(attrs, () => {
      const text = `module "m" version 1
const #w : f32[2, 1, 1, 1] = dense<1, 2>
func @main(%x: f32[1, 1, 3, 4]) -> f32[1, 2, 7, 12] {
  %a = conv(%x, #w) ${conv}
  %y = resize(%a) {shape = [1, 2, 7, 12], scales = [1, 1, 2.5, 3], ${attrs}}
  return %y
}
`;
      const m = parseModule(text, "t.qc", ctx);
      const last = runPipeline(m, parsePipeline("channels-last,fold-constants,simplify-movement,dce", ctx.passes), ctx);
      const ops = last.funcs[0].body.map((n) => n.op);
      expect(ops.indexOf("resize")).toBeLessThan(ops.lastIndexOf("transpose"));
      const input = createGen(3).tensor({ dtype: "f32", shape: [1, 1, 3, 4] });
      expect(difference(evaluateModule(m, ctx, [input]), evaluateModule(last, ctx, [input]), 1e-5)).toBeNull();
    });
  }
});
