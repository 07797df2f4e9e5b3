import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import type { BufferRef, LowerBuilder } from "../loop/lower-builder.js";
import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { byLayoutAttribute } from "../op/layout.js";
import { numbersOf, tensorOf } from "../op/tensor.js";
import { perTensor } from "../type/quant.js";
import { byteSize, numElements, type TensorType, tensorType } from "../type/tensor-type.js";
import { checkDType, checkShape } from "./shared/check.js";
import { position, positionNumber } from "./shared/movement.js";
import { assemble, disassemble, eachIndex, layoutAttr, offsetOf } from "./shared/spatial.js";

/** Corners further out are taken as here, so that products with cells fit i32. */
const FURTHEST = 2 ** 20;
const MOST_CELLS = 1024;

/** The stored element of real 0. */
const zeroOf = (t: TensorType): number => (t.quant?.kind === "tensor" ? t.quant.zero : 0);

/** Half away from zero; NaN is 0. */
function cornerNumber(v: number, scale: number): number {
  const p = Math.fround(Math.fround(v) * Math.fround(scale));
  const rounded = Math.trunc(p + (p < 0 ? -0.5 : 0.5));
  return Number.isNaN(rounded) ? 0 : Math.min(Math.max(rounded, -FURTHEST), FURTHEST);
}

function cornerExpr(v: Expr, scale: number): Expr {
  const f64 = (x: number) => make.constant("f64", x);
  const p = make.cast("f64", make.mul(make.cast("f32", v), make.constant("f32", Math.fround(scale))));
  const shifted = make.add(p, make.select(make.bin("lt", p, f64(0)), f64(-0.5), f64(0.5)));
  return make.cast("i32", make.max(f64(-FURTHEST), make.min(f64(FURTHEST), shifted)));
}

/** Elements [begin, end) of an axis of `size` that cell i of `cells` takes of a region from one corner to the other. */
function cellNumbers(from: number, to: number, i: number, cells: number, size: number): readonly [number, number] {
  const length = Math.max(to - from + 1, 1);
  const inside = (v: number) => Math.min(Math.max(v, 0), size);
  return [inside(from + Math.floor((i * length) / cells)), inside(from + Math.ceil(((i + 1) * length) / cells))];
}

/** The same for all regions and cells, as tables i32[R, cells]. */
function lowerCells(b: LowerBuilder, rois: BufferRef, axis: number, cells: number, size: number, scale: number) {
  const i32 = (v: number) => make.constant("i32", v);
  // a region lists the column before the row
  const corner = (region: Expr, column: number) => cornerExpr(b.load(rois, [region, make.index(column - axis)]), scale);
  const table = (name: string, add: number, round: number) => {
    const t = b.temp("i32", [rois.type.shape[0], cells], name);
    b.elementwise(
      t,
      ([region, i]) => {
        const [from, to] = [corner(region, 2), corner(region, 4)];
        const length = make.max(i32(1), make.add(make.sub(to, from), i32(1)));
        const product = make.mul(make.add(make.cast("i32", i), i32(add)), length);
        const at = make.add(from, make.div(make.add(product, i32(round)), i32(cells)));
        return make.min(i32(size), make.max(i32(0), at));
      },
      name,
    );
    return t;
  };
  return { begin: table("begin", 0, 0), end: table("end", 1, cells - 1) };
}

/** Max pooling of regions onto a fixed grid of cells. ONNX MaxRoiPool-22; Girshick 2015 (Fast R-CNN), section 2.1. */
export const maxRoiPool = defineOp({
  name: "max_roi_pool",
  doc:
    "x [N, C, H, W] or [N, H, W, C], rois [R, 5] as image, x1, y1, x2, y2: y [R, C, height, width] or [R, height, width, C] is the greatest " +
    "element of each cell, NaN where one is, real 0 in a cell outside of x. A region has the corners round(x1 scale) to round(x2 scale), both " +
    "inside, half away from zero; cell i of n takes its elements from floor(i length / n) to before ceil((i + 1) length / n). Keeps type " +
    "and quantization of x.",
  attrs: {
    height: attr.int("rows of cells"),
    width: attr.int("columns of cells"),
    scale: attr.f32("from region coordinates to elements of x", 1),
    layout: layoutAttr,
  },
  operands: [{ name: "x" }, { name: "rois" }],
  traits: ["window", "same-scale"],
  quantize: { form: "same-grid", grid: [0], moves: false },
  layout: { channels: byLayoutAttribute(0) },
  infer([x, rois], { height, width, layout }, fail) {
    if (!x || !rois) return fail("QC-NN-005", "max_roi_pool: x and rois are required");
    if (x.shape.length !== 4) fail("QC-NN-066", "max_roi_pool: x must have rank 4");
    checkShape("max_roi_pool", "rois", rois, [rois.shape[0], 5], fail);
    checkDType("max_roi_pool", rois, "float", fail);
    checkDType("max_roi_pool", x, "numeric", fail);
    if (x.dtype === "i64" || x.dtype === "u64") fail("QC-NN-056", `max_roi_pool: ${x.dtype} elements are not supported`);
    if (x.quant && x.quant.kind !== "tensor") fail("QC-NN-051", "max_roi_pool: x must be quantized per tensor");
    if ([height, width].some((n) => n < 1 || n > MOST_CELLS))
      fail("QC-NN-090", `max_roi_pool: ${height} x ${width} cells, expected 1 to ${MOST_CELLS} on each axis`);
    return [tensorType(x.dtype, assemble(layout, rois.shape[0], disassemble(layout, x.shape).c, [height, width]), x.quant)];
  },
  eval([x, rois], { height, width, scale, layout }, [type]) {
    if (!x || !rois) throw new Error("max_roi_pool: absent operand");
    const [values, regions] = [numbersOf(x), numbersOf(rois)];
    const { n: images, s: size } = disassemble(layout, x.type.shape);
    const cells = [height, width];
    const y = new Float64Array(numElements(type.shape));
    eachIndex(type.shape, (i) => {
      const { n: region, c, s: cell } = disassemble(layout, i);
      const roi = regions.subarray(5 * region, 5 * region + 5);
      const [[top, bottom], [left, right]] = [0, 1].map((d) =>
        cellNumbers(cornerNumber(roi[2 - d], scale), cornerNumber(roi[4 - d], scale), cell[d], cells[d], size[d]),
      );
      const image = positionNumber(Number.isNaN(roi[0]) ? 0 : Math.trunc(roi[0]), images);
      let greatest = Number.NEGATIVE_INFINITY;
      for (let row = top; row < bottom; row++)
        for (let column = left; column < right; column++)
          greatest = Math.max(greatest, values[offsetOf(x.type.shape, assemble(layout, image, c, [row, column]))]);
      y[offsetOf(type.shape, i)] = top < bottom && left < right ? greatest : zeroOf(type);
    });
    return [tensorOf(type, y)];
  },
  lower(b, { ins: [x, rois], outs: [y] }, { height, width, scale, layout }) {
    if (!x || !rois) throw new Error("max_roi_pool: absent operand");
    const { n: images, s: size } = disassemble(layout, x.type.shape);
    const [rows, columns] = [height, width].map((cells, d) => lowerCells(b, rois, d, cells, size[d], scale));
    const bounds = (region: Expr, [i, j]: readonly Expr[]) => ({
      begin: [b.load(rows.begin, [region, i]), b.load(columns.begin, [region, j])],
      end: [b.load(rows.end, [region, i]), b.load(columns.end, [region, j])],
    });
    const least = make.constant(x.type.dtype, make.reduceIdentity("max", x.type.dtype));
    const acc = b.temp(x.type.dtype, y.type.shape, "acc");
    const term = (i: readonly Expr[], r: readonly Expr[]) => {
      const { n: region, c, s: cell } = disassemble(layout, i);
      const { begin, end } = bounds(region, cell);
      const tests = r.flatMap((v, d) => [
        make.bin("ge", make.cast("i32", v), begin[d]),
        make.bin("lt", make.cast("i32", v), end[d]),
      ]);
      const image = position(make.cast("i32", b.load(rois, [region, make.index(0)])), images);
      return make.select(tests.reduce(make.and), b.load(x, assemble(layout, image, c, r)), least);
    };
    b.reduction(acc, "max", size, term, { name: "region" });
    b.elementwise(y, (i) => {
      const { n: region, s: cell } = disassemble(layout, i);
      const { begin, end } = bounds(region, cell);
      const isInside = make.and(make.bin("lt", begin[0], end[0]), make.bin("lt", begin[1], end[1]));
      return make.select(isInside, b.load(acc, i), make.constant(y.type.dtype, zeroOf(y.type)));
    });
  },
  sample(g) {
    const [images, regions, layout] = [g.int(1, 2), g.int(1, 3), g.pick(["channels_first", "channels_last"] as const)];
    const shape = assemble(layout, images, g.int(1, 3), g.shape(2, 5));
    const x = g.bool()
      ? g.tensor({ dtype: g.pick(["f32", "f32", "f16", "f64"] as const), shape })
      : g.tensor({ dtype: g.pick(["i8", "u8"] as const), shape, quant: perTensor(0.1, g.int(0, 9)) });
    const rois = Array.from({ length: regions }, () => {
      const [x1, y1] = [g.f32({ min: -2, max: 5 }), g.f32({ min: -2, max: 5 })];
      return [g.int(0, images - 1), x1, y1, x1 + g.f32({ min: -1, max: 6 }), y1 + g.f32({ min: -1, max: 6 })];
    });
    return {
      inputs: [x, tensorOf(tensorType("f32", [regions, 5]), rois.flat())],
      attrs: { height: g.int(1, 3), width: g.int(1, 3), scale: g.pick([1, 0.5]), layout },
    };
  },
  cost: ([x, rois], [y], { layout }) => ({
    flops: numElements(y.shape) * numElements(disassemble(layout, x?.shape ?? []).s),
    bytes: byteSize(y) + [x, rois].reduce((sum, t) => sum + (t ? byteSize(t) : 0), 0),
  }),
});
