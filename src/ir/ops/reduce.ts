/** Reductions over axes, one row each: y = finish(fold(map(x))). Meanings as in ONNX Reduce*-18. */
import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import * as make from "../loop/make.js";
import type { ReduceOp } from "../loop/stmt.js";
import { defineOp, type OpDef } from "../op/define.js";
import { overAxes } from "../op/layout.js";
import { movesElements, type OpQuantize } from "../op/quantize.js";
import { numbersOf, type Tensor, tensorOf } from "../op/tensor.js";
import { type DType, dtypeInfo, isFloat } from "../type/dtype.js";
import { tensorType } from "../type/tensor-type.js";
import { checkDType, checkNoQuant, present } from "./shared/check.js";
import { drawDType } from "./shared/elementwise.js";
import { computeDType, constOf } from "./shared/lowering.js";
import { checkAxes, reducedAt, reducedCount, reducedExtents, reducedGroups, reducedShape } from "./shared/reduction.js";
import { bigintsOf, tensorOfBigints } from "./shared/values.js";

interface Row {
  readonly name: string;
  readonly doc: string;
  readonly fold: ReduceOp;
  /** A group of elements, on doubles. */
  readonly float: (v: readonly number[]) => number;
  /** The same on integers, exactly; rows without it compute integers in double and truncate. */
  readonly int?: (v: readonly bigint[]) => bigint;
  readonly map?: (x: Expr) => Expr;
  readonly finish?: (acc: Expr, count: number) => Expr;
  /** Subtracts the group's greatest element before `map` and adds it after `finish`. */
  readonly shifted?: boolean;
  /** Selects an element: exact on a quantized operand, and defined on bool. */
  readonly selects?: boolean;
  readonly quantize?: OpQuantize<ReduceAttrs>;
}

interface ReduceAttrs {
  readonly axes: readonly number[];
  readonly keepdims: boolean;
}

/**
 * mean(dq(x)) = dq(sum(q) - count zero) with the scale divided by the count: the exact mean, no rounding at all. Sums stay below 2^24, so that
 * their conversion to f32 is exact.
 */
const exactMean: OpQuantize<ReduceAttrs> = {
  form: "wide",
  integer(b, x, attrs) {
    const { quant, shape } = b.typeOf(x);
    const count = reducedCount(shape, attrs.axes);
    // the mean of nothing is NaN
    if (quant?.kind !== "tensor" || count === 0 || count * 256 >= 2 ** 24) return null;
    const bare = b.node("with_quant", [x], { scales: [] });
    const wide = b.node("cast", [bare], { to: "i32" });
    const sum = b.node("reduce_sum", [wide], { axes: attrs.axes, keepdims: attrs.keepdims });
    const centred = quant.zero === 0 ? sum : b.node("sub", [sum, b.integer(quant.zero * count)], {});
    return b.node("with_quant", [centred], { scales: [Math.fround(quant.scale / count)] });
  },
};

const sum = (v: readonly number[]) => v.reduce((a, b) => a + b, 0);
const sumInt = (v: readonly bigint[]) => v.reduce((a, b) => a + b, 0n);
const log = (x: Expr) => make.call("log", [x]);
const square = (x: Expr) => make.mul(x, x);
const absolute = (x: Expr) => (x.t.startsWith("u") ? x : make.call("abs", [x]));
const bigAbs = (v: bigint) => (v < 0n ? -v : v);
const logSumExp = (v: readonly number[]) => {
  const top = v.reduce((a, b) => Math.max(a, b), -Infinity);
  const shift = Number.isFinite(top) ? top : 0;
  return shift + Math.log(sum(v.map((x) => Math.exp(x - shift))));
};

const ROWS: readonly Row[] = [
  { name: "sum", doc: "the sum", fold: "add", float: sum, int: sumInt },
  {
    name: "mean",
    doc: "the mean; of integers truncated toward zero, of none of them 0",
    fold: "add",
    float: (v) => sum(v) / v.length,
    int: (v) => sumInt(v) / BigInt(v.length),
    finish: (acc, count) => make.div(acc, constOf(acc.t, acc.t !== "index" && isFloat(acc.t) ? count : Math.max(1, count))),
    quantize: exactMean,
  },
  {
    name: "max",
    doc: "the greatest, NaN where one is",
    fold: "max",
    float: (v) => v.reduce((a, b) => Math.max(a, b), -Infinity),
    // biome-ignore lint/complexity/useMathMinMax: bigints
    int: (v) => v.reduce((a, b) => (a > b ? a : b)),
    selects: true,
    quantize: movesElements,
  },
  {
    name: "min",
    doc: "the least, NaN where one is",
    fold: "min",
    float: (v) => v.reduce((a, b) => Math.min(a, b), Infinity),
    // biome-ignore lint/complexity/useMathMinMax: bigints
    int: (v) => v.reduce((a, b) => (a < b ? a : b)),
    selects: true,
    quantize: movesElements,
  },
  {
    name: "prod",
    doc: "the product",
    fold: "mul",
    float: (v) => v.reduce((a, b) => a * b, 1),
    int: (v) => v.reduce((a, b) => a * b, 1n),
  },
  {
    name: "l1",
    doc: "the sum of absolute values",
    fold: "add",
    float: (v) => sum(v.map(Math.abs)),
    int: (v) => sumInt(v.map(bigAbs)),
    map: absolute,
  },
  {
    name: "l2",
    doc: "the square root of the sum of squares",
    fold: "add",
    float: (v) => Math.sqrt(sum(v.map((x) => x * x))),
    map: square,
    finish: (acc) => make.call("sqrt", [acc]),
  },
  { name: "log_sum", doc: "the logarithm of the sum", fold: "add", float: (v) => Math.log(sum(v)), finish: log },
  {
    name: "log_sum_exp",
    doc: "the logarithm of the sum of exponentials",
    fold: "add",
    float: logSumExp,
    map: (x) => make.call("exp", [x]),
    finish: log,
    shifted: true,
  },
  {
    name: "sum_square",
    doc: "the sum of squares",
    fold: "add",
    float: (v) => sum(v.map((x) => x * x)),
    int: (v) => sumInt(v.map((x) => x * x)),
    map: square,
  },
];

function reduceOp(row: Row): OpDef {
  const name = `reduce_${row.name}`;
  /** The type that a group is folded in. */
  const accumulator = (d: DType): DType => {
    if (isFloat(d) || d === "bool") return computeDType(d);
    if (!row.int) return "f64";
    return row.finish ? (dtypeInfo(d).signed ? "i64" : "u64") : d;
  };
  const fold = (d: DType): ReduceOp => (d === "bool" ? (row.fold === "max" ? "or" : "and") : row.fold);
  return defineOp({
    name,
    doc: `y = ${row.doc} of the elements along \`axes\`; no axes: of every element alone.`,
    attrs: { axes: attr.ints("axes to reduce"), keepdims: attr.bool("reduced axes stay, with length 1", true) },
    operands: [{ name: "x" }],
    traits: row.selects ? ["same-scale"] : [],
    layout: { transpose: overAxes },
    ...(row.quantize && { quantize: row.quantize }),
    infer(types, { axes, keepdims }, fail) {
      const x = present(types, 0);
      if (!(row.selects && (x.dtype === "bool" || x.quant?.kind === "tensor"))) checkNoQuant(name, x, fail);
      if (!(row.selects && x.dtype === "bool")) checkDType(name, x, "numeric", fail);
      checkAxes(name, axes, x, fail);
      return [tensorType(x.dtype, reducedShape(x.shape, axes, keepdims), x.quant)];
    },
    eval(inputs, { axes }, [type]) {
      const x: Tensor = present(inputs, 0);
      const groups = reducedGroups(x.type.shape, axes);
      if (isFloat(type.dtype)) {
        const values = numbersOf(x);
        return [
          tensorOf(
            type,
            groups.map((g) => row.float(Array.from(g, (p) => values[p]))),
          ),
        ];
      }
      const values = bigintsOf(x);
      const { int, float } = row;
      const ofNone = BigInt(make.reduceIdentity(row.fold, type.dtype));
      const inDouble = (v: readonly bigint[]) => {
        const y = Math.trunc(float(v.map(Number)));
        const { min, max } = dtypeInfo(type.dtype);
        return Number.isNaN(y) ? 0n : BigInt(Math.min(max, Math.max(min, y)));
      };
      return [
        tensorOfBigints(
          type,
          groups.map((g) => (int && g.length === 0 ? ofNone : (int ?? inDouble)(Array.from(g, (p) => values[p])))),
        ),
      ];
    },
    lower(b, { ins, outs: [y] }, { axes, keepdims }) {
      const x = present(ins, 0);
      const { shape, dtype } = x.type;
      const acc = accumulator(dtype);
      const place = reducedAt(shape.length, axes, keepdims);
      const extents = reducedExtents(shape, axes);
      const load = (at: readonly Expr[]) => make.cast(acc, b.load(x, at));
      const direct = acc === y.type.dtype && !row.finish;
      const target = direct ? y : b.temp(acc, y.type.shape, "acc");
      const map = row.map ?? ((e: Expr) => e);
      let shift = (_: readonly Expr[]): Expr | null => null;
      if (row.shifted) {
        const top = b.temp(acc, y.type.shape, "top");
        b.reduction(top, "max", extents, (i, r) => load(place(i, r)), { name: `${name}.top` });
        shift = (i) => {
          const t = b.load(top, i);
          return make.select(make.call("isinf", [t]), constOf(acc, 0), t);
        };
      }
      b.reduction(
        target,
        fold(acc),
        extents,
        (i, r) => {
          const s = shift(i);
          const e = load(place(i, r));
          return map(s ? make.sub(e, s) : e);
        },
        { name },
      );
      if (direct) return;
      const count = reducedCount(shape, axes);
      b.elementwise(
        y,
        (i) => {
          const folded = b.load(target, i);
          const done = row.finish ? row.finish(folded, count) : folded;
          const s = shift(i);
          return make.cast(y.type.dtype, s ? make.add(done, s) : done);
        },
        `${name}.finish`,
      );
    },
    sample(g) {
      const dtype = row.selects && g.int(0, 5) === 0 ? "bool" : drawDType(g, row.int ? "numeric" : "float");
      const shape = g.shape(g.int(0, 4), 4).map((d) => (g.int(0, 19) === 0 ? 0 : d));
      const axes = shape.flatMap((_, k) => (g.bool() ? [k] : []));
      const range =
        dtype === "bool" ? {} : row.name === "log_sum" ? { min: 0.5, max: 3 } : dtype === "u8" ? { min: 0 } : { min: -3, max: 3 };
      return { inputs: [g.tensor({ dtype, shape, ...range })], attrs: { axes, keepdims: g.bool() } };
    },
  }) as OpDef;
}

export const reduceOps: readonly OpDef[] = ROWS.map(reduceOp);
