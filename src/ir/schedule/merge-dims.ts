import type { Expr } from "../loop/expr.js";
import * as make from "../loop/make.js";
import type { Kernel } from "../loop/stmt.js";
import { mapExpr, mapStmt } from "../loop/visit.js";

/** The trailing indices from dimension `from` as one: ((a n1 + b) n2 + c) .. */
export function mergedIndex(at: readonly Expr[], shape: readonly number[], from: number): readonly Expr[] {
  const flat = at.slice(from).reduce((sum, i, d) => (d === 0 ? i : make.add(make.mul(sum, make.index(shape[from + d])), i)));
  return [...at.slice(0, from), flat];
}

/** x[.., n, m] --> x[.., n m] in a whole kernel: row-major, so the bytes stay, whatever the indices are. Scalar indices only. */
export function mergeTail(kernel: Kernel, buffer: string, from: number): Kernel {
  const target = kernel.buffers.find((b) => b.name === buffer);
  if (!target || from >= target.shape.length - 1) return kernel;
  const { shape } = target;
  const index = (at: readonly Expr[]) => mergedIndex(at, shape, from);
  const merged = shape.slice(from).reduce((a, b) => a * b, 1);
  return {
    ...kernel,
    buffers: kernel.buffers.map((b) => (b === target ? { ...b, shape: [...shape.slice(0, from), merged] } : b)),
    stages: kernel.stages.map((s) => ({
      ...s,
      body: mapStmt(
        s.body,
        (e) =>
          mapExpr(e, (x) =>
            x.k === "load" && x.buffer === buffer ? make.load(x.buffer, x.t as never, index(x.index), x.pred) : x,
          ),
        (x) => ((x.k === "store" || x.k === "reduce") && x.buffer === buffer ? { ...x, index: index(x.index) } : x),
      ),
    })),
  };
}
