import type { Expr, VarExpr } from "../loop/expr.js";
import * as make from "../loop/make.js";
import type { Buffer, Kernel } from "../loop/stmt.js";
import { type Assignment, createMathBuilder, createRecorder, type FloatType } from "./builder.js";
import { MATH, type MathFn, type MathFunction } from "./functions.js";

/** A function written out: branch-free arithmetic of loop IR, each value named once. It calls nothing of the library but `mulerr`. */
export interface MathDefinition {
  readonly params: readonly VarExpr[];
  readonly lets: readonly Assignment[];
  /** What the function gives: a parameter, a name or a constant. */
  readonly result: Expr;
}

/** `fn` on values of `t` and `lanes` lanes. */
export function mathDefinition(fn: MathFn, t: FloatType, lanes = 1): MathDefinition {
  const { arity, of }: MathFunction = MATH[fn];
  const recorder = createRecorder();
  const params = ["x", "y"].slice(0, arity).map((name): VarExpr => ({ k: "var", t, lanes, name }));
  const result = of[t](createMathBuilder(recorder, t, lanes), ...params);
  return { params, lets: recorder.lets, result };
}

/** The definition as a kernel on one element, `out[0] = fn(xs[0])` or `out[0] = fn(xs[0], ys[0])`: it prints, parses, verifies and runs like any other. */
export function mathKernel(fn: MathFn, t: FloatType): Kernel {
  const { params, lets, result } = mathDefinition(fn, t);
  const buffer = (name: string, role: Buffer["role"]): Buffer => ({ name, dtype: t, shape: [1], role });
  const zero = [make.index(0)];
  const operands = params.map((p) => ({ name: p.name, value: make.load(`${p.name}s`, t, zero) }));
  const body = [...operands, ...lets].reduceRight(
    (inner, { name, value }) => make.letIn(name, value, inner),
    make.store("out", zero, result),
  );
  return {
    name: `${t}_${fn}`,
    buffers: [...operands.map((p) => buffer(`${p.name}s`, "in")), buffer("out", "out")],
    stages: [{ name: fn, body }],
    prepare: [],
  };
}
