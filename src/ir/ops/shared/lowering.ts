/** Pieces of `lower` that many ops share. */
import type { Expr, Scalar } from "../../loop/expr.js";
import type { BufferRef, LowerBuilder } from "../../loop/lower-builder.js";
import * as make from "../../loop/make.js";
import { type DType, isFloat } from "../../type/dtype.js";

/** The type that values of `d` are computed in: f16 and bf16 in f32. */
export const computeDType = (d: DType): DType => (d === "f16" || d === "bf16" ? "f32" : d);

/** Loads an element in its computing type. */
export function loadWide(b: LowerBuilder, x: BufferRef, at: readonly Expr[], pred: Expr | null = null): Expr {
  return make.cast(computeDType(x.type.dtype), b.load(x, at, pred));
}

/** Index into an operand of `shape` for the position `at` in the shape that it broadcasts to. */
export function broadcastAt(shape: readonly number[], at: readonly Expr[]): Expr[] {
  const lead = at.length - shape.length;
  return shape.map((d, k) => (d === 1 ? make.index(0) : at[lead + k]));
}

/** A constant of the type of `like`; floats are rounded to f32 first, as the attributes of models are. */
export const constLike = (like: Expr, value: number): Expr => constOf(like.t, value);
export const constOf = (t: Scalar, value: number): Expr =>
  make.constant(t, t === "f32" || t === "f64" ? Math.fround(value) : value);

/**
 * Values known at compile time, by position: the constant itself where all are equal, else loads from a temporary that one stage of
 * constant stores fills. That stage reads nothing, so it may be evaluated when the model is compiled.
 */
export function constantTable(b: LowerBuilder, dtype: DType, values: readonly number[], hint: string): (at: Expr) => Expr {
  if (values.every((v) => v === values[0])) {
    const c = make.constant(dtype, values[0]);
    return () => c;
  }
  const table = b.temp(dtype, [values.length], hint);
  b.stage(`${hint}.const`, make.seq(...values.map((v, i) => make.store(table.name, [make.index(i)], make.constant(dtype, v)))));
  return (at) => b.load(table, [at]);
}

/** The lesser or greater of two values; of floats NaN where either is. */
export const nanExtreme = (op: "min" | "max", a: Expr, b: Expr): Expr =>
  a.t !== "index" && isFloat(a.t) ? make.select(make.call("isnan", [a]), a, make.bin(op, a, b)) : make.bin(op, a, b);

/** Whether x is the extreme that a reduction by `min` or `max` found: equal to it, or NaN as it then is. */
export const isExtreme = (x: Expr, extreme: Expr): Expr => {
  const equal = make.bin("eq", x, extreme);
  return x.t !== "index" && isFloat(x.t) ? make.or(equal, make.call("isnan", [x])) : equal;
};

/** x clamped to [lo, hi]; a NaN becomes lo. */
export const clampToward = (x: Expr, lo: number, hi: number): Expr =>
  make.min(make.max(x, make.constant(x.t, lo)), make.constant(x.t, hi));
