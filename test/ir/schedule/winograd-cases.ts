import { runKernel, runPrepares } from "../../../src/backends/js/run-kernel.js";
import { hoistConstants } from "../../../src/ir/loop/hoist.js";
import type { Kernel } from "../../../src/ir/loop/stmt.js";
import { createGen } from "../../../src/ir/op/sample.js";
import type { TypedArray } from "../../../src/ir/op/tensor.js";
import { perAxis, perTensor } from "../../../src/ir/type/quant.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { groupOf } from "../loop/build.js";

/** A convolution of an n x h x w x c image to k channels; pads are begins, then ends. */
export interface Geometry {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
  readonly k: number;
  readonly pads: readonly number[];
}

export interface Convolution extends Geometry {
  readonly dtype: "f32" | "i8" | "u8" | "i16";
  /** Zero point of the operand. */
  readonly zero?: number;
  readonly window?: number;
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly groups?: number;
  /** Followed by a ReLU (floats); on unless false. */
  readonly activation?: boolean;
  /** Followed by a requantization (integers); on unless false. */
  readonly requantized?: boolean;
}

/** The unscheduled kernel: convolution with bias, and what follows it. */
export function convolution(o: Convolution): Kernel {
  const { n, h, w, c, k, pads, window = 3, strides = [1, 1], dilations = [1, 1], groups = 1 } = o;
  const attrs = { strides: [...strides], pads: [...pads], dilations: [...dilations], groups, layout: "channels_last" };
  const weights = [k, window, window, c / groups];
  if (o.dtype === "f32") {
    const types = { "%x": tensorType("f32", [n, h, w, c]), "#w": tensorType("f32", weights), "#b": tensorType("f32", [k]) };
    const conv = ["conv", ["%x", "#w", "#b"], attrs, "%c"] as const;
    return hoistConstants(groupOf(types, o.activation === false ? [conv] : [conv, ["relu", ["%c"], {}, "%y"]]).kernel);
  }
  const scales = Array.from({ length: k }, (_, i) => 0.01 + 0.001 * i);
  const types = {
    "%x": tensorType(o.dtype, [n, h, w, c], perTensor(0.1, o.zero ?? 0)),
    "#w": tensorType("i8", weights, perAxis(0, scales)),
    "#b": tensorType("i32", [k]),
  };
  const conv = ["conv", ["%x", "#w", "#b"], attrs, "%c"] as const;
  // a scale at which results spread over the range
  const scale = 0.5 * Math.sqrt(c);
  const lines = o.requantized === false ? [conv] : [conv, ["requantize", ["%c"], { scale, zero: 3, dtype: "i8" }, "%y"] as const];
  return hoistConstants(groupOf(types, lines).kernel);
}

/** Random `in` and `const` operands: floats in [-1, 1], biases of integers below 1000. */
export function operands(kernel: Kernel, seed: number): Record<string, TypedArray> {
  const g = createGen(seed + 1);
  const data: Record<string, TypedArray> = {};
  const made = new Set(kernel.prepare.map((p) => p.buffer));
  const all = [...kernel.buffers, ...kernel.prepare.flatMap((p) => p.kernel.buffers)];
  for (const b of all) {
    if (data[b.name] || made.has(b.name) || (b.role !== "in" && b.role !== "const")) continue;
    const range = b.dtype === "f32" ? { min: -1, max: 1 } : b.dtype === "i32" ? { min: -1000, max: 1000 } : {};
    data[b.name] = g.tensor({ dtype: b.dtype, shape: b.shape, ...range }).data;
  }
  return data;
}

/** The sums of a float convolution with its bias, in float64. */
export function exactSums(g: Geometry, data: Readonly<Record<string, TypedArray>>): Float64Array {
  const [x, w, b] = [data.x0, data.c0, data.c1].map((a) => Float64Array.from(a as Float32Array));
  const [rows, cols] = [g.h + g.pads[0] + g.pads[2] - 2, g.w + g.pads[1] + g.pads[3] - 2];
  const y = new Float64Array(g.n * rows * cols * g.k);
  let at = 0;
  for (let n = 0; n < g.n; n++)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < cols; j++)
        for (let k = 0; k < g.k; k++, at++) {
          let sum = b[k];
          for (let r = 0; r < 3; r++)
            for (let s = 0; s < 3; s++) {
              const [h, v] = [i + r - g.pads[0], j + s - g.pads[1]];
              if (h < 0 || h >= g.h || v < 0 || v >= g.w) continue;
              const [from, tap] = [((n * g.h + h) * g.w + v) * g.c, ((k * 3 + r) * 3 + s) * g.c];
              for (let c = 0; c < g.c; c++) sum += x[from + c] * w[tap + c];
            }
          y[at] = sum;
        }
  return y;
}

/** What the kernel computes, its constants prepared first; `checked` refuses accesses outside buffers. */
export const outputs = (kernel: Kernel, data: Readonly<Record<string, TypedArray>>, checked = true): Record<string, TypedArray> =>
  runKernel(kernel, runPrepares(kernel, data, { checked }), { checked });

export const magnitude = (a: TypedArray): number => (a as Float32Array).reduce((m, v) => Math.max(m, Math.abs(Number(v))), 0);
/** The largest difference between two elements in the same place. */
export const distance = (a: TypedArray, b: TypedArray): number =>
  (a as Float32Array).reduce((m, v, i) => Math.max(m, Math.abs(Number(v) - Number(b[i]))), 0);
