import { describe, expect, it } from "vitest";
import { runKernel, runPrepares } from "../../../src/backends/js/run-kernel.js";
import type { Stage } from "../../../src/ir/loop/stmt.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";
import { exprsOf, walkExpr, walkStmt } from "../../../src/ir/loop/visit.js";
import { createGen } from "../../../src/ir/op/sample.js";
import type { TypedArray } from "../../../src/ir/op/tensor.js";
import { applySteps } from "../../../src/ir/schedule/apply.js";
import type { Step } from "../../../src/ir/schedule/step.js";
import { f32, groupOf } from "../loop/build.js";

const attrs = (stride: number, pads: readonly number[]) => ({
  strides: [stride, stride],
  pads: [...pads],
  dilations: [1, 1],
  layout: "channels_last",
});

/** Loads of `buffer` by whether they ask if the element exists. */
function loadsBy(stage: Stage, buffer: string): { readonly asking: number; readonly plain: number } {
  const n = { asking: 0, plain: 0 };
  walkStmt(stage.body, (s) => {
    for (const e of exprsOf(s)) {
      walkExpr(e, (x) => {
        if (x.k === "load" && x.buffer === buffer) n[x.pred ? "asking" : "plain"]++;
      });
    }
  });
  return n;
}

describe("border", () => {
  for (const [stride, pads] of [
    [1, [1, 1, 1, 1]],
    [2, [0, 0, 1, 1]],
    [1, [2, 2, 2, 2]],
    [1, [0, 1, 0, 1]],
  ] as const) {
    it(`reads inside without predicates: stride ${stride}, pads ${pads}`, () => {
      const { kernel } = groupOf({ "%x": f32(1, 9, 12, 4), "#w": f32(4, 3, 3, 1) }, [
        ["conv", ["%x", "#w", ""], { ...attrs(stride, pads), groups: 4 }, "%y"],
      ]);
      const written = applySteps(kernel, [{ step: "writeback", buffer: "y0" }]);
      const [init, sum, map] = written.stages.map((s) => s.name);
      const loops = ["i1", "i2.o"];
      const steps: Step[] = [
        {
          step: "tile",
          stages: [init, sum, map],
          tiles: [{ loop: "i2", factor: 2, tail: "overlap" }],
          order: ["i1", "i2.o", "i3"],
        },
        { step: "border", stage: sum, loops },
      ];
      const bordered = applySteps(written, steps);
      verifyKernel(bordered);
      const before = written.stages.find((s) => s.name === sum)!;
      const after = bordered.stages.find((s) => s.name === sum)!;
      expect(loadsBy(before, "x0").plain).toBe(0);
      expect(loadsBy(after, "x0").plain).toBeGreaterThan(0);
      const g = createGen(5);
      const data: Record<string, TypedArray> = {};
      for (const b of kernel.buffers)
        if (b.role === "in" || b.role === "const") data[b.name] = g.tensor({ dtype: b.dtype, shape: b.shape }).data;
      const run = (k: typeof kernel) => runKernel(k, runPrepares(k, data, { checked: true }), { checked: true });
      expect(run(bordered)).toEqual(run(written));
    });
  }

  it("is not legal where nothing asks", () => {
    const { kernel } = groupOf({ "%x": f32(4, 6) }, [["exp", ["%x"], {}, "%y"]]);
    const step: Step = { step: "border", stage: kernel.stages[0].name, loops: ["i0"] };
    expect(() => applySteps(kernel, [step])).toThrow(/nothing asks/);
  });
});
