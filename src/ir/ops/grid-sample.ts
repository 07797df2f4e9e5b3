import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import { add, and, bin, call, cast, constant, div, max, min, mul, select, sub } from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { numbersOf, tensorOf } from "../op/tensor.js";
import { isFloat } from "../type/dtype.js";
import { numElements, tensorType } from "../type/tensor-type.js";
import { interpolate, isInside, type Tap } from "./shared/interpolate.js";
import { eachIndex, offsetOf } from "./shared/spatial.js";
import { roundHalfEven } from "./shared/values.js";

const MODES = ["nearest", "linear", "cubic"] as const;
const PADDINGS = ["zeros", "border", "reflection"] as const;

interface GridAttrs {
  readonly mode: (typeof MODES)[number];
  readonly padding: (typeof PADDINGS)[number];
  readonly align_corners: boolean;
}

/** Range in which positions are reflected. */
const limits = (a: GridAttrs, n: number): readonly [number, number] => (a.align_corners ? [0, n - 1] : [-0.5, n - 0.5]);

/** Position x folded into [low, high] by reflection at both ends. */
function reflect(x: number, [low, high]: readonly [number, number]): number {
  if (x >= low && x <= high) return x;
  const range = high - low;
  if (range === 0) return low;
  const t = Math.abs(x - low);
  const turns = Math.floor(t / range);
  const rest = t - turns * range;
  return turns % 2 === 0 ? low + rest : high - rest;
}

/** A whole or real position brought into the input; null where padding is zero. */
function padPosition(a: GridAttrs, x: number, n: number): number {
  if (a.padding === "border") return Math.min(Math.max(x, 0), n - 1);
  return a.padding === "reflection" ? reflect(x, limits(a, n)) : x;
}

/** Keys' cubic kernel, a = -0.75, at distance d. */
function cubicWeight(d: number): number {
  const x = Math.abs(d);
  if (x <= 1) return (1.25 * x - 2.25) * x * x + 1;
  return x < 2 ? ((-0.75 * x + 3.75) * x - 6) * x + 3 : 0;
}

const f64 = (v: number): Expr => constant("f64", v);

function reflectExpr(x: Expr, [low, high]: readonly [number, number]): Expr {
  const range = high - low;
  if (range === 0) return f64(low);
  const t = call("abs", [sub(x, f64(low))]);
  const turns = call("floor", [div(t, f64(range))]);
  const rest = sub(t, mul(turns, f64(range)));
  const odd = sub(turns, mul(f64(2), call("floor", [div(turns, f64(2))])));
  const folded = select(bin("eq", odd, f64(0)), add(f64(low), rest), sub(f64(high), rest));
  return select(and(bin("ge", x, f64(low)), bin("le", x, f64(high))), x, folded);
}

const clampExpr = (x: Expr, n: number): Expr => max(f64(0), min(f64(n - 1), x));
function padExpr(a: GridAttrs, x: Expr, n: number): Expr {
  if (a.padding === "border") return clampExpr(x, n);
  return a.padding === "reflection" ? reflectExpr(x, limits(a, n)) : x;
}

/** The sample at whole position p: outside it is zero, or p is brought inside. */
const tapAt = (a: GridAttrs, p: Expr, n: number, weight: Expr): Tap =>
  a.padding === "zeros"
    ? { at: p, weight, inside: isInside(p, n) }
    : { at: clampExpr(padExpr(a, p, n), n), weight, inside: null };

function cubicExpr(distance: Expr): Expr {
  const x = call("abs", [distance]);
  const near = add(mul(mul(sub(mul(f64(1.25), x), f64(2.25)), x), x), f64(1));
  const far = add(mul(sub(mul(add(mul(f64(-0.75), x), f64(3.75)), x), f64(6)), x), f64(3));
  return select(bin("le", x, f64(1)), near, far);
}

function tapsOf(a: GridAttrs, x: Expr, n: number): Tap[] {
  if (a.mode === "nearest") return [tapAt(a, x, n, f64(1))];
  const base = call("floor", [x]);
  const fraction = sub(x, base);
  if (a.mode === "linear") return [tapAt(a, base, n, sub(f64(1), fraction)), tapAt(a, add(base, f64(1)), n, fraction)];
  return [-1, 0, 1, 2].map((j) => tapAt(a, add(base, f64(j)), n, cubicExpr(sub(f64(j), fraction))));
}

/** Samples at the positions of a grid. ONNX GridSample-22. */
export const gridSample = defineOp({
  name: "grid_sample",
  doc:
    "y[n, c, o] = x[n, c] at the position grid[n, o], whose last axis runs from the last spatial axis to the first, in [-1, 1]: the centres " +
    "of the outer elements with align_corners, else their edges. x [N, C, *S], grid [N, *O, rank]. Floats; positions are computed in double.",
  attrs: {
    mode: attr.oneOf("interpolation; cubic (a = -0.75) for two axes", MODES, "linear"),
    padding: attr.oneOf("values outside", PADDINGS, "zeros"),
    align_corners: attr.bool("-1 and 1 are the centres of the outer elements", false),
  },
  operands: [{ name: "x" }, { name: "grid", finite: "a position that is no number is nowhere" }],
  traits: [],
  infer([x, grid], a, fail) {
    if (!x || !grid) return fail("QC-NN-005", "grid_sample: x and grid are required");
    const rank = x.shape.length - 2;
    if (rank < 1 || rank > 3 || grid.shape.length !== rank + 2 || grid.shape[rank + 1] !== rank || grid.shape[0] !== x.shape[0]) {
      fail("QC-NN-085", `grid_sample: x [${x.shape}] and grid [${grid.shape}] do not agree; [N, C, *S] and [N, *O, rank]`);
    }
    if (!isFloat(x.dtype) || !isFloat(grid.dtype)) fail("QC-NN-086", "grid_sample: x and grid must be float");
    if (a.mode === "cubic" && rank !== 2) fail("QC-NN-087", `grid_sample: cubic is defined for two spatial axes, not ${rank}`);
    return [tensorType(x.dtype, [...x.shape.slice(0, 2), ...grid.shape.slice(1, -1)])];
  },
  eval([x, grid], a, [type]) {
    if (!x || !grid) throw new Error("grid_sample: absent operand");
    const s = x.type.shape.slice(2);
    const [xv, gv] = [numbersOf(x), numbersOf(grid)];
    const y = new Float64Array(numElements(type.shape));
    eachIndex(type.shape, ([n, c, ...o]) => {
      const taps = s.map((size, d) => {
        const g = gv[offsetOf(grid.type.shape, [n, ...o, s.length - 1 - d])];
        const raw = a.align_corners ? ((g + 1) / 2) * (size - 1) : ((g + 1) * size - 1) / 2;
        const p = padPosition(a, a.mode === "nearest" ? roundHalfEven(raw) : raw, size);
        const base = Math.floor(p);
        if (a.mode === "nearest") return [{ at: p, weight: 1 }];
        const reach = a.mode === "linear" ? [0, 1] : [-1, 0, 1, 2];
        const kernel = a.mode === "linear" ? (d1: number) => 1 - Math.abs(d1) : cubicWeight;
        return reach.map((j) => ({ at: base + j, weight: kernel(base + j - p) }));
      });
      let sum = 0;
      eachIndex(
        taps.map((t) => t.length),
        (j) => {
          const chosen = j.map((v, d) => taps[d][v]);
          const at = chosen.map((t, d) => padPosition(a, t.at, s[d]));
          if (at.some((v, d) => v < 0 || v >= s[d])) return;
          sum += chosen.reduce((w, t) => w * t.weight, 1) * xv[offsetOf(x.type.shape, [n, c, ...at])];
        },
      );
      y[offsetOf(type.shape, [n, c, ...o])] = sum;
    });
    return [tensorOf(type, y)];
  },
  lower(b, { ins: [x, grid], outs: [y] }, a) {
    if (!x || !grid) throw new Error("grid_sample: absent operand");
    const s = x.type.shape.slice(2);
    const o = grid.type.shape.slice(1, -1);
    const batch = x.type.shape[0];
    const places = s.map((size, d) => {
      const place = b.temp("f64", [batch, ...o], "place");
      b.elementwise(
        place,
        (i) => {
          const g = add(cast("f64", b.load(grid, [...i, constant("index", s.length - 1 - d)])), f64(1));
          const raw = a.align_corners ? mul(div(g, f64(2)), f64(size - 1)) : div(sub(mul(g, f64(size)), f64(1)), f64(2));
          return padExpr(a, a.mode === "nearest" ? call("round", [raw]) : raw, size);
        },
        "places",
      );
      return place;
    });
    b.elementwise(
      y,
      ([n, c, ...at]) => {
        const axes = s.map((size, d) => tapsOf(a, b.load(places[d], [n, ...at]), size));
        return cast(
          y.type.dtype,
          interpolate(axes, (p, inside) => b.load(x, [n, c, ...p], inside)),
        );
      },
      "samples",
    );
  },
  sample(g) {
    const rank = g.int(1, 3);
    const mode = rank === 2 ? g.pick(MODES) : g.pick(["nearest", "linear"] as const);
    const n = g.int(1, 2);
    return {
      inputs: [
        g.tensor({ dtype: g.pick(["f32", "f32", "f16", "f64"] as const), shape: [n, g.int(1, 2), ...g.shape(rank, 4)] }),
        g.tensor({ shape: [n, ...g.shape(rank, 3), rank], min: -1.6, max: 1.6 }),
      ],
      attrs: { mode, padding: g.pick(PADDINGS), align_corners: g.bool() },
    };
  },
});
