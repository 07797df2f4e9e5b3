/**
 * Invariants of a kernel:
 *  1. buffer names are unique; a `local` buffer is only made by Alloc, the others only by the kernel
 *  2. every access names a buffer in scope, has one index per dimension, of type `index`
 *  3. loop and let names are unique on the way to the root, loop extents are positive, every variable is bound with its type and lanes
 *  4. operands of an expression agree in type; a stored value has its buffer's element type; predicates are bool
 *  5. lanes of an index, a value and a predicate are one number or 1
 *  6. nothing writes an `in` or `const` buffer
 *  7. an access at a sum of loop variables (its bounds are attained) that has no predicate lies inside its buffer
 *  8. `parallel` marks only the outermost loop of a stage
 */
import { fail } from "../../support/diag.js";
import { affineOf, type Ranges, rangeOf } from "./affine.js";
import { type Expr, isComparison } from "./expr.js";
import { withLoop } from "./simplify.js";
import type { Buffer, Kernel, Stmt } from "./stmt.js";
import { bodiesOf, childrenOf, exprsOf } from "./visit.js";

interface Scope {
  readonly buffers: ReadonlyMap<string, Buffer>;
  readonly vars: ReadonlyMap<string, { readonly t: string; readonly lanes: number }>;
  readonly ranges: Ranges;
  readonly guarded: boolean;
}

/** The interval of an index is attained: a sum of loop variables, each once. */
function isExact(i: Expr): boolean {
  const base = i.k === "ramp" ? i.base : i;
  return base.lanes === 1 && [...affineOf(base).terms.values()].every((t) => t.atom.k === "var");
}

/** Functions whose operands are of one type. */
const SAME_OPERANDS: ReadonlySet<string> = new Set(["pow", "fma", "mulerr", "mulhi31"]);

/** QC-LOOP-001 with the invariant that does not hold; nothing where all do. */
export function verifyKernel(k: Kernel): void {
  const bad = (message: string): never => fail("QC-LOOP-001", `kernel '${k.name}': ${message}`);
  const need = (holds: boolean, message: () => string) => {
    if (!holds) bad(message());
  };
  need(new Set(k.buffers.map((b) => b.name)).size === k.buffers.length, () => "two buffers of one name");
  for (const b of k.buffers) need(b.role !== "local", () => `buffer '${b.name}' is local but stands outside of a stage`);

  const checkIndex = (name: string, at: readonly Expr[], lanes: number, guarded: boolean, s: Scope) => {
    const b = s.buffers.get(name) ?? bad(`access to unknown buffer '${name}'`);
    need(at.length === b.shape.length, () => `${at.length} indices into '${name}' of rank ${b.shape.length}`);
    at.forEach((i, d) => {
      need(i.t === "index", () => `index ${d} of '${name}' is ${i.t}`);
      need(i.lanes === 1 || i.lanes === lanes, () => `index ${d} of '${name}' has ${i.lanes} lanes, the access ${lanes}`);
      const [lo, hi] = rangeOf(i, s.ranges);
      if (guarded || !isExact(i) || !Number.isFinite(lo) || !Number.isFinite(hi)) return;
      need(lo >= 0 && hi < b.shape[d], () => `index ${d} of '${name}' runs over [${lo}, ${hi}], the dimension is ${b.shape[d]}`);
    });
  };
  const checkExpr = (e: Expr, s: Scope): void => {
    const guarded = s.guarded || e.k === "select";
    for (const c of childrenOf(e)) checkExpr(c, { ...s, guarded });
    switch (e.k) {
      case "var": {
        const v = s.vars.get(e.name) ?? bad(`unknown variable '${e.name}'`);
        need(
          v.t === e.t && v.lanes === e.lanes,
          () => `variable '${e.name}' is ${v.t} x ${v.lanes}, used as ${e.t} x ${e.lanes}`,
        );
        return;
      }
      case "load":
        need(s.buffers.get(e.buffer)?.dtype === e.t, () => `load of ${e.t} from '${e.buffer}'`);
        need(!e.pred || e.pred.t === "bool", () => `predicate of a load from '${e.buffer}' is no bool`);
        checkIndex(e.buffer, e.index, e.lanes, s.guarded || e.pred !== null, s);
        return;
      case "bin":
        need(e.a.t === e.b.t && e.a.lanes === e.b.lanes, () => `${e.op} of ${e.a.t} x ${e.a.lanes} and ${e.b.t} x ${e.b.lanes}`);
        need(e.t === (isComparison(e.op) ? "bool" : e.a.t), () => `${e.op} gives ${e.t}`);
        return;
      case "select":
        need(e.cond.t === "bool" && e.a.t === e.b.t && e.t === e.a.t, () => "select of unequal types");
        return;
      case "call":
        if (SAME_OPERANDS.has(e.fn))
          need(
            e.args.every((a) => a.t === e.args[0].t && a.lanes === e.args[0].lanes),
            () => `${e.fn} of ${e.args.map((a) => `${a.t} x ${a.lanes}`).join(" and ")}`,
          );
        return;
      default:
        return;
    }
  };
  const check = (s: Stmt, scope: Scope, outermost: boolean): void => {
    for (const e of exprsOf(s)) checkExpr(e, scope);
    const fresh = (name: string) => need(!scope.vars.has(name), () => `name '${name}' is bound twice`);
    switch (s.k) {
      case "for":
        fresh(s.name);
        need(s.extent > 0, () => `loop '${s.name}' has extent ${s.extent}`);
        need(s.kind !== "parallel" || outermost, () => `loop '${s.name}' is parallel but not outermost`);
        check(
          s.body,
          {
            ...scope,
            vars: new Map(scope.vars).set(s.name, { t: "index", lanes: 1 }),
            ranges: withLoop(scope.ranges, s.name, s.extent),
          },
          false,
        );
        return;
      case "let": {
        fresh(s.name);
        const vars = new Map(scope.vars).set(s.name, { t: s.value.t, lanes: s.value.lanes });
        const ranges = s.value.t === "index" ? new Map(scope.ranges).set(s.name, rangeOf(s.value, scope.ranges)) : scope.ranges;
        check(s.body, { ...scope, vars, ranges }, false);
        return;
      }
      case "alloc":
        need(s.buffer.role === "local", () => `Alloc of '${s.buffer.name}', which is ${s.buffer.role}`);
        need(!scope.buffers.has(s.buffer.name), () => `buffer '${s.buffer.name}' is made twice`);
        check(s.body, { ...scope, buffers: new Map(scope.buffers).set(s.buffer.name, s.buffer) }, false);
        return;
      case "if":
        need(s.cond.t === "bool", () => "condition of an if is no bool");
        for (const b of bodiesOf(s)) check(b, { ...scope, guarded: true }, false);
        return;
      case "seq":
        for (const b of s.body) check(b, scope, false);
        return;
      case "store":
      case "reduce": {
        const b = scope.buffers.get(s.buffer) ?? bad(`write to unknown buffer '${s.buffer}'`);
        need(b.role !== "in" && b.role !== "const", () => `write to ${b.role} buffer '${b.name}'`);
        need(b.dtype === s.value.t, () => `${s.value.t} written to '${b.name}' of ${b.dtype}`);
        const lanes = Math.max(s.value.lanes, ...s.index.map((i) => i.lanes));
        checkIndex(s.buffer, s.index, lanes, scope.guarded || (s.k === "store" && s.pred !== null), scope);
        return;
      }
    }
  };
  const buffers = new Map(k.buffers.map((b) => [b.name, b]));
  for (const stage of k.stages) check(stage.body, { buffers, vars: new Map(), ranges: new Map(), guarded: false }, true);
  for (const p of k.prepare) {
    need(buffers.get(p.buffer)?.role === "const", () => `prepare step for '${p.buffer}', which is no const buffer`);
    verifyKernel(p.kernel);
  }
}
