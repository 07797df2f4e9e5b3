import { dtypeInfo } from "../type/dtype.js";
import { numElements } from "../type/tensor-type.js";
import type { Expr } from "./expr.js";
import type { Kernel, Stmt } from "./stmt.js";
import { exprsOf, walkExpr } from "./visit.js";

/** Operations a lane of functions that stand for more or less than one. */
const CALL_FLOPS: Readonly<Record<string, number>> = { fma: 2, madd: 3, dot4: 7, bitcast: 0, ahead: 0 };

/** Arithmetic operations on values of one evaluation: index arithmetic, casts and selects are free, a multiply-add counts two. */
function exprFlops(e: Expr): number {
  let n = 0;
  walkExpr(e, (x) => {
    if (x.t === "index" || (x.k === "bin" && x.a.t === "index")) return;
    if (x.k === "bin") n += x.lanes;
    if (x.k === "call") n += (CALL_FLOPS[x.fn] ?? 1) * x.lanes;
  });
  return n;
}

/** Arithmetic operations of a statement, loops counted. */
export function flopsOf(s: Stmt): number {
  const own = exprsOf(s).reduce((n, e) => n + exprFlops(e), 0);
  switch (s.k) {
    case "for":
      return s.extent * flopsOf(s.body);
    case "seq":
      return s.body.reduce((n, b) => n + flopsOf(b), 0);
    case "alloc":
    case "let":
      return own + flopsOf(s.body);
    case "if":
      return own + Math.max(flopsOf(s.then), s.else ? flopsOf(s.else) : 0);
    case "reduce":
      return own + Math.max(1, ...s.index.map((i) => i.lanes), s.value.lanes);
    case "store":
      return own;
  }
}

/** Operations of a kernel, and the bytes of its operands, each counted once. */
export function costOf(k: Kernel): { readonly flops: number; readonly bytes: number } {
  const flops = k.stages.reduce((n, s) => n + flopsOf(s.body), 0);
  const bytes = k.buffers.reduce((n, b) => (b.role === "scratch" ? n : n + numElements(b.shape) * dtypeInfo(b.dtype).bytes), 0);
  return { flops, bytes };
}
