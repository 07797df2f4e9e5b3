/**
 * Simplification of index arithmetic and predicates by the bounds of loop variables.
 *   (c q + r) div c = q, (c q + r) mod c = r          for 0 <= r < c
 *   (d q + r) div (d m) = q div m                     for 0 <= r < d
 *   min(a, b) = a where a <= b is known, max likewise
 *   comparisons that are known become constants; `and`, `or`, `select`, predicates and loops of one or no iteration fold
 */
import {
  type Affine,
  addScaled,
  affineOf,
  exprKey,
  exprOfAffine,
  type Range,
  type Ranges,
  rangeOf,
  rangeOfAffine,
} from "./affine.js";
import { type Expr, isComparison } from "./expr.js";
import * as make from "./make.js";
import type { Kernel, Stage, Stmt } from "./stmt.js";
import { mapExpr, mapOwnExprs, substituteIn } from "./visit.js";

const bool = (v: boolean): Expr => make.constant("bool", v ? 1 : 0);
const isTrue = (e: Expr): boolean => e.t === "bool" && make.isConstValue(e, 1);
const isFalse = (e: Expr): boolean => e.t === "bool" && make.isConstValue(e, 0);

/** x = c * quotient + rest, every coefficient of `quotient` whole. */
function splitBy(x: Affine, c: number): { quotient: Affine; rest: Affine } {
  const quotient = new Map<string, { atom: Expr; coef: number }>();
  const rest = new Map<string, { atom: Expr; coef: number }>();
  for (const [key, t] of x.terms) {
    if (t.coef % c === 0) quotient.set(key, { atom: t.atom, coef: t.coef / c });
    else rest.set(key, t);
  }
  const whole = Math.floor(x.constant / c);
  return { quotient: { constant: whole, terms: quotient }, rest: { constant: x.constant - c * whole, terms: rest } };
}

const within = ([lo, hi]: Range, below: number): boolean => lo >= 0 && hi < below;

function simplifyDivMod(op: "div" | "mod", a: Expr, c: number, env: Ranges): Expr | null {
  const form = affineOf(a);
  if (op === "div" && a.k === "bin" && a.op === "div" && a.b.k === "const") {
    return simplifyBin("div", a.a, make.index(Number(a.b.value) * c), env);
  }
  const { quotient, rest } = splitBy(form, c);
  const bounds = rangeOfAffine(rest, env);
  if (within(bounds, c)) return exprOfAffine(op === "div" ? quotient : rest);
  const coefs = [...form.terms.values()].map((t) => t.coef);
  for (const d of new Set(coefs.filter((k) => k > 1 && k < c && c % k === 0).sort((x, y) => y - x))) {
    const inner = splitBy(form, d);
    if (!within(rangeOfAffine(inner.rest, env), d)) continue;
    const q = simplifyBin(op, exprOfAffine(inner.quotient), make.index(c / d), env);
    return op === "div" ? q : exprOfAffine(addScaled(inner.rest, affineOf(q), d));
  }
  if ((quotient.terms.size > 0 || quotient.constant !== 0) && bounds[0] >= 0 && rangeOfAffine(quotient, env)[0] >= 0) {
    const part = make.bin(op, exprOfAffine(rest), make.index(c));
    return op === "mod" ? part : exprOfAffine(addScaled(quotient, affineOf(part), 1));
  }
  return null;
}

const differenceOf = (a: Range, b: Range): Range => [a[0] - b[1], a[1] - b[0]];

/** A comparison that is the same for all lanes and values of the variables; null where it may differ. */
function compare(op: string, a: Expr, b: Expr, env: Ranges): boolean | null {
  const [lo, hi] =
    a.lanes === 1 ? rangeOfAffine(addScaled(affineOf(a), affineOf(b), -1), env) : differenceOf(rangeOf(a, env), rangeOf(b, env));
  const decide = (yes: boolean, no: boolean) => (yes ? true : no ? false : null);
  switch (op) {
    case "lt":
      return decide(hi < 0, lo >= 0);
    case "le":
      return decide(hi <= 0, lo > 0);
    case "gt":
      return decide(lo > 0, hi <= 0);
    case "ge":
      return decide(lo >= 0, hi < 0);
    case "eq":
      return decide(lo === 0 && hi === 0, lo > 0 || hi < 0);
    case "ne":
      return decide(lo > 0 || hi < 0, lo === 0 && hi === 0);
    default:
      return null;
  }
}

function simplifyBin(op: Extract<Expr, { k: "bin" }>["op"], a: Expr, b: Expr, env: Ranges): Expr {
  if (a.t === "bool") {
    if (op === "and") return isTrue(a) ? b : isTrue(b) ? a : isFalse(a) ? a : isFalse(b) ? b : make.bin(op, a, b);
    if (op === "or") return isFalse(a) ? b : isFalse(b) ? a : isTrue(a) ? a : isTrue(b) ? b : make.bin(op, a, b);
  }
  if (a.t !== "index") return make.bin(op, a, b);
  if (a.lanes > 1) {
    const known = isComparison(op) ? compare(op, a, b, env) : null;
    return known === null ? make.bin(op, a, b) : make.splat(bool(known), a.lanes);
  }
  if (op === "add" || op === "sub" || op === "mul") return exprOfAffine(affineOf(make.bin(op, a, b)));
  if ((op === "div" || op === "mod") && b.k === "const" && Number(b.value) > 0) {
    return simplifyDivMod(op, a, Number(b.value), env) ?? make.bin(op, a, b);
  }
  if (op === "min" || op === "max") {
    const less = compare("le", a, b, env);
    if (less !== null) return (op === "min") === less ? a : b;
    if (compare("ge", a, b, env)) return op === "min" ? b : a;
  }
  const known = compare(op, a, b, env);
  return known === null ? make.bin(op, a, b) : bool(known);
}

/** An equal expression, simpler under the bounds. */
export function simplifyExpr(e: Expr, env: Ranges): Expr {
  return mapExpr(e, (x) => simplifyNode(x, env));
}

function simplifyNode(x: Expr, env: Ranges): Expr {
  switch (x.k) {
    case "bin":
      return simplifyBin(x.op, x.a, x.b, env);
    case "select":
      if (isTrue(x.cond)) return x.a;
      if (isFalse(x.cond)) return x.b;
      return x;
    case "load":
      if (x.pred && isTrue(x.pred)) return { ...x, pred: null };
      if (x.pred && isFalse(x.pred)) return make.splat(make.constant(x.t, 0), x.lanes);
      return x;
    default:
      return x;
  }
}

/** Bounds of the loop variables with another loop in scope. */
export const withLoop = (env: Ranges, name: string, extent: number): Ranges =>
  new Map(env).set(name, [0, Math.max(0, extent - 1)]);

export function simplifyStmt(s: Stmt, env: Ranges = new Map()): Stmt {
  const own = s.k === "for" ? s : mapOwnExprs(s, (e) => simplifyExpr(e, env));
  switch (own.k) {
    case "for":
      if (own.extent === 0) return make.seq();
      if (own.extent === 1) return simplifyStmt(substituteIn(own.body, new Map([[own.name, make.index(0)]])), env);
      return { ...own, body: simplifyStmt(own.body, withLoop(env, own.name, own.extent)) };
    case "seq":
      return make.seq(...own.body.map((b) => simplifyStmt(b, env)).flatMap((b) => (b.k === "seq" ? b.body : [b])));
    case "alloc":
      return { ...own, body: simplifyStmt(own.body, env) };
    case "let": {
      if (own.value.k === "const") return simplifyStmt(substituteIn(own.body, new Map([[own.name, own.value]])), env);
      const inner = own.value.t === "index" ? new Map(env).set(own.name, rangeOf(own.value, env)) : env;
      return { ...own, body: simplifyStmt(own.body, inner) };
    }
    case "if":
      if (isTrue(own.cond)) return simplifyStmt(own.then, env);
      if (isFalse(own.cond)) return own.else ? simplifyStmt(own.else, env) : make.seq();
      return make.ifThen(own.cond, simplifyStmt(own.then, env), own.else && simplifyStmt(own.else, env));
    case "store":
      if (own.pred && isTrue(own.pred)) return { ...own, pred: null };
      if (own.pred && isFalse(own.pred)) return make.seq();
      return own;
    case "reduce":
      return own;
  }
}

export const simplifyStage = (s: Stage): Stage => ({ ...s, body: simplifyStmt(s.body) });

/** Every stage simplified; those that do nothing are gone. */
export const simplifyKernel = (k: Kernel): Kernel => ({
  ...k,
  stages: k.stages.map(simplifyStage).filter((s) => !(s.body.k === "seq" && s.body.body.length === 0)),
});

/** Equal under the bounds. */
export const sameExpr = (a: Expr, b: Expr, env: Ranges): boolean =>
  exprKey(simplifyExpr(a, env)) === exprKey(simplifyExpr(b, env));
