/** What the pooling ops share: attributes, typing, drawing. */
import { attr } from "../../attr/attr.js";
import type { InferFail } from "../../op/define.js";
import type { Gen } from "../../op/sample.js";
import type { TensorType } from "../../type/tensor-type.js";
import { assemble, disassemble, type Layout, layoutAttr, type Window, windowAttrs, windowOutput } from "./spatial.js";

export const poolAttrs = {
  kernel: attr.ints("window size per spatial axis"),
  ...windowAttrs,
  ceil_mode: attr.bool("round the output size up", false),
  layout: layoutAttr,
} as const;

export interface PoolGeometry extends Window {
  readonly ceil_mode: boolean;
  readonly layout: Layout;
}

/** Shape of a pool's result; fails where the window does not fit or is all padding. */
export function poolShape(op: string, x: TensorType | null | undefined, a: PoolGeometry, fail: InferFail): number[] {
  if (!x) return fail("QC-NN-005", `${op}: x is required`);
  if (x.shape.length < 3) return fail("QC-NN-050", `${op}: x has rank ${x.shape.length}, at least 3 is needed`);
  const { n, c, s } = disassemble(a.layout, x.shape);
  return assemble(a.layout, n, c, windowOutput(op, s, a, fail, a.ceil_mode));
}

/** A window far larger than what it slides over, in single steps. */
function drawWidePool(g: Gen, layout: Layout) {
  const rank = g.int(1, 2);
  const size = g.shape(rank, 3);
  const kernel = size.map((s) => s + g.int(1, 6));
  const ones = size.map(() => 1);
  const padding = kernel.map((k, d) => g.int(Math.ceil((k - size[d]) / 2), k - 1));
  const attrs = { kernel, strides: ones, pads: [...padding, ...padding], dilations: ones, ceil_mode: false, layout };
  return { shape: assemble(layout, 1, g.int(1, 2), size), attrs };
}

/** A drawn window with padding below the kernel size, so that no window is all padding; with `ceil_mode` it may end outside of the input. */
export function drawPool(g: Gen) {
  const layout = g.pick(["channels_first", "channels_last"] as const);
  if (g.int(0, 7) === 0) return drawWidePool(g, layout);
  const rank = g.int(1, 3);
  const kernel = g.shape(rank, 3);
  const dilations = g.shape(rank, 2);
  const strides = g.shape(rank, 3);
  const ceil_mode = g.bool();
  const size = kernel.map((r, d) => {
    const reach = (r - 1) * dilations[d] + 1;
    return ceil_mode && reach > 2 ? Math.max(2, reach - g.int(0, strides[d] - 1)) : reach + g.int(0, 3);
  });
  const pads = [...kernel, ...kernel].map((r) => g.int(0, Math.min(1, r - 1)));
  return {
    shape: assemble(layout, g.int(1, 2), g.int(1, 3), size),
    attrs: { kernel, strides, pads, dilations, ceil_mode, layout },
  };
}
