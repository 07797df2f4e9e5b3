/** Walks and rebuilds of expressions and statements. Rebuilding returns the same object where nothing changed. */
import { unreachable } from "../../support/assert.js";
import type { DType } from "../type/dtype.js";
import type { Expr, LoadExpr } from "./expr.js";
import * as make from "./make.js";
import type { Stmt } from "./stmt.js";

export function childrenOf(e: Expr): readonly Expr[] {
  switch (e.k) {
    case "const":
    case "var":
      return [];
    case "load":
      return e.pred ? [...e.index, e.pred] : e.index;
    case "bin":
      return [e.a, e.b];
    case "select":
      return [e.cond, e.a, e.b];
    case "cast":
    case "splat":
      return [e.x];
    case "ramp":
      return [e.base];
    case "call":
      return e.args;
    default:
      return unreachable(e);
  }
}

/** Visits `e` and every expression below it, parents first, shared ones once. */
export function walkExpr(e: Expr, f: (e: Expr) => void, seen: Set<Expr> = new Set()): void {
  if (seen.has(e)) return;
  seen.add(e);
  f(e);
  for (const c of childrenOf(e)) walkExpr(c, f, seen);
}

const same = (a: readonly Expr[], b: readonly Expr[]): boolean => a.every((x, i) => x === b[i]);

/** Rebuilds the node over new children; lanes follow the children. */
export function withChildren(e: Expr, c: readonly Expr[]): Expr {
  if (same(childrenOf(e), c)) return e;
  switch (e.k) {
    case "const":
    case "var":
      return e;
    case "load":
      return make.load(e.buffer, e.t as DType, c.slice(0, e.index.length), e.pred ? c[e.index.length] : null);
    case "bin":
      return make.bin(e.op, c[0], c[1]);
    case "select":
      return make.select(c[0], c[1], c[2]);
    case "cast":
      return make.cast(e.t, c[0], e.inRange);
    case "splat":
      return make.splat(c[0], e.lanes);
    case "ramp":
      return make.ramp(c[0], e.stride, e.lanes);
    case "call":
      if (e.fn === "madd") return make.madd(c[0], c[1]);
      if (e.fn === "dot4") return make.dot4(c[0], c[1]);
      if (e.fn === "ahead") return { ...e, lanes: c[0].lanes, args: c };
      if (e.fn === "bitcast") return make.bitcast(e.t as DType, c[0]);
      return make.call(e.fn, c, e.t);
    default:
      return unreachable(e);
  }
}

/** Rebuilds bottom-up: `f` sees every node with its children already mapped, and shared nodes once. */
export function mapExpr(e: Expr, f: (e: Expr) => Expr, done: Map<Expr, Expr> = new Map()): Expr {
  const known = done.get(e);
  if (known) return known;
  const mapped = f(
    withChildren(
      e,
      childrenOf(e).map((c) => mapExpr(c, f, done)),
    ),
  );
  done.set(e, mapped);
  return mapped;
}

/** Replaces variables, all at once. */
export const substitute = (e: Expr, by: ReadonlyMap<string, Expr>): Expr =>
  by.size === 0 ? e : mapExpr(e, (x) => (x.k === "var" ? (by.get(x.name) ?? x) : x));

export function usesVar(e: Expr, names: ReadonlySet<string>): boolean {
  let used = false;
  walkExpr(e, (x) => {
    if (x.k === "var" && names.has(x.name)) used = true;
  });
  return used;
}

/** Every load in an expression, predicates and index expressions included. */
export function loadsOf(e: Expr): LoadExpr[] {
  const out: LoadExpr[] = [];
  walkExpr(e, (x) => {
    if (x.k === "load") out.push(x);
  });
  return out;
}

/** The expressions that stand in a statement itself, not in those below it. */
export function exprsOf(s: Stmt): readonly Expr[] {
  switch (s.k) {
    case "for":
    case "seq":
    case "alloc":
      return [];
    case "store":
      return s.pred ? [...s.index, s.value, s.pred] : [...s.index, s.value];
    case "reduce":
      return [...s.index, s.value];
    case "if":
      return [s.cond];
    case "let":
      return [s.value];
    default:
      return unreachable(s);
  }
}

export function bodiesOf(s: Stmt): readonly Stmt[] {
  switch (s.k) {
    case "for":
    case "alloc":
    case "let":
      return [s.body];
    case "seq":
      return s.body;
    case "if":
      return s.else ? [s.then, s.else] : [s.then];
    case "store":
    case "reduce":
      return [];
    default:
      return unreachable(s);
  }
}

/** Visits a statement and every one below it, parents first. */
export function walkStmt(s: Stmt, f: (s: Stmt) => void): void {
  f(s);
  for (const b of bodiesOf(s)) walkStmt(b, f);
}

/** Visits every expression in a statement and below it. */
export function walkExprsIn(s: Stmt, f: (e: Expr) => void): void {
  walkStmt(s, (x) => {
    for (const e of exprsOf(x)) walkExpr(e, f);
  });
}

/** Rebuilds the statements below `s` by `f`. */
export function mapBodies(s: Stmt, f: (s: Stmt) => Stmt): Stmt {
  switch (s.k) {
    case "for":
    case "alloc":
    case "let":
      return { ...s, body: f(s.body) };
    case "seq":
      return { ...s, body: s.body.map(f) };
    case "if":
      return make.ifThen(s.cond, f(s.then), s.else && f(s.else));
    case "store":
    case "reduce":
      return s;
    default:
      return unreachable(s);
  }
}

/** Rebuilds the expressions of `s` itself by `f`. */
export function mapOwnExprs(s: Stmt, f: (e: Expr) => Expr): Stmt {
  switch (s.k) {
    case "for":
    case "seq":
    case "alloc":
      return s;
    case "store":
      return { ...s, index: s.index.map(f), value: f(s.value), pred: s.pred && f(s.pred) };
    case "reduce":
      return { ...s, index: s.index.map(f), value: f(s.value) };
    case "if":
      return { ...s, cond: f(s.cond) };
    case "let":
      return { ...s, value: f(s.value) };
    default:
      return unreachable(s);
  }
}

/** Rebuilds bottom-up: `f` sees every statement with its expressions and bodies already mapped. */
export function mapStmt(s: Stmt, onExpr: (e: Expr) => Expr, onStmt: (s: Stmt) => Stmt = (x) => x): Stmt {
  return onStmt(mapBodies(mapOwnExprs(s, onExpr), (b) => mapStmt(b, onExpr, onStmt)));
}

export const substituteIn = (s: Stmt, by: ReadonlyMap<string, Expr>): Stmt =>
  by.size ? mapStmt(s, (e) => substitute(e, by)) : s;

/** Buffers that a statement reads and writes; a Reduce does both. */
export function accessesOf(s: Stmt): { readonly reads: ReadonlySet<string>; readonly writes: ReadonlySet<string> } {
  const reads = new Set<string>();
  const writes = new Set<string>();
  walkStmt(s, (x) => {
    if (x.k === "store" || x.k === "reduce") writes.add(x.buffer);
    if (x.k === "reduce") reads.add(x.buffer);
    for (const e of exprsOf(x)) for (const l of loadsOf(e)) reads.add(l.buffer);
  });
  return { reads, writes };
}

/** A perfect nest as its loops, outermost first, and what stands inside them. */
export interface Nest {
  readonly loops: readonly LoopHead[];
  readonly body: Stmt;
}
export type LoopHead = Omit<Extract<Stmt, { k: "for" }>, "body">;

export function nestOf(s: Stmt): Nest {
  const loops: LoopHead[] = [];
  let body = s;
  while (body.k === "for") {
    const { body: inner, ...head } = body;
    loops.push(head);
    body = inner;
  }
  return { loops, body };
}
export const ofNest = ({ loops, body }: Nest): Stmt => loops.reduceRight<Stmt>((inner, l) => ({ ...l, body: inner }), body);
