/** The types that expressions of loop IR have unless the text says otherwise: what the constructors in loop/make.ts give. */
import { unreachable } from "../../support/assert.js";
import { type Expr, isComparison, type Scalar } from "../loop/expr.js";
import type { Buffer } from "../loop/stmt.js";
import { DTYPES, type DType, isDType } from "../type/dtype.js";

export interface ExprType {
  readonly t: Scalar;
  readonly lanes: number;
}

/** Names in reach, inner ones first. */
export interface Scope {
  readonly vars: ReadonlyMap<string, ExprType>;
  readonly buffers: ReadonlyMap<string, DType>;
}

export const scopeOf = (buffers: readonly Buffer[]): Scope => ({
  vars: new Map(),
  buffers: new Map(buffers.map((b) => [b.name, b.dtype])),
});
export const withVar = (s: Scope, name: string, { t, lanes }: ExprType): Scope => ({
  ...s,
  vars: new Map(s.vars).set(name, { t, lanes }),
});
export const withBuffer = (s: Scope, b: Buffer): Scope => ({ ...s, buffers: new Map(s.buffers).set(b.name, b.dtype) });

/** Words that have a meaning of their own inside a kernel. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  ..."module version const blob func next state as return q axis block loc pass from true false kernel in out inout scratch local".split(
    " ",
  ),
  ..."prepare with stage parallel unroll for seq if else let alloc inf nan _ in_range index".split(" "),
  ...DTYPES,
]);

/** `f32`, `i32x8`. */
export const typed = ({ t, lanes }: ExprType): string => (lanes === 1 ? t : `${t}x${lanes}`);

/** Reads `f32x8`; null where it is no type. */
export function readTyped(text: string): ExprType | null {
  const match = /^(index|bool|bf16|[fiu]\d+)(?:x([1-9]\d*))?$/.exec(text);
  if (!match || !(match[1] === "index" || isDType(match[1]))) return null;
  return { t: match[1] as Scalar, lanes: Number(match[2] ?? 1) };
}

const widest = (es: readonly ExprType[]): number => Math.max(1, ...es.map((e) => e.lanes));

/** The type of an expression by its operands and the scope; null where it must be written. */
export function inferredType(e: Expr, scope: Scope): ExprType | null {
  switch (e.k) {
    case "const":
      return { t: "index", lanes: 1 };
    case "var":
      return scope.vars.get(e.name) ?? null;
    case "load": {
      const t = scope.buffers.get(e.buffer);
      return t ? { t, lanes: widest([...e.index, ...(e.pred ? [e.pred] : [])]) } : null;
    }
    case "bin":
      return { t: isComparison(e.op) ? "bool" : e.a.t, lanes: widest([e.a, e.b]) };
    case "select":
      return { t: e.a.t, lanes: widest([e.cond, e.a, e.b]) };
    case "cast":
      return { t: e.t, lanes: e.x.lanes };
    case "ramp":
      return { t: e.base.t, lanes: e.lanes };
    case "splat":
      return { t: e.x.t, lanes: e.lanes };
    case "call":
      if (e.fn === "isnan" || e.fn === "isinf") return { t: "bool", lanes: widest(e.args) };
      if (e.fn === "madd") return { t: "i32", lanes: e.args[0].lanes / 2 };
      if (e.fn === "dot4") return { t: "i32", lanes: e.args[0].lanes / 4 };
      return e.fn === "bitcast" ? null : { t: e.args[0].t, lanes: widest(e.args) };
    default:
      return unreachable(e);
  }
}
