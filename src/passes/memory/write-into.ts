import { addScaled, affineOf, exprOfAffine } from "../../ir/loop/affine.js";
import type { Expr } from "../../ir/loop/expr.js";
import * as make from "../../ir/loop/make.js";
import type { Kernel, Stmt } from "../../ir/loop/stmt.js";
import { mapExpr, mapStmt } from "../../ir/loop/visit.js";

/**
 * y[.., k]  -->  y[.., k + offset] with a last dimension of `width`: the kernel writes its result into columns of a wider buffer.
 * Null where the result's last dimension is no longer the one of `columns` (it was made one with others), or an index is no plain one.
 */
export function writeInto(kernel: Kernel, result: string, columns: number, width: number, offset: number): Kernel | null {
  const y = kernel.buffers.find((b) => b.name === result);
  if (y?.role !== "out" || y.shape.at(-1) !== columns) return null;
  let shiftable = true;
  const shifted = (index: readonly Expr[]): readonly Expr[] => {
    const last = moved(index[index.length - 1], offset);
    if (!last) shiftable = false;
    return last ? [...index.slice(0, -1), last] : index;
  };
  const inStmt = (s: Stmt): Stmt => {
    if ((s.k === "store" || s.k === "reduce") && s.buffer === result) return { ...s, index: shifted(s.index) };
    return s;
  };
  const inExpr = (e: Expr): Expr =>
    mapExpr(e, (x) => (x.k === "load" && x.buffer === result ? { ...x, index: shifted(x.index) } : x));
  const stages = kernel.stages.map((s) => ({ ...s, body: mapStmt(s.body, inExpr, inStmt) }));
  const buffers = kernel.buffers.map((b) => (b === y ? { ...b, shape: [...b.shape.slice(0, -1), width] } : b));
  return shiftable ? { ...kernel, buffers, stages } : null;
}

function moved(e: Expr, by: number): Expr | null {
  if (by === 0) return e;
  if (e.k === "ramp") {
    const base = moved(e.base, by);
    return base && { ...e, base };
  }
  return e.lanes === 1 ? exprOfAffine(addScaled(affineOf(e), affineOf(make.index(by)), 1)) : null;
}
