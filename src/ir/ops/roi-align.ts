import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import { add, and, bin, cast, constant, div, max, min, mul, select, sub } from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { numbersOf, tensorOf } from "../op/tensor.js";
import { isFloat } from "../type/dtype.js";
import { numElements, tensorType } from "../type/tensor-type.js";
import { linearTaps, type Tap } from "./shared/interpolate.js";
import { eachIndex, offsetOf } from "./shared/spatial.js";

const f64 = (v: number): Expr => constant("f64", v);

/** Linear weights of a position on an axis of n elements; within one element outside it is moved to the border. */
function axisWeights(v: number, n: number): readonly (readonly [at: number, weight: number])[] {
  const x = Math.min(Math.max(v, 0), n - 1);
  const low = Math.floor(x);
  return [
    [low, 1 - (x - low)],
    [Math.min(low + 1, n - 1), x - low],
  ];
}

/** Region features on a fixed grid. ONNX RoiAlign-22; He et al. 2017 (Mask R-CNN). */
export const roiAlign = defineOp({
  name: "roi_align",
  doc:
    "x [N, C, H, W], rois [R, 4] as x1, y1, x2, y2, batch i64[R]: y [R, C, height, width]. Each cell of the region, scaled by `scale` (and " +
    "shifted by -1/2 with half_pixel), takes samples x samples bilinear samples (0 beyond one element outside) and is their mean, or with " +
    "max the greatest of their weighted corner elements. Positions are computed in double.",
  attrs: {
    height: attr.int("rows of the result"),
    width: attr.int("columns of the result"),
    samples: attr.int("samples per cell and axis"),
    scale: attr.f32("from region coordinates to elements of x", 1),
    reduce: attr.oneOf("how samples combine", ["mean", "max"], "mean"),
    half_pixel: attr.bool("elements are centred at halves; regions may be smaller than one element", true),
  },
  operands: [{ name: "x" }, { name: "rois", finite: "a region whose corners are no numbers is nowhere" }, { name: "batch" }],
  traits: [],
  infer([x, rois, batch], a, fail) {
    if (!x || !rois || !batch) return fail("QC-NN-005", "roi_align: x, rois and batch are required");
    const regions = rois.shape[0];
    if (x.shape.length !== 4 || rois.shape.length !== 2 || rois.shape[1] !== 4 || batch.shape.join() !== `${regions}`) {
      fail("QC-NN-088", `roi_align: x [${x.shape}], rois [${rois.shape}], batch [${batch.shape}]; [N, C, H, W], [R, 4], [R]`);
    }
    if (!isFloat(x.dtype) || !isFloat(rois.dtype) || batch.dtype !== "i64")
      fail("QC-NN-089", "roi_align: x and rois must be float, batch i64");
    if (a.height < 1 || a.width < 1 || a.samples < 1)
      fail("QC-NN-090", "roi_align: height, width and samples must be at least 1");
    return [tensorType(x.dtype, [regions, x.shape[1], a.height, a.width])];
  },
  eval([x, rois, batch], a, [type]) {
    if (!x || !rois || !batch) throw new Error("roi_align: absent operand");
    const [xv, rv, bv] = [numbersOf(x), numbersOf(rois), numbersOf(batch)];
    const size = x.type.shape.slice(2);
    const cells = [a.height, a.width];
    const offset = a.half_pixel ? 0.5 : 0;
    const y = new Float64Array(numElements(type.shape));
    eachIndex(type.shape, ([region, c, ...cell]) => {
      // axis 0 is y, axis 1 is x; a region lists x first
      const bounds = [0, 1].map((d) => [0, 2].map((e) => rv[region * 4 + 1 - d + e] * a.scale - offset));
      const step = bounds.map(([from, to], d) => (a.half_pixel ? to - from : Math.max(to - from, 1)) / cells[d]);
      let [sum, top] = [0, Number.NEGATIVE_INFINITY];
      eachIndex([a.samples, a.samples], (s) => {
        const at = s.map((v, d) => bounds[d][0] + cell[d] * step[d] + ((v + 0.5) * step[d]) / a.samples);
        const outside = at.some((v, d) => v < -1 || v > size[d]);
        const [rows, columns] = at.map((v, d) => axisWeights(v, size[d]));
        for (const [row, u] of rows) {
          for (const [column, v] of columns) {
            const term = outside ? 0 : u * v * xv[offsetOf(x.type.shape, [bv[region], c, row, column])];
            sum += term;
            top = Math.max(top, term);
          }
        }
      });
      y[offsetOf(type.shape, [region, c, ...cell])] = a.reduce === "mean" ? sum / a.samples ** 2 : top;
    });
    return [tensorOf(type, y)];
  },
  lower(b, { ins: [x, rois, batch], outs: [y] }, a) {
    if (!x || !rois || !batch) throw new Error("roi_align: absent operand");
    const size = x.type.shape.slice(2);
    const cells = [a.height, a.width];
    const regions = rois.type.shape[0];
    const bound = (region: Expr, k: number) =>
      sub(mul(cast("f64", b.load(rois, [region, constant("index", k)])), f64(a.scale)), f64(a.half_pixel ? 0.5 : 0));
    // position of sample s of cell i, per region and axis
    const places = cells.map((count, d) => {
      const place = b.temp("f64", [regions, count, a.samples], "place");
      b.elementwise(
        place,
        ([region, i, s]) => {
          const [from, to] = [bound(region, 1 - d), bound(region, 3 - d)];
          const length = a.half_pixel ? sub(to, from) : max(f64(1), sub(to, from));
          const step = div(length, f64(count));
          const inside = div(mul(add(cast("f64", s), f64(0.5)), step), f64(a.samples));
          return add(add(from, mul(cast("f64", i), step)), inside);
        },
        "places",
      );
      return place;
    });
    const acc = b.temp("f64", y.type.shape, "acc");
    // the reduction's last two loops run over the four corners of a sample
    const term = ([region, c, ...cell]: readonly Expr[], [s0, s1, c0, c1]: readonly Expr[]): Expr => {
      const raw = [s0, s1].map((s, d) => b.load(places[d], [region, cell[d], s]));
      const inside = raw.map((v, d) => and(bin("ge", v, f64(-1)), bin("le", v, f64(size[d])))).reduce(and);
      const corners = raw.map((v, d): Tap => {
        const [low, high] = linearTaps(max(f64(0), min(f64(size[d] - 1), v)), size[d]);
        const isLow = bin("eq", d === 0 ? c0 : c1, constant("index", 0));
        return {
          at: select(isLow, low.at, min(f64(size[d] - 1), high.at)),
          weight: select(isLow, low.weight, high.weight),
          inside: null,
        };
      });
      const at = corners.map((t) => cast("index", cast("i32", t.at)));
      const value = cast("f64", b.load(x, [cast("index", b.load(batch, [region])), c, ...at], inside));
      return select(inside, mul(mul(corners[0].weight, corners[1].weight), value), f64(0));
    };
    b.reduction(acc, a.reduce === "mean" ? "add" : "max", [a.samples, a.samples, 2, 2], term, { name: "samples" });
    b.elementwise(y, (i) => {
      const v = b.load(acc, i);
      return cast(y.type.dtype, a.reduce === "mean" ? div(v, f64(a.samples ** 2)) : v);
    });
  },
  sample(g) {
    const [n, c, h, w, regions] = [g.int(1, 2), g.int(1, 2), g.int(2, 5), g.int(2, 5), g.int(1, 3)];
    const rois = Array.from({ length: regions }, () => {
      const [x1, y1] = [g.f32({ min: -1, max: 3 }), g.f32({ min: -1, max: 3 })];
      return [x1, y1, x1 + g.f32({ min: 0.1, max: 4 }), y1 + g.f32({ min: 0.1, max: 4 })];
    });
    return {
      inputs: [
        g.tensor({ dtype: g.pick(["f32", "f16"] as const), shape: [n, c, h, w] }),
        tensorOf(tensorType("f32", [regions, 4]), rois.flat()),
        tensorOf(
          tensorType("i64", [regions]),
          Array.from({ length: regions }, () => g.int(0, n - 1)),
        ),
      ],
      attrs: {
        height: g.int(1, 3),
        width: g.int(1, 3),
        samples: g.int(1, 3),
        scale: g.pick([1, 0.5]),
        reduce: g.pick(["mean", "max"] as const),
        half_pixel: g.bool(),
      },
    };
  },
});
