import { describe, expect, it } from "vitest";
import { runKernel } from "../../../src/backends/js/run-kernel.js";
import { kernelKey } from "../../../src/ir/loop/lower-group.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";
import { nestOf } from "../../../src/ir/loop/visit.js";
import { perTensor } from "../../../src/ir/type/quant.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { f32, groupOf } from "./build.js";

const window = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], layout: "channels_last" };
const stagesOf = (g: ReturnType<typeof groupOf>) => g.kernel.stages.map((s) => s.name);

describe("groups lower to as few stages as they need", () => {
  it("conv, add, relu: init, reduction, one map", () => {
    const g = groupOf({ "%x": f32(1, 8, 8, 4), "%r": f32(1, 8, 8, 6), "#w": f32(6, 3, 3, 4), "#b": f32(6) }, [
      ["conv", ["%x", "#w", "#b"], window, "%c"],
      ["add", ["%c", "%r"], {}, "%s"],
      ["relu", ["%s"], {}, "%y"],
    ]);
    verifyKernel(g.kernel);
    expect(g.kernel.stages).toHaveLength(3);
    expect(g.kernel.buffers.map((b) => `${b.name} ${b.role}`).filter((b) => !b.endsWith("scratch"))).toEqual([
      "x0 in",
      "x1 in",
      "c0 const",
      "c1 const",
      "y0 out",
    ]);
    expect(g.operands.map((o) => o.value)).toEqual(["%x", "%r", "#w", "#b", "%y"]);
    expect(g.kernel.buffers.filter((b) => b.role === "scratch")).toHaveLength(1);
    expect(g.kernel.name).toBe("f32_conv_add_relu");
  });
  it("integer conv, requantize, clip, table: init, reduction, one map", () => {
    const g = groupOf(
      {
        "%x": tensorType("i8", [1, 4, 4, 4], perTensor(0.5, 1)),
        "#w": tensorType("i8", [6, 3, 3, 4], perTensor(0.5)),
        "#b": tensorType("i32", [6]),
      },
      [
        ["conv", ["%x", "#w", "#b"], window, "%c"],
        ["requantize", ["%c"], { dtype: "i8", scale: 1, zero: 2, mode: "onnx-float" }, "%y"],
      ],
    );
    verifyKernel(g.kernel);
    expect(stagesOf(g)).toHaveLength(3);
  });
  it("a chain of elementwise ops and movement is one stage without temporaries", () => {
    const g = groupOf({ "%x": f32(2, 3, 4), "%z": f32(4) }, [
      ["exp", ["%x"], {}, "%e"],
      ["mul", ["%e", "%e"], {}, "%m"],
      ["add", ["%m", "%z"], {}, "%y"],
    ]);
    expect(g.kernel.stages).toHaveLength(1);
    expect(g.kernel.buffers.every((b) => b.role !== "scratch")).toBe(true);
    const { body } = nestOf(g.kernel.stages[0].body);
    expect(body.k, "the repeated exp is named once").toBe("let");
    const x = Float32Array.from({ length: 24 }, (_, i) => i / 10);
    const { y0 } = runKernel(g.kernel, { x0: x, x1: Float32Array.of(1, 2, 3, 4) }, { checked: true });
    expect(y0[5]).toBeCloseTo(Math.exp(0.5) ** 2 + 2, 5);
  });
  it("float arithmetic before a contraction stays a stage of its own, integer casts do not", () => {
    const g = groupOf({ "%x": f32(3, 5), "#w": f32(4, 5) }, [
      ["relu", ["%x"], {}, "%a"],
      ["dense", ["%a", "#w", ""], {}, "%y"],
    ]);
    expect(g.kernel.stages.length).toBeLessThanOrEqual(3);
    const h = groupOf({ "%x": f32(3, 5), "#w": f32(4, 5) }, [
      ["exp", ["%x"], {}, "%a"],
      ["dense", ["%a", "#w", ""], {}, "%y"],
    ]);
    expect(h.kernel.stages).toHaveLength(3);
    expect(h.kernel.buffers.filter((b) => b.role === "scratch")).toHaveLength(1);
  });
  it("keeps a result that is used inside the group, and copies one that is named twice", () => {
    const g = groupOf(
      { "%x": f32(4) },
      [
        ["relu", ["%x"], {}, "%a"],
        ["exp", ["%a"], {}, "%y"],
      ],
      ["%y", "%a", "%a"],
    );
    const out = runKernel(g.kernel, { x0: Float32Array.of(-1, 0, 1, 2) }, { checked: true });
    expect([...out.y1]).toEqual([0, 0, 1, 2]);
    expect([...out.y2]).toEqual([0, 0, 1, 2]);
    expect(out.y0[3]).toBeCloseTo(Math.exp(2), 4);
  });
});

describe("kernel keys", () => {
  const relu6 = (hi: number) => groupOf({ "%x": f32(4) }, [["clip", ["%x"], { lo: 0, hi }, "%y"]]).kernel;
  it("are equal for equal kernels, whatever their name", () => {
    expect(kernelKey({ ...relu6(6), name: "other" })).toBe(kernelKey(relu6(6)));
  });
  it("tell constants apart, infinities and signed zeros among them", () => {
    const keys = [6, 7, Number.POSITIVE_INFINITY, 0].map((v) => kernelKey(relu6(v)));
    expect(new Set(keys).size).toBe(4);
  });
});
