import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import type { BufferRef, LowerBuilder } from "../loop/lower-builder.js";
import * as make from "../loop/make.js";
import { defineOp, type OpDef } from "../op/define.js";
import { alongAxis } from "../op/layout.js";
import type { RoundsOnce } from "../op/quantize.js";
import { numbersOf, type Tensor, tensorOf } from "../op/tensor.js";
import { numElements } from "../type/tensor-type.js";
import { checkAxis, checkDType, checkNoQuant, present } from "./shared/check.js";
import { computeDType, constOf, isExtreme, loadWide } from "./shared/lowering.js";
import { keptAt, reducedGroups } from "./shared/reduction.js";

/** x along the axis at a kept-dims position, and the greatest element of every row. */
function rowsOf(b: LowerBuilder, x: BufferRef, axis: number) {
  const { shape, dtype } = x.type;
  const rows = shape.map((d, k) => (k === axis ? 1 : d));
  const acc = computeDType(dtype);
  const row = (i: readonly Expr[]) => keptAt(i, [axis]);
  const along = (i: readonly Expr[], j: Expr) => i.map((e, k) => (k === axis ? j : e));
  const wide = (i: readonly Expr[]) => loadWide(b, x, i);
  const top = b.temp(acc, rows, "top");
  b.reduction(top, "max", [shape[axis]], (i, [j]) => wide(along(i, j)), { name: "top" });
  return { acc, rows, row, along, wide, top, extents: [shape[axis]] };
}

interface Row {
  readonly name: string;
  readonly doc: string;
  /** One row, on doubles. */
  readonly numbers: (v: readonly number[]) => number[];
  readonly lower: (b: LowerBuilder, x: BufferRef, y: BufferRef, axis: number) => void;
  /** The op that computes it on bytes. */
  readonly onBytes?: string;
}

const ROWS: readonly Row[] = [
  {
    name: "softmax",
    doc: "y = e^(x - max x) / sum e^(x - max x)",
    onBytes: "quantized_softmax",
    numbers(v) {
      const top = Math.max(...v);
      const e = v.map((x) => Math.exp(x - top));
      const sum = e.reduce((a, b) => a + b, 0);
      return e.map((x) => x / sum);
    },
    lower(b, x, y, axis) {
      const { acc, rows, row, along, wide, top, extents } = rowsOf(b, x, axis);
      const e = b.temp(acc, x.type.shape, "exp");
      b.elementwise(e, (i) => make.call("exp", [make.sub(wide(i), b.load(top, row(i)))]), "exp");
      const sum = b.temp(acc, rows, "sum");
      b.reduction(sum, "add", extents, (i, [j]) => b.load(e, along(i, j)), { name: "sum" });
      b.elementwise(y, (i) => make.cast(y.type.dtype, make.div(b.load(e, i), b.load(sum, row(i)))), "softmax");
    },
  },
  {
    name: "log_softmax",
    doc: "y = x - max x - ln sum e^(x - max x)",
    numbers(v) {
      const top = Math.max(...v);
      const log = Math.log(v.reduce((a, x) => a + Math.exp(x - top), 0));
      return v.map((x) => x - top - log);
    },
    lower(b, x, y, axis) {
      const { acc, rows, row, along, wide, top, extents } = rowsOf(b, x, axis);
      const sum = b.temp(acc, rows, "sum");
      b.reduction(sum, "add", extents, (i, [j]) => make.call("exp", [make.sub(wide(along(i, j)), b.load(top, i))]), {
        name: "sum",
      });
      const log = b.temp(acc, rows, "log");
      b.elementwise(log, (i) => make.call("log", [b.load(sum, i)]), "log");
      const shifted = (i: readonly Expr[]) => make.sub(wide(i), b.load(top, row(i)));
      b.elementwise(y, (i) => make.cast(y.type.dtype, make.sub(shifted(i), b.load(log, row(i)))), "log_softmax");
    },
  },
  {
    name: "hardmax",
    doc: "y = 1 at the first of the greatest elements, a NaN before any number, 0 elsewhere",
    numbers(v) {
      const top = Math.max(...v);
      const best = v.findIndex((x) => x === top || Number.isNaN(x));
      return v.map((_, j) => (j === best ? 1 : 0));
    },
    lower(b, x, y, axis) {
      const { acc, rows, row, along, wide, top, extents } = rowsOf(b, x, axis);
      const last = make.constant("i32", extents[0] - 1);
      const at = b.temp("i32", rows, "at");
      const place = (i: readonly Expr[], j: Expr) =>
        make.select(isExtreme(wide(along(i, j)), b.load(top, i)), make.cast("i32", j), last);
      b.reduction(at, "min", extents, (i, [j]) => place(i, j), { name: "at", init: () => last });
      b.elementwise(
        y,
        (i) => {
          const here = make.bin("eq", make.cast("i32", i[axis]), b.load(at, row(i)));
          return make.cast(y.type.dtype, make.select(here, constOf(acc, 1), constOf(acc, 0)));
        },
        "hardmax",
      );
    },
  },
];

const roundedBy = (op: string): RoundsOnce<{ readonly axis: number }> => ({
  form: "round",
  steps: 1, // of exponentials in tables
  integer: (b, x, { axis }, { dtype, scale, zero }) => b.node(op, [x], { axis, dtype, scale, zero }),
});

const rowwise = (r: Row): OpDef =>
  defineOp({
    name: r.name,
    doc: `${r.doc}, along one axis. ONNX opset 13.`,
    attrs: { axis: attr.int("axis of the distribution") },
    operands: [{ name: "x" }],
    traits: [],
    layout: { transpose: alongAxis },
    ...(r.onBytes && { quantize: roundedBy(r.onBytes) }),
    infer(types, { axis }, fail) {
      const x = present(types, 0);
      checkNoQuant(r.name, x, fail);
      checkDType(r.name, x, "float", fail);
      checkAxis(r.name, axis, x, fail);
      return [x];
    },
    eval(inputs, { axis }, [type]) {
      const x: Tensor = present(inputs, 0);
      const values = numbersOf(x);
      const out = new Float64Array(numElements(type.shape));
      for (const places of reducedGroups(type.shape, [axis])) {
        const y = r.numbers(Array.from(places, (p) => values[p]));
        places.forEach((p, j) => {
          out[p] = y[j];
        });
      }
      return [tensorOf(type, out)];
    },
    lower: (b, { ins, outs: [y] }, { axis }) => r.lower(b, present(ins, 0), y, axis),
    sample(g) {
      const shape = g.shape(g.int(1, 4));
      const x = g.tensor({ dtype: g.pick(["f32", "f32", "f16", "f64"] as const), shape });
      return { inputs: [x], attrs: { axis: g.int(0, shape.length - 1) } };
    },
  }) as OpDef;

export const softmaxOps: readonly OpDef[] = ROWS.map(rowwise);
