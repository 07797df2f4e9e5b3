import * as make from "../../../src/ir/loop/make.js";
import type { Buffer, Kernel } from "../../../src/ir/loop/stmt.js";
import { createGen } from "../../../src/ir/op/sample.js";
import type { TypedArray } from "../../../src/ir/op/tensor.js";
import { dtypeInfo } from "../../../src/ir/type/dtype.js";

const ROWS = 5;

/** for r: y[r, ..] += dot4(a[r, ..], b[r, ..]) on `lanes` sums; a of type `t`, b of i8. */
export function dotKernel(t: "u8" | "i8", lanes: number): Kernel {
  const r = make.variable("r");
  const row = (n: number) => [r, n === 1 ? make.index(0) : make.ramp(make.index(0), 1, n)];
  const operands = ([t, "i8"] as const).map(
    (dtype, n): Buffer => ({ name: "ab"[n], dtype, shape: [ROWS, 4 * lanes], role: "in" }),
  );
  const [a, b] = operands.map((x) => make.load(x.name, x.dtype, row(4 * lanes)));
  const y: Buffer = { name: "y", dtype: "i32", shape: [ROWS, lanes], role: "inout" };
  const body = make.loop("r", ROWS, make.reduce("add", "y", row(lanes), make.dot4(a, b)));
  return { name: `${t}_${lanes}`, buffers: [...operands, y], stages: [{ name: "all", body }], prepare: [] };
}

/** Drawn operands; the first row all at their least values, the second at their greatest, the third signs apart: where others saturate. */
export function dotData(kernel: Kernel): Record<string, TypedArray> {
  const g = createGen(31);
  return Object.fromEntries(
    kernel.buffers.map((b, n) => {
      const { data } = g.tensor({ dtype: b.dtype, shape: b.shape });
      const { min, max } = dtypeInfo(b.dtype);
      data.forEach((_, i) => {
        const row = Math.floor(i / b.shape[1]);
        const extreme = [min, max, n === 0 ? max : min][row];
        (data as Int32Array)[i] = b.role === "inout" ? [2147483647, -2147483648, 5, 6, 7][row] : (extreme ?? g.int(min, max));
      });
      return [b.name, data];
    }),
  );
}
