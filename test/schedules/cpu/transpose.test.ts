import { describe, expect, it } from "vitest";
import { runKernel } from "../../../src/backends/js/run-kernel.js";
import type { Attrs } from "../../../src/ir/attr/attr.js";
import type { Kernel } from "../../../src/ir/loop/stmt.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";
import { createGen } from "../../../src/ir/op/sample.js";
import type { TypedArray } from "../../../src/ir/op/tensor.js";
import { applySteps } from "../../../src/ir/schedule/apply.js";
import { perAxis, perTensor } from "../../../src/ir/type/quant.js";
import { type TensorType, tensorType } from "../../../src/ir/type/tensor-type.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { following } from "../../../src/support/choose.js";
import { buildNative } from "../../backends/llvm/native.js";
import { itOnTargets } from "../../backends/llvm/targets.js";
import { f32, groupOf } from "../../ir/loop/build.js";
import { MACHINES } from "./machines.js";

type Lines = readonly (readonly [op: string, inputs: readonly string[], attrs: Attrs, result: string])[];

const toFirst = { perm: [0, 3, 1, 2] };
const toLast = { perm: [0, 2, 3, 1] };
const plain = (t: TensorType, perm: readonly number[]) => groupOf({ "%x": t }, [["transpose", ["%x"], { perm }, "%y"]]).kernel;
const chain = (types: Readonly<Record<string, TensorType>>, lines: Lines) => groupOf(types, lines).kernel;

/** Extents that whole blocks fill, that they do not, and rows a power of two apart. */
const KERNELS: Readonly<Record<string, Kernel>> = {
  "f32 to channels first": plain(f32(1, 7, 9, 24), [0, 3, 1, 2]),
  "f32 to channels last": plain(f32(2, 20, 5, 7), [0, 2, 3, 1]),
  "f32, rows of 1 KiB": plain(f32(256, 19), [1, 0]),
  "f32 of rank 4": plain(f32(3, 4, 20, 18), [1, 3, 0, 2]),
  f64: plain(tensorType("f64", [21, 10]), [1, 0]),
  i16: plain(tensorType("i16", [35, 17]), [1, 0]),
  i8: plain(tensorType("i8", [70, 33]), [1, 0]),
  "i8, few rows": plain(tensorType("i8", [17, 20]), [1, 0]),
  "i8, few columns": plain(tensorType("i8", [64, 9]), [1, 0]),
  i64: plain(tensorType("i64", [9, 12]), [1, 0]),
  "with a sum": chain({ "%x": f32(1, 6, 6, 20), "%z": f32(1, 20, 6, 6) }, [
    ["transpose", ["%x"], toFirst, "%t"],
    ["add", ["%t", "%z"], {}, "%y"],
  ]),
  "two transposed": chain({ "%x": f32(1, 6, 6, 20), "%z": f32(1, 6, 6, 20) }, [
    ["mul", ["%x", "%z"], {}, "%m"],
    ["relu", ["%m"], {}, "%r"],
    ["transpose", ["%r"], toFirst, "%y"],
  ]),
  quantized: chain({ "%x": f32(1, 18, 5, 9) }, [
    ["quantize", ["%x"], { dtype: "i8", scales: [0.02], zeros: [3] }, "%q"],
    ["transpose", ["%q"], toLast, "%y"],
  ]),
  dequantized: chain({ "%x": tensorType("i8", [1, 6, 7, 20], perTensor(0.1, 3)) }, [
    ["dequantize", ["%x"], {}, "%d"],
    ["transpose", ["%d"], toFirst, "%y"],
  ]),
  "dequantized per channel": chain({ "%x": tensorType("i8", [1, 6, 7, 20], perAxis(3, Array(20).fill(0.1))) }, [
    ["dequantize", ["%x"], {}, "%d"],
    ["transpose", ["%d"], toFirst, "%y"],
  ]),
};

const data = (kernel: Kernel): Record<string, TypedArray> => {
  const g = createGen(5);
  return Object.fromEntries(
    kernel.buffers.filter((b) => b.role === "in").map((b) => [b.name, g.tensor({ dtype: b.dtype, shape: b.shape }).data]),
  );
};
const isMoved = (k: Kernel, steps: readonly { step: string }[]) =>
  steps.some((s) => s.step === "vectorize") && k.stages.length === 1;

describe("transposes go through registers", () => {
  for (const [name, kernel] of Object.entries(KERNELS)) {
    it(name, () => {
      const given = data(kernel);
      const want = runKernel(kernel, given, { checked: true });
      for (const [on, machine] of Object.entries(MACHINES)) {
        for (const order of ["rows first", "columns first"]) {
          const decisions = following(Object.fromEntries(kernel.stages.map((s) => [`${s.name}.transpose`, order])));
          const { kernel: scheduled, steps } = scheduleKernel(kernel, machine, decisions);
          expect(isMoved(scheduled, steps), `${on}: ${JSON.stringify(steps)}`).toBe(true);
          verifyKernel(scheduled);
          expect(applySteps(kernel, JSON.parse(JSON.stringify(steps))).stages).toEqual(scheduled.stages);
          expect(runKernel(scheduled, given, { checked: true })).toEqual(want);
        }
      }
    });
  }

  it("leaves the three channels of an image to the backend", () => {
    expect(scheduleKernel(plain(f32(1, 8, 8, 3), [0, 3, 1, 2]), MACHINES.avx512).steps.map((s) => s.step)).not.toContain(
      "vectorize",
    );
  });
});

describe("transposes in machine code", () => {
  itOnTargets(["llvm", "llvm -mcpu=skylake", "llvm -mcpu=x86-64"], (target, native) => {
    const orders = ["rows first", "columns first"];
    const all = Object.entries(KERNELS).flatMap(([name, kernel]) =>
      orders.flatMap((order) =>
        [8, 16, 32].map((columns) => {
          const decisions = Object.fromEntries(
            kernel.stages.flatMap((s) => [
              [`${s.name}.transpose`, order],
              [`${s.name}.columns`, columns],
            ]),
          );
          return {
            label: `${name}, ${order}`,
            kernel,
            scheduled: scheduleKernel(kernel, target, following(decisions)).kernel,
          };
        }),
      ),
    );
    const built = buildNative(
      native,
      all.map((c) => c.scheduled),
      target,
      { optLevel: 1, asm: true },
    );
    all.forEach(({ label, kernel }, i) => {
      const given = data(kernel);
      expect(built.run(i, given).y0, label).toEqual(runKernel(kernel, given).y0);
    });
    // no lane is moved on its own
    expect(built.ir).not.toMatch(/extractelement|insertelement .* i64 [1-9]/);
  });
});
