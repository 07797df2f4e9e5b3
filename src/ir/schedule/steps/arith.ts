/** Steps that choose other arithmetic for the innermost statement of a reduction: contract, pairs. */
import { addScaled, affineOf, exprKey } from "../../loop/affine.js";
import type { Expr, LoadExpr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import type { Buffer, Kernel, Stmt } from "../../loop/stmt.js";
import { exprsOf, loadsOf, mapStmt, substitute, walkStmt } from "../../loop/visit.js";
import { editStage, illegal, loopNamed, replaceStmt, type StepDef } from "../step.js";

export const contract: StepDef<"contract"> = {
  name: "contract",
  doc: "acc[i] += a b  -->  acc[i] = fma(a, b, acc[i])   on floats: rounded once or twice, as the target is faster. Always legal.",
  apply(kernel, step) {
    let changed = false;
    const next = editStage(kernel, step.stage, step, (body) =>
      mapStmt(
        body,
        (e) => e,
        (s) => {
          if (
            s.k !== "reduce" ||
            s.op !== "add" ||
            s.value.k !== "bin" ||
            s.value.op !== "mul" ||
            !(s.value.t === "f32" || s.value.t === "f64")
          )
            return s;
          const lanes = Math.max(1, ...s.index.map((i) => i.lanes));
          if (lanes !== s.value.lanes) return s;
          changed = true;
          return make.store(s.buffer, s.index, make.fma(s.value.a, s.value.b, make.load(s.buffer, s.value.t, s.index)));
        },
      ),
    );
    return changed ? next : illegal(step, "there is no float multiply-add");
  },
};

interface PairOperand {
  /** The load at the first of the two iterations, as i16 lanes. */
  readonly pair: Expr;
}

/** cast(i32, load of i16) below splats. */
function narrowLoad(e: Expr): LoadExpr | null {
  if (e.k === "splat") return narrowLoad(e.x);
  if (e.k === "cast" && e.t === "i32" && e.x.k === "load" && e.x.t === "i16" && !e.x.pred) return e.x;
  if (e.k === "cast" && e.t === "i32" && e.x.k === "splat") return narrowLoad({ ...e, x: e.x.x });
  return null;
}

const zero = (v: string) => new Map([[v, make.index(0)]]);

/** x[.., c]: the pair x[.., 0], x[.., 1] as one 32-bit value, repeated over the lanes. */
function broadcastPair(l: LoadExpr, v: string, lanes: number): PairOperand | null {
  const last = l.index[l.index.length - 1];
  if (l.lanes !== 1 || affineOf(last).terms.get(v)?.coef !== 1) return null;
  if (l.index.slice(0, -1).some((i) => affineOf(i).terms.has(v))) return null;
  const at = l.index.map((i) => substitute(i, zero(v)));
  const base = at[at.length - 1];
  const two = make.load(l.buffer, "i16", [...at.slice(0, -1), make.ramp(base, 1, 2)]);
  return { pair: make.bitcast("i16", make.splat(make.bitcast("i32", two), lanes)) };
}

/** w[.., k, c] with k a ramp over the second-last dimension and c alone in the last, of two: 2 L values in a row. */
function contiguousPair(l: LoadExpr, v: string, lanes: number, shape: readonly number[]): PairOperand | null {
  const n = l.index.length;
  const [k, c] = [l.index[n - 2], l.index[n - 1]];
  if (shape[n - 1] !== 2 || !k || k.k !== "ramp" || k.stride !== 1 || k.lanes !== lanes) return null;
  const only = c.lanes === 1 ? affineOf(c) : null;
  const first = substitute(k.base, zero(v));
  const alone = only && exprKey(substitute(c, zero(v))) === exprKey(make.index(0)) && only.terms.get(v)?.coef === 1;
  if (!alone || addScaled(affineOf(k.base), affineOf(first), -1).terms.size > 0) return null;
  const at = make.ramp(make.mul(k.base, make.index(2)), 1, 2 * lanes);
  return { pair: make.load(l.buffer, "i16", [...l.index.slice(0, -2), at]) };
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

export const pairs: StepDef<"pairs"> = {
  name: "pairs",
  doc:
    "for c in [0, 2): acc[k..] += i32(x[.., c]) i32(w[.., k.., c])  -->  acc[k..] += madd(x[.., 0..1] repeated, w[.., k.., 0..1])   on i16 operands: " +
    "vpmaddwd. Legal for a loop of two iterations over one such vector reduction (or an unrolled nest of them), w's last dimension being c.",
  apply(kernel, step) {
    let weights = "";
    const next = editStage(kernel, step.stage, step, (body) => {
      const target = loopNamed(body, step.loop, step);
      if (target.extent !== 2) illegal(step, `the loop has ${target.extent} iterations`);
      const rewrite = (s: Stmt): Stmt => {
        if (s.k === "for") return { ...s, body: rewrite(s.body) };
        if (s.k === "seq") return make.seq(...s.body.map(rewrite));
        if (s.k !== "reduce" || s.op !== "add" || s.value.k !== "bin" || s.value.op !== "mul" || s.value.t !== "i32") {
          return illegal(step, "the loop holds something else than an i32 multiply-add");
        }
        const lanes = s.value.lanes;
        const [a, b] = [narrowLoad(s.value.a), narrowLoad(s.value.b)];
        if (!a || !b || lanes === 1) return illegal(step, "the operands are no i16 vectors");
        const [x, w] = a.lanes === 1 ? [a, b] : [b, a];
        const shape = kernel.buffers.find((q) => q.name === w.buffer)?.shape ?? [];
        if (weights && weights !== w.buffer) illegal(step, "two different weight buffers");
        weights = w.buffer;
        const pair = [broadcastPair(x, target.name, lanes), contiguousPair(w, target.name, lanes, shape)];
        if (!pair[0] || !pair[1]) return illegal(step, "the two products do not lie side by side");
        return make.reduce("add", s.buffer, s.index, make.madd(pair[0].pair, pair[1].pair));
      };
      return replaceStmt(body, target, rewrite(target.body));
    });
    if (loadCount(next, weights) !== loadCount(kernel, weights)) illegal(step, `'${weights}' is read elsewhere too`);
    // row-major [.., KT, 2] and [.., 2 KT] are the same bytes
    const merged = (b: Buffer): Buffer => ({ ...b, shape: [...b.shape.slice(0, -2), b.shape[b.shape.length - 2] * 2] });
    const flat = (at: readonly Expr[]) => [
      ...at.slice(0, -2),
      make.add(make.mul(at[at.length - 2], make.index(2)), at[at.length - 1]),
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
  },
};
