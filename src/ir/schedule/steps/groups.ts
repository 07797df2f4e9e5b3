/** What pairs and quads share: products of neighbours along a loop, made of one repeated group and groups side by side. */
import { addScaled, affineOf, exprKey } from "../../loop/affine.js";
import type { BinExpr, Expr, LoadExpr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import type { Buffer, Kernel, Stmt } from "../../loop/stmt.js";
import { exprsOf, loadsOf, mapStmt, substitute, walkStmt } from "../../loop/visit.js";
import type { DType } from "../../type/dtype.js";
import { editStage, illegal, loopNamed, replaceStmt, type StepOf } from "../step.js";

const zero = (v: string) => new Map([[v, make.index(0)]]);

/** x[.., c]: the group x[.., 0 .. size - 1] as one 32-bit value, repeated over the lanes. */
export function broadcastGroup(l: LoadExpr, v: string, lanes: number, size: number): Expr | null {
  const last = l.index[l.index.length - 1];
  if (l.lanes !== 1 || affineOf(last).terms.get(v)?.coef !== 1) return null;
  if (l.index.slice(0, -1).some((i) => affineOf(i).terms.has(v))) return null;
  const at = l.index.map((i) => substitute(i, zero(v)));
  const group = make.load(l.buffer, l.t as DType, [...at.slice(0, -1), make.ramp(at[at.length - 1], 1, size)]);
  return make.splat(make.bitcast("i32", group), lanes);
}

/** w[.., k, c] with k a ramp over the second-last dimension and c alone in the last, of `size`: that many times L values in a row. */
export function contiguousGroup(l: LoadExpr, v: string, lanes: number, size: number, shape: readonly number[]): Expr | null {
  const n = l.index.length;
  const [k, c] = [l.index[n - 2], l.index[n - 1]];
  if (shape[n - 1] !== size || !k || k.k !== "ramp" || k.stride !== 1 || k.lanes !== lanes) return null;
  const only = c.lanes === 1 ? affineOf(c) : null;
  const first = substitute(k.base, zero(v));
  const alone = only && exprKey(substitute(c, zero(v))) === exprKey(make.index(0)) && only.terms.get(v)?.coef === 1;
  if (!alone || addScaled(affineOf(k.base), affineOf(first), -1).terms.size > 0) return null;
  const at = make.ramp(make.mul(k.base, make.index(size)), 1, size * lanes);
  return make.load(l.buffer, l.t as DType, [...l.index.slice(0, -2), at]);
}

/** x[.., size k + c] with k over the lanes: the same groups where they are one dimension. */
export function stridedGroup(l: LoadExpr, v: string, lanes: number, size: number): Expr | null {
  const last = l.index[l.index.length - 1];
  if (last?.k !== "ramp" || last.stride !== size || last.lanes !== lanes) return null;
  if (affineOf(last.base).terms.get(v)?.coef !== 1 || l.index.slice(0, -1).some((i) => affineOf(i).terms.has(v))) return null;
  const at = make.ramp(substitute(last.base, zero(v)), 1, size * lanes);
  return make.load(l.buffer, l.t as DType, [...l.index.slice(0, -1), at]);
}

/** How many loads of a buffer stand in a kernel. */
function loadCount(kernel: Kernel, name: string): number {
  let n = 0;
  for (const s of kernel.stages)
    walkStmt(s.body, (x) => {
      for (const e of exprsOf(x)) n += loadsOf(e).filter((l) => l.buffer === name).length;
    });
  return n;
}

/** The sum of a group's products, and the buffer of the operand that lies in groups. */
interface GroupSum {
  /** The operand whose last two dimensions [KT, size] become one; null where they are one already. */
  readonly weights: string | null;
  readonly sum: Expr;
}

/**
 * for v in [0, size): acc[k..] += a b  -->  acc[k..] += sum   in a loop (or an unrolled nest below it) that holds nothing else. The weights'
 * last two dimensions [KT, size] become one.
 */
export function groupProducts(
  kernel: Kernel,
  step: StepOf<"pairs"> | StepOf<"quads">,
  size: number,
  sumOf: (product: BinExpr, v: string, shapeOf: (buffer: string) => readonly number[]) => GroupSum | null,
): Kernel {
  const shapeOf = (name: string) => kernel.buffers.find((q) => q.name === name)?.shape ?? [];
  let weights = "";
  const next = editStage(kernel, step.stage, step, (body) => {
    const target = loopNamed(body, step.loop, step);
    if (target.extent !== size) illegal(step, `the loop has ${target.extent} iterations`);
    const rewrite = (s: Stmt): Stmt => {
      if (s.k === "for") return { ...s, body: rewrite(s.body) };
      if (s.k === "seq") return make.seq(...s.body.map(rewrite));
      if (s.k !== "reduce" || s.op !== "add" || s.value.k !== "bin" || s.value.op !== "mul" || s.value.t !== "i32") {
        return illegal(step, "the loop holds something else than an i32 multiply-add");
      }
      if (s.value.lanes === 1) return illegal(step, "the products are no vectors");
      const sum = sumOf(s.value, target.name, shapeOf) ?? illegal(step, "the products do not lie side by side");
      if (weights && weights !== sum.weights) illegal(step, "two different weight buffers");
      weights = sum.weights ?? "";
      return make.reduce("add", s.buffer, s.index, sum.sum);
    };
    return replaceStmt(body, target, rewrite(target.body));
  });
  if (!weights) return next;
  if (loadCount(next, weights) !== loadCount(kernel, weights)) illegal(step, `'${weights}' is read elsewhere too`);
  // row-major [.., KT, size] and [.., size KT] are the same bytes
  const merged = (b: Buffer): Buffer => ({ ...b, shape: [...b.shape.slice(0, -2), b.shape[b.shape.length - 2] * size] });
  const flat = (at: readonly Expr[]) => [
    ...at.slice(0, -2),
    make.add(make.mul(at[at.length - 2], make.index(size)), at[at.length - 1]),
  ];
  const stages = next.stages.map((s) => ({
    ...s,
    body: mapStmt(
      s.body,
      (e) => e,
      (x) => (x.k === "store" && x.buffer === weights ? { ...x, index: flat(x.index) } : x),
    ),
  }));
  return { ...next, stages, buffers: next.buffers.map((b) => (b.name === weights ? merged(b) : b)) };
}
