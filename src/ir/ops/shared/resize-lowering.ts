/** Loops of `resize`: tables of positions and weights per axis, computed in double by stages that read nothing, then the samples. */
import type { Expr } from "../../loop/expr.js";
import type { BufferRef, LowerBuilder } from "../../loop/lower-builder.js";
import * as make from "../../loop/make.js";
import { type DType, dtypeInfo, isFloat } from "../../type/dtype.js";
import { accumulatorOf } from "./contraction.js";
import {
  type AxisMap,
  axisMap,
  type Coordinates,
  isIdentityAxis,
  type NearestMode,
  type SampleMode,
  tapRange,
} from "./sampling.js";
import { allOf } from "./spatial.js";

export interface ResizeAttrs {
  readonly shape: readonly number[];
  readonly scales: readonly number[];
  readonly mode: SampleMode;
  readonly coordinates: Coordinates;
  readonly nearest: NearestMode;
  readonly cubic_a: number;
  readonly exclude_outside: boolean;
  readonly antialias: boolean;
  readonly roi: readonly number[];
  readonly extrapolation: number;
}

/** How one axis is sampled: `count` taps of output i, tap j at `at(i, j)` with weight `weight(i, j)` (null: 1). */
interface AxisSamples {
  readonly count: number;
  readonly at: (i: Expr, j: Expr) => Expr;
  readonly weight: ((i: Expr, j: Expr) => Expr) | null;
  readonly inside: ((i: Expr) => Expr) | null;
}

const f64 = (v: number): Expr => make.constant("f64", v);

const position = (m: AxisMap, i: Expr): Expr =>
  make.add(make.div(make.mul(make.add(make.cast("f64", i), f64(m.before)), f64(m.times)), f64(m.over)), f64(m.after));

const clampTo = (x: Expr, n: number): Expr => make.max(f64(0), make.min(f64(n - 1), x));

function nearestPosition(mode: NearestMode, x: Expr): Expr {
  switch (mode) {
    case "floor":
      return make.call("floor", [x]);
    case "ceil":
      return make.call("ceil", [x]);
    case "round_prefer_floor":
      return make.call("ceil", [make.sub(x, f64(0.5))]);
    case "round_prefer_ceil":
      return make.call("floor", [make.add(x, f64(0.5))]);
  }
}

function kernelWeight(mode: SampleMode, distance: Expr, a: number): Expr {
  const x = make.call("abs", [distance]);
  if (mode === "linear") return make.max(f64(0), make.sub(f64(1), x));
  const near = make.add(make.mul(make.mul(make.sub(make.mul(f64(a + 2), x), f64(a + 3)), x), x), f64(1));
  const far = make.sub(make.mul(make.add(make.mul(make.sub(make.mul(f64(a), x), f64(5 * a)), x), f64(8 * a)), x), f64(4 * a));
  const outer = make.select(make.bin("lt", x, f64(2)), far, f64(0));
  return make.select(make.bin("le", x, f64(1)), near, outer);
}

/** Whole-number magnification whose nearest sample is i / k: no table is needed. */
function magnification(a: ResizeAttrs, input: number, d: number): number | null {
  const k = a.scales[d];
  if (a.mode !== "nearest" || !Number.isInteger(k) || a.shape[d] !== k * input) return null;
  const floors = a.coordinates === "asymmetric" && a.nearest === "floor";
  const rounds = a.coordinates === "half_pixel" && a.nearest.startsWith("round");
  return floors || rounds ? k : null;
}

function sampleAxis(b: LowerBuilder, a: ResizeAttrs, input: number, d: number, weightType: DType): AxisSamples {
  const n = a.shape[d];
  const roi = a.roi.length ? ([a.roi[d], a.roi[a.shape.length + d]] as const) : ([0, 1] as const);
  const geometry = { input, output: n, scale: a.scales[d], roi };
  if (isIdentityAxis(a.coordinates, geometry)) return { count: 1, at: (i) => i, weight: null, inside: null };
  const k = magnification(a, input, d);
  if (k !== null) return { count: 1, at: (i) => make.div(i, make.index(k)), weight: null, inside: null };
  const map = axisMap(a.coordinates, geometry);
  const { first, count, shrink } = tapRange(a.mode, a.antialias, a.scales[d]);
  const at = b.temp("i32", [n, count], "at");
  const tapPosition = (i: Expr, j: Expr) =>
    make.add(make.call("floor", [position(map, i)]), make.add(make.cast("f64", j), f64(first)));
  b.elementwise(
    at,
    ([i, j]) => {
      const p = a.mode === "nearest" ? nearestPosition(a.nearest, position(map, i)) : tapPosition(i, j);
      return make.cast("i32", clampTo(p, input));
    },
    "positions",
  );
  return {
    count,
    at: (i, j) => make.cast("index", b.load(at, [i, j])),
    weight: a.mode === "nearest" ? null : weightTable(b, a, { n, input, map, first, count, shrink }, tapPosition, weightType),
    inside:
      a.coordinates === "tf_crop_and_resize"
        ? (i) => make.and(make.bin("ge", position(map, i), f64(0)), make.bin("le", position(map, i), f64(input - 1)))
        : null,
  };
}

interface AxisTaps {
  readonly n: number;
  readonly input: number;
  readonly map: AxisMap;
  readonly first: number;
  readonly count: number;
  readonly shrink: number;
}

function weightTable(
  b: LowerBuilder,
  a: ResizeAttrs,
  axis: AxisTaps,
  tapPosition: (i: Expr, j: Expr) => Expr,
  weightType: DType,
): (i: Expr, j: Expr) => Expr {
  const { n, input, map, first, count, shrink } = axis;
  const raw = b.temp("f64", [n, count], "raw");
  b.elementwise(
    raw,
    ([i, j]) => {
      const x = position(map, i);
      const distance = make.sub(make.add(f64(first), make.cast("f64", j)), make.sub(x, make.call("floor", [x])));
      const w = kernelWeight(a.mode, make.mul(distance, f64(shrink)), a.cubic_a);
      if (!a.exclude_outside) return w;
      const p = tapPosition(i, j);
      const inside = make.and(make.bin("ge", p, f64(0)), make.bin("lt", p, f64(input)));
      return make.select(inside, w, f64(0));
    },
    "weights",
  );
  const table = b.temp(weightType, [n, count], "weight");
  if (!a.antialias && !a.exclude_outside) {
    b.elementwise(table, (ij) => make.cast(weightType, b.load(raw, ij)), "weights");
  } else {
    const sum = b.temp("f64", [n], "sum");
    b.reduction(sum, "add", [count], ([i], [j]) => b.load(raw, [i, j]), { name: "weights" });
    b.elementwise(table, ([i, j]) => make.cast(weightType, make.div(b.load(raw, [i, j]), b.load(sum, [i]))), "weights");
  }
  return (i, j) => b.load(table, [i, j]);
}

/** Samples are summed in one expression up to this many, which fusion can inline; more make a reduction. */
const INLINE_TAPS = 8;

export function lowerResize(b: LowerBuilder, x: BufferRef, y: BufferRef, a: ResizeAttrs): void {
  const { dtype } = y.type;
  const sumType = isFloat(dtype) ? accumulatorOf(dtype) : "f64";
  const axes = a.shape.map((_, d) => sampleAxis(b, a, x.type.shape[d], d, sumType));
  const insideAt = (i: readonly Expr[]) => allOf(axes.flatMap((s, d) => (s.inside ? [s.inside(i[d])] : [])));
  const extrapolated = (i: readonly Expr[], v: Expr): Expr => {
    const inside = insideAt(i);
    return inside ? make.select(inside, v, make.cast(dtype, f64(a.extrapolation))) : v;
  };
  const zero = make.index(0);
  if (axes.every((s) => s.count === 1)) {
    b.elementwise(
      y,
      (i) =>
        extrapolated(
          i,
          b.load(
            x,
            axes.map((s, d) => s.at(i[d], zero)),
          ),
        ),
      "resize",
    );
    return;
  }
  const counts = axes.map((s) => s.count).filter((c) => c > 1);
  const term = (i: readonly Expr[], r: readonly Expr[]): Expr => {
    let next = 0;
    const j = axes.map((s) => (s.count > 1 ? r[next++] : zero));
    const weights = axes.flatMap((s, d) => (s.weight ? [s.weight(i[d], j[d])] : []));
    return make.mul(
      weights.reduce(make.mul),
      make.cast(
        sumType,
        b.load(
          x,
          axes.map((s, d) => s.at(i[d], j[d])),
        ),
      ),
    );
  };
  const stored = (sum: Expr): Expr => {
    if (isFloat(dtype)) return make.cast(dtype, sum);
    const { min, max } = dtypeInfo(dtype);
    const whole = make.call(y.type.quant ? "round" : "trunc", [sum]);
    return make.cast(dtype, make.max(f64(min), make.min(f64(max), whole)));
  };
  const total = counts.reduce((p, c) => p * c, 1);
  if (total <= INLINE_TAPS) {
    b.elementwise(
      y,
      (i) => {
        const terms = Array.from({ length: total }, (_, flat) => {
          const r = counts.map((c, d) => make.index(Math.floor(flat / counts.slice(d + 1).reduce((p, k) => p * k, 1)) % c));
          return term(i, r);
        });
        return extrapolated(i, stored(terms.reduce(make.add)));
      },
      "resize",
    );
    return;
  }
  const acc = b.temp(sumType, y.type.shape, "acc");
  b.reduction(acc, "add", counts, term, { name: "samples" });
  b.elementwise(y, (i) => extrapolated(i, stored(b.load(acc, i))), "resize");
}
