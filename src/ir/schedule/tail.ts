/** Splitting an iteration variable: its value in terms of a block and a position in it, and predicates where it may run over. */
import { type Ranges, rangeOf } from "../loop/affine.js";
import type { Expr, LoadExpr } from "../loop/expr.js";
import * as make from "../loop/make.js";
import { simplifyExpr } from "../loop/simplify.js";
import type { Buffer, Stmt } from "../loop/stmt.js";
import { mapExpr, substitute, usesVar, walkExpr } from "../loop/visit.js";
import type { Tail } from "./step.js";

export const blocksOf = (extent: number, factor: number): number => Math.ceil(extent / factor);

/** First iteration of block `outer`. */
export function blockBase(outer: Expr, extent: number, factor: number, tail: Tail): Expr {
  const base = make.mul(outer, make.index(factor));
  return tail === "overlap" && extent % factor !== 0 ? make.min(base, make.index(extent - factor)) : base;
}

export interface Split {
  readonly name: string;
  readonly extent: number;
  /** The value of the variable. */
  readonly value: Expr;
  /** The value may reach the extent or pass it. */
  readonly runsOver: boolean;
}

const inRange = (at: readonly Expr[], shape: readonly number[], env: Ranges): boolean =>
  at.every((i, d) => {
    const [lo, hi] = rangeOf(i, env);
    return lo >= 0 && hi < shape[d];
  });

/**
 * Substitutes split variables in a statement that holds no loops over them. Accesses that a variable which runs over may take out of
 * their buffer get the predicate `variable < extent`; `exempt` names buffers that hold the whole blocks.
 * Null where a reduction would run over: it has no predicate.
 */
export function splitVars(
  s: Stmt,
  splits: readonly Split[],
  env: Ranges,
  bufferOf: (name: string) => Buffer | undefined,
  exempt: ReadonlySet<string> = new Set(),
): Stmt | null {
  const by = new Map(splits.map((v) => [v.name, v.value]));
  const over = splits.filter((v) => v.runsOver);
  const guard = over
    .map((v) => make.bin("lt", v.value, make.index(v.extent)))
    .reduce<Expr | null>((a, b) => (a ? make.and(a, b) : b), null);
  const whole = (name: string, at: readonly Expr[], e: Ranges) => {
    const b = bufferOf(name);
    return exempt.has(name) || (b !== undefined && inRange(at, b.shape, e));
  };
  const moved = new Set<string>();
  for (const v of over) walkExpr(v.value, (x) => void (x.k === "var" && moved.add(x.name)));
  // what other iterations of the loop load too exists beyond its end
  const depends = (x: LoadExpr) => [...x.index, ...(x.pred ? [x.pred] : [])].some((e) => usesVar(e, moved));
  const withGuard = (pred: Expr | null): Expr | null => (guard && pred ? make.and(guard, pred) : (guard ?? pred));
  const expr = (e: Expr, scope: Ranges): Expr =>
    mapExpr(simplifyExpr(substitute(e, by), scope), (x) =>
      x.k === "load" && guard && depends(x) && !whole(x.buffer, x.index, scope)
        ? make.load(x.buffer, x.t as never, x.index, withGuard(x.pred))
        : x,
    );
  let refused = false;
  const visit = (x: Stmt, scope: Ranges): Stmt => {
    switch (x.k) {
      case "for":
        return { ...x, body: visit(x.body, new Map(scope).set(x.name, [0, x.extent - 1])) };
      case "seq":
        return make.seq(...x.body.map((b) => visit(b, scope)));
      case "alloc":
        return { ...x, body: visit(x.body, scope) };
      case "let": {
        const value = expr(x.value, scope);
        if (usesVar(value, moved)) moved.add(x.name);
        const inner = value.t === "index" ? new Map(scope).set(x.name, rangeOf(value, scope)) : scope;
        return { ...x, value, body: visit(x.body, inner) };
      }
      case "if":
        return make.ifThen(expr(x.cond, scope), visit(x.then, scope), x.else && visit(x.else, scope));
      case "store": {
        const index = x.index.map((i) => expr(i, scope));
        const pred = x.pred && expr(x.pred, scope);
        const keep = !guard || exempt.has(x.buffer);
        return { ...x, index, value: expr(x.value, scope), pred: keep ? pred : withGuard(pred) };
      }
      case "reduce":
        if (guard && !exempt.has(x.buffer)) refused = true;
        return { ...x, index: x.index.map((i) => expr(i, scope)), value: expr(x.value, scope) };
    }
  };
  const out = visit(s, env);
  return refused ? null : out;
}
