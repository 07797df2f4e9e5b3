import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import { add, div, index, mod, mul } from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { byLayoutAttribute } from "../op/layout.js";
import { movesElements } from "../op/quantize.js";
import { emptyData } from "../op/tensor.js";
import { numElements, type TensorType, tensorType } from "../type/tensor-type.js";
import { assemble, disassemble, eachIndex, layoutAttr, offsetOf } from "./shared/spatial.js";

const ORDERS = ["DCR", "CRD"] as const;
type Order = (typeof ORDERS)[number];

const attrs = {
  block: attr.int("block size"),
  order: attr.oneOf("how depth divides: DCR is [block, block, C], CRD is [C, block, block]", ORDERS, "DCR"),
  layout: layoutAttr,
} as const;

const keepsQuant = (t: TensorType): boolean => t.quant === null || t.quant.kind === "tensor";

/** Deep channel of (row in block r, column in block s, channel c). */
const deepChannel = (order: Order, block: number, channels: number, r: number, s: number, c: number): number =>
  order === "DCR" ? (r * block + s) * channels + c : (c * block + r) * block + s;

function deepChannelExpr(order: Order, block: number, channels: number, r: Expr, s: Expr, c: Expr): Expr {
  const k = index(block);
  if (order === "DCR") return add(mul(add(mul(r, k), s), index(channels)), c);
  return add(mul(add(mul(c, k), r), k), s);
}

/** Depth to blocks of space. ONNX DepthToSpace-13, TFLite DEPTH_TO_SPACE. */
export const depthToSpace = defineOp({
  name: "depth_to_space",
  doc: "y[n, c, h b + r, w b + s] = x[n, d(r, s, c), h, w], d = (r b + s) C + c for DCR, (c b + r) b + s for CRD.",
  attrs,
  operands: [{ name: "x" }],
  traits: ["movement", "same-scale"],
  quantize: movesElements,
  layout: { channels: byLayoutAttribute(0) },
  infer([x], a, fail) {
    if (x?.shape.length !== 4) return fail("QC-NN-066", "depth_to_space: x must have rank 4");
    const { n, c, s } = disassemble(a.layout, x.shape);
    if (a.block < 1 || c % a.block ** 2 !== 0)
      fail("QC-NN-067", `depth_to_space: ${c} channels for blocks of ${a.block} x ${a.block}`);
    if (!keepsQuant(x)) fail("QC-NN-068", "depth_to_space: x must be quantized per tensor");
    return [
      tensorType(
        x.dtype,
        assemble(
          a.layout,
          n,
          c / a.block ** 2,
          s.map((v) => v * a.block),
        ),
        x.quant,
      ),
    ];
  },
  eval([x], a, [type]) {
    if (!x) throw new Error("depth_to_space: absent operand");
    const data = emptyData(type.dtype, numElements(type.shape));
    const channels = disassemble(a.layout, type.shape).c;
    eachIndex(type.shape, (i) => {
      const { n, c, s } = disassemble(a.layout, i);
      const deep = deepChannel(a.order, a.block, channels, s[0] % a.block, s[1] % a.block, c);
      const from = assemble(
        a.layout,
        n,
        deep,
        s.map((v) => Math.floor(v / a.block)),
      );
      data[offsetOf(type.shape, i)] = x.data[offsetOf(x.type.shape, from)];
    });
    return [{ type, data }];
  },
  lower(b, { ins: [x], outs: [y] }, a) {
    if (!x) throw new Error("depth_to_space: absent operand");
    const channels = disassemble(a.layout, y.type.shape).c;
    const k = index(a.block);
    b.elementwise(y, (i) => {
      const { n, c, s } = disassemble(a.layout, i);
      const deep = deepChannelExpr(a.order, a.block, channels, mod(s[0], k), mod(s[1], k), c);
      return b.load(
        x,
        assemble(
          a.layout,
          n,
          deep,
          s.map((v) => div(v, k)),
        ),
      );
    });
  },
  sample(g) {
    const [block, layout] = [g.int(1, 3), g.pick(["channels_first", "channels_last"] as const)];
    const shape = assemble(layout, g.int(1, 2), g.int(1, 2) * block ** 2, g.shape(2, 3));
    return {
      inputs: [g.tensor({ dtype: g.pick(["f32", "f16", "i8"] as const), shape })],
      attrs: { block, order: g.pick(ORDERS), layout },
    };
  },
});

/** Blocks of space to depth. ONNX SpaceToDepth-13 (DCR), TFLite SPACE_TO_DEPTH. */
export const spaceToDepth = defineOp({
  name: "space_to_depth",
  doc: "The inverse of depth_to_space: y[n, d(r, s, c), h, w] = x[n, c, h b + r, w b + s].",
  attrs,
  operands: [{ name: "x" }],
  traits: ["movement", "same-scale"],
  quantize: movesElements,
  layout: { channels: byLayoutAttribute(0) },
  infer([x], a, fail) {
    if (x?.shape.length !== 4) return fail("QC-NN-066", "space_to_depth: x must have rank 4");
    const { n, c, s } = disassemble(a.layout, x.shape);
    if (a.block < 1 || s.some((v) => v % a.block !== 0))
      fail("QC-NN-067", `space_to_depth: ${s.join(" x ")} in blocks of ${a.block}`);
    if (!keepsQuant(x)) fail("QC-NN-068", "space_to_depth: x must be quantized per tensor");
    return [
      tensorType(
        x.dtype,
        assemble(
          a.layout,
          n,
          c * a.block ** 2,
          s.map((v) => v / a.block),
        ),
        x.quant,
      ),
    ];
  },
  eval([x], a, [type]) {
    if (!x) throw new Error("space_to_depth: absent operand");
    const data = emptyData(type.dtype, numElements(type.shape));
    const channels = disassemble(a.layout, x.type.shape).c;
    eachIndex(x.type.shape, (i) => {
      const { n, c, s } = disassemble(a.layout, i);
      const deep = deepChannel(a.order, a.block, channels, s[0] % a.block, s[1] % a.block, c);
      const to = assemble(
        a.layout,
        n,
        deep,
        s.map((v) => Math.floor(v / a.block)),
      );
      data[offsetOf(type.shape, to)] = x.data[offsetOf(x.type.shape, i)];
    });
    return [{ type, data }];
  },
  lower(b, { ins: [x], outs: [y] }, a) {
    if (!x) throw new Error("space_to_depth: absent operand");
    const [channels, k] = [index(disassemble(a.layout, x.type.shape).c), index(a.block)];
    b.elementwise(y, (i) => {
      const { n, c: d, s } = disassemble(a.layout, i);
      const cell = a.order === "DCR" ? div(d, channels) : mod(d, index(a.block ** 2));
      const c = a.order === "DCR" ? mod(d, channels) : div(d, index(a.block ** 2));
      const inside = [div(cell, k), mod(cell, k)];
      return b.load(
        x,
        assemble(
          a.layout,
          n,
          c,
          s.map((v, j) => add(mul(v, k), inside[j])),
        ),
      );
    });
  },
  sample(g) {
    const [block, layout] = [g.int(1, 3), g.pick(["channels_first", "channels_last"] as const)];
    const shape = assemble(
      layout,
      g.int(1, 2),
      g.int(1, 3),
      g.shape(2, 3).map((v) => v * block),
    );
    return {
      inputs: [g.tensor({ dtype: g.pick(["f32", "f16", "u8"] as const), shape })],
      attrs: { block, order: g.pick(ORDERS), layout },
    };
  },
});
