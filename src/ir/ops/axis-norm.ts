/** Normalisations over given axes without parameters. */
import { type AttrSchema, type AttrsOf, attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import type { BufferRef, LowerBuilder } from "../loop/lower-builder.js";
import * as make from "../loop/make.js";
import { defineOp, type OpDef } from "../op/define.js";
import { alongAxes, alongAxis, type CommutesWithTranspose } from "../op/layout.js";
import type { Gen, OpCase } from "../op/sample.js";
import { numbersOf, tensorOf } from "../op/tensor.js";
import type { DType } from "../type/dtype.js";
import { checkDType, checkNoQuant, present } from "./shared/check.js";
import { computeDType, constOf, loadWide } from "./shared/lowering.js";
import { lowerMean, momentsOf } from "./shared/moments.js";
import { checkAxes, keptAt, reducedAt, reducedExtents, reducedGroups } from "./shared/reduction.js";

interface Rows {
  readonly x: BufferRef;
  readonly acc: DType;
  /** Kept-dims shape. */
  readonly shape: readonly number[];
  readonly extents: readonly number[];
  readonly load: (i: readonly Expr[], r: readonly Expr[]) => Expr;
}

function axisNorm<const S extends AttrSchema>(d: {
  name: string;
  doc: string;
  attrs: S;
  axes: (attrs: AttrsOf<S>) => readonly number[];
  transpose: CommutesWithTranspose<AttrsOf<S>>;
  numbers: (v: readonly number[], attrs: AttrsOf<S>) => number[];
  /** Emits the statistics; returns the element function of x and the kept-dims position. */
  stats: (b: LowerBuilder, rows: Rows, attrs: AttrsOf<S>) => (x: Expr, at: readonly Expr[]) => Expr;
  draw: (g: Gen, rank: number) => OpCase["attrs"];
}): OpDef {
  return defineOp<S>({
    name: d.name,
    doc: d.doc,
    attrs: d.attrs,
    operands: [{ name: "x" }],
    traits: [],
    layout: { transpose: d.transpose },
    infer(types, attrs, fail) {
      const x = present(types, 0);
      checkNoQuant(d.name, x, fail);
      checkDType(d.name, x, "float", fail);
      checkAxes(d.name, d.axes(attrs), x, fail);
      return [x];
    },
    eval(inputs, attrs, [type]) {
      const x = numbersOf(present(inputs, 0));
      const out = new Float64Array(x.length);
      for (const places of reducedGroups(type.shape, d.axes(attrs))) {
        const y = d.numbers(
          Array.from(places, (p) => x[p]),
          attrs,
        );
        places.forEach((p, j) => {
          out[p] = y[j];
        });
      }
      return [tensorOf(type, out)];
    },
    lower(b, { ins, outs: [y] }, attrs) {
      const x = present(ins, 0);
      const axes = d.axes(attrs);
      const { shape, dtype } = x.type;
      const place = reducedAt(shape.length, axes, true);
      const rows: Rows = {
        x,
        acc: computeDType(dtype),
        shape: shape.map((n, k) => (axes.includes(k) ? 1 : n)),
        extents: reducedExtents(shape, axes),
        load: (i, r) => loadWide(b, x, place(i, r)),
      };
      const normal = d.stats(b, rows, attrs);
      b.elementwise(y, (i) => make.cast(y.type.dtype, normal(loadWide(b, x, i), keptAt(i, axes))), d.name);
    },
    sample(g) {
      const shape = g.shape(g.int(1, 4), 4);
      const x = g.tensor({ dtype: g.pick(["f32", "f32", "f64"] as const), shape });
      return { inputs: [x], attrs: d.draw(g, shape.length) };
    },
  }) as OpDef;
}

export const lpNorm = axisNorm({
  name: "lp_norm",
  doc: "y = x / |x|_p along `axis`, 0 where the norm is 0. ONNX LpNormalization-22.",
  attrs: { axis: attr.int("axis to normalize"), p: attr.int("order of the norm: 1 or 2", 2) },
  axes: ({ axis }) => [axis],
  transpose: alongAxis,
  numbers(v, { p }) {
    const norm = p === 1 ? v.reduce((s, x) => s + Math.abs(x), 0) : Math.sqrt(v.reduce((s, x) => s + x * x, 0));
    return v.map((x) => (norm === 0 ? 0 : x / norm));
  },
  stats(b, { acc, shape, extents, load }, { p }) {
    const sum = b.temp(acc, shape, "sum");
    const term = (e: Expr) => (p === 1 ? make.call("abs", [e]) : make.mul(e, e));
    b.reduction(sum, "add", extents, (i, r) => term(load(i, r)), { name: "sum" });
    const zero = constOf(acc, 0);
    return (x, at) => {
      const s = b.load(sum, at);
      const norm = p === 1 ? s : make.call("sqrt", [s]);
      return make.select(make.bin("eq", s, zero), zero, make.div(x, norm));
    };
  },
  draw: (g, rank) => ({ axis: g.int(0, rank - 1), p: g.int(1, 2) }),
});

export const meanVarianceNorm = axisNorm({
  name: "mean_variance_norm",
  doc: "y = (x - mean) / (sqrt(variance) + 1e-9) over `axes`. ONNX MeanVarianceNormalization-13.",
  attrs: { axes: attr.ints("axes to normalize over", [0, 2, 3]) },
  axes: ({ axes }) => axes,
  transpose: alongAxes,
  numbers(v) {
    const { mean, variance } = momentsOf(v);
    return v.map((x) => (x - mean) / (Math.sqrt(variance) + 1e-9));
  },
  stats(b, { acc, shape, extents, load }) {
    const mean = lowerMean(b, "mean", acc, shape, extents, load);
    const variance = lowerMean(b, "variance", acc, shape, extents, (i, r) => {
      const d = make.sub(load(i, r), b.load(mean, i));
      return make.mul(d, d);
    });
    const deviation = b.temp(acc, shape, "deviation");
    b.elementwise(deviation, (i) => make.add(make.call("sqrt", [b.load(variance, i)]), constOf(acc, 1e-9)), "deviation");
    return (x, at) => make.div(make.sub(x, b.load(mean, at)), b.load(deviation, at));
  },
  draw(g, rank) {
    const axes = Array.from({ length: rank }, (_, k) => k).filter(() => g.bool());
    return { axes: axes.length ? axes : [rank - 1] };
  },
});
