import type { DType } from "../type/dtype.js";

/** Scalar type of an expression: an element type, or `index`, the non-negative address arithmetic of loop variables. */
export type Scalar = DType | "index";

/**
 * Two-operand arithmetic on equal types.
 *   div   floats IEEE; integers toward zero; index: floor, operands never negative
 *   mod   sign of the dividend (C `%`)
 *   min   a < b ? a : b     max   a > b ? a : b      (so a NaN in `a` yields `b`: one instruction, no more)
 *   add sub mul on floats are single IEEE operations and never contracted; on integers they wrap
 *   eq ne lt le gt ge give bool; and or xor on integers and bool; shl shr on integers (shr arithmetic where signed)
 */
export type BinOp =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "mod"
  | "min"
  | "max"
  | "and"
  | "or"
  | "xor"
  | "shl"
  | "shr"
  | "eq"
  | "ne"
  | "lt"
  | "le"
  | "gt"
  | "ge";

/** Functions of one operand; `round` is half to even. `not` is logical on bool and bitwise on integers. */
export type UnaryFn =
  | "neg"
  | "abs"
  | "not"
  | "sqrt"
  | "floor"
  | "ceil"
  | "trunc"
  | "round"
  | "exp"
  | "log"
  | "sin"
  | "cos"
  | "tan"
  | "asin"
  | "acos"
  | "atan"
  | "sinh"
  | "cosh"
  | "tanh"
  | "asinh"
  | "acosh"
  | "atanh"
  | "erf"
  | "sigmoid"
  | "isnan"
  | "isinf";

/**
 * Functions of several operands. `pow(x, y)`; `fma(a, b, c)` = a * b + c, rounded once or twice as the target is faster (float contractions
 * only); `mulerr(a, b)` = a * b - round(a * b) of floats, what rounding takes from a product; `madd(a, b)` of i16 lanes pairs: i32[l] = a[2l] * b[2l] + a[2l+1] * b[2l+1], half as many lanes as its operands have;
 * `dot4(a, b)` of bytes, a signed or not, b signed: i32[l] = sum over j < 4 of a[4l+j] * b[4l+j], a quarter of the lanes;
 * `mulhi31(a, b)` of i32: the SRDHM of gemmlowp; `bitcast` reinterprets bits as the result type, the lanes changing so that the bits
 * stay as many (little-endian): i16 x 2 --> i32 x 1 --splat--> i32 x L --> i16 x 2L repeats a pair.
 * `ahead(x, n)` is x, and a hint where x is a load: the memory n bytes behind it is wanted soon.
 */
export type MultiFn = "pow" | "fma" | "mulerr" | "madd" | "dot4" | "mulhi31" | "bitcast" | "ahead";

interface Typed {
  readonly t: Scalar;
  /** Vector width; 1 is a scalar. */
  readonly lanes: number;
}

export interface ConstExpr extends Typed {
  readonly k: "const";
  /** i64 and u64 constants are bigint, all others number. */
  readonly value: number | bigint;
}
export interface VarExpr extends Typed {
  readonly k: "var";
  readonly name: string;
}
/** Element(s) of a buffer. Where `pred` is false nothing is read and the value is zero. Lanes come from the widest index. */
export interface LoadExpr extends Typed {
  readonly k: "load";
  readonly buffer: string;
  readonly index: readonly Expr[];
  readonly pred: Expr | null;
}
export interface BinExpr extends Typed {
  readonly k: "bin";
  readonly op: BinOp;
  readonly a: Expr;
  readonly b: Expr;
}
export interface SelectExpr extends Typed {
  readonly k: "select";
  readonly cond: Expr;
  readonly a: Expr;
  readonly b: Expr;
}
/** Conversion: float to int truncates and saturates (NaN gives 0), int to int wraps, int to float rounds to nearest even. */
export interface CastExpr extends Typed {
  readonly k: "cast";
  readonly x: Expr;
  /** The value is proved to lie in the target's range, so no saturation is needed. */
  readonly inRange: boolean;
}
/** base, base + stride, ... over `lanes`. */
export interface RampExpr extends Typed {
  readonly k: "ramp";
  readonly base: Expr;
  readonly stride: number;
}
/** A scalar repeated over `lanes`. */
export interface SplatExpr extends Typed {
  readonly k: "splat";
  readonly x: Expr;
}
export interface CallExpr extends Typed {
  readonly k: "call";
  readonly fn: UnaryFn | MultiFn;
  readonly args: readonly Expr[];
}

export type Expr = ConstExpr | VarExpr | LoadExpr | BinExpr | SelectExpr | CastExpr | RampExpr | SplatExpr | CallExpr;

const COMPARISONS: ReadonlySet<BinOp> = new Set(["eq", "ne", "lt", "le", "gt", "ge"]);
export const isComparison = (op: BinOp): boolean => COMPARISONS.has(op);
