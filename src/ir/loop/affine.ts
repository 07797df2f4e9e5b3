/** Index arithmetic as sums: constant + coefficient * atom. Atoms are loop variables or what is not linear, known by its text. */
import { unreachable } from "../../support/assert.js";
import type { Expr } from "./expr.js";
import * as make from "./make.js";
import { childrenOf } from "./visit.js";

/** Inclusive bounds. */
export type Range = readonly [lo: number, hi: number];
/** Bounds of the variables in scope. */
export type Ranges = ReadonlyMap<string, Range>;

export interface Affine {
  readonly constant: number;
  /** By the text of the atom; no zero coefficients. */
  readonly terms: ReadonlyMap<string, { readonly atom: Expr; readonly coef: number }>;
}

/** A text that is equal for equal expressions. */
export function exprKey(e: Expr): string {
  const below = () => childrenOf(e).map(exprKey).join(",");
  const type = `${e.t}${e.lanes > 1 ? `x${e.lanes}` : ""}`;
  switch (e.k) {
    case "const":
      return Object.is(e.value, -0) ? `-0:${type}` : `${e.value}:${type}`;
    case "var":
      return e.name;
    case "load":
      return `${e.buffer}[${below()}${e.pred ? "?" : ""}]${type}`;
    case "bin":
      return `${e.op}(${below()})`;
    case "select":
      return `select(${below()})`;
    case "cast":
      return `cast(${below()}:${type}${e.inRange ? "!" : ""})`;
    case "ramp":
      return `ramp(${below()},${e.stride},${e.lanes})`;
    case "splat":
      return `splat(${below()},${e.lanes})`;
    case "call":
      return `${e.fn}(${below()}:${type})`;
    default:
      return unreachable(e);
  }
}

const constantForm = (constant: number): Affine => ({ constant, terms: new Map() });

/** a + scale * b */
export function addScaled(a: Affine, b: Affine, scale: number): Affine {
  const terms = new Map(a.terms);
  for (const [key, { atom, coef }] of b.terms) {
    const sum = (terms.get(key)?.coef ?? 0) + scale * coef;
    if (sum === 0) terms.delete(key);
    else terms.set(key, { atom, coef: sum });
  }
  return { constant: a.constant + scale * b.constant, terms };
}

/** The sum that a scalar index expression is. */
export function affineOf(e: Expr): Affine {
  if (e.k === "const") return constantForm(Number(e.value));
  if (e.k === "bin" && e.t === "index" && e.lanes === 1) {
    if (e.op === "add") return addScaled(affineOf(e.a), affineOf(e.b), 1);
    if (e.op === "sub") return addScaled(affineOf(e.a), affineOf(e.b), -1);
    if (e.op === "mul") {
      const [a, b] = [affineOf(e.a), affineOf(e.b)];
      if (b.terms.size === 0) return addScaled(constantForm(0), a, b.constant);
      if (a.terms.size === 0) return addScaled(constantForm(0), b, a.constant);
    }
  }
  return { constant: 0, terms: new Map([[exprKey(e), { atom: e, coef: 1 }]]) };
}

/** The expression of a sum, equal for equal sums: greatest coefficient first, added terms first, subtracted ones after them. */
export function exprOfAffine(a: Affine): Expr {
  const term = ({ atom, coef }: { atom: Expr; coef: number }) => make.mul(atom, make.index(Math.abs(coef)));
  const all = [...a.terms].sort(([k, x], [l, y]) => Math.abs(y.coef) - Math.abs(x.coef) || (k < l ? -1 : 1)).map(([, t]) => t);
  const plus = all.filter((t) => t.coef > 0).map(term);
  const minus = all.filter((t) => t.coef < 0).map(term);
  if (a.constant > 0 || plus.length === 0) plus.push(make.index(Math.max(0, a.constant)));
  if (a.constant < 0) minus.push(make.index(-a.constant));
  const sum = plus.reduce((x, y) => make.add(x, y));
  return minus.reduce((x, y) => make.sub(x, y), sum);
}

/** Bounds of a sum. */
export function rangeOfAffine(a: Affine, env: Ranges): Range {
  let lo = a.constant;
  let hi = a.constant;
  for (const { atom, coef } of a.terms.values()) {
    const [l, h] = rangeOf(atom, env);
    lo += coef * (coef > 0 ? l : h);
    hi += coef * (coef > 0 ? h : l);
  }
  return [lo, hi];
}

/** Bounds of an index expression; infinite where unknown. Of a vector: of all its lanes. */
export function rangeOf(e: Expr, env: Ranges): Range {
  switch (e.k) {
    case "const":
      return [Number(e.value), Number(e.value)];
    case "var":
      return env.get(e.name) ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    case "splat":
      return rangeOf(e.x, env);
    case "ramp": {
      const [lo, hi] = rangeOf(e.base, env);
      const last = (e.lanes - 1) * e.stride;
      return [lo + Math.min(0, last), hi + Math.max(0, last)];
    }
    case "bin":
      return rangeOfBin(e, env);
    case "select": {
      const [a, b] = [rangeOf(e.a, env), rangeOf(e.b, env)];
      return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
    }
    default:
      return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  }
}

function rangeOfBin(e: Extract<Expr, { k: "bin" }>, env: Ranges): Range {
  if (e.lanes === 1 && (e.op === "add" || e.op === "sub" || e.op === "mul")) {
    const form = affineOf(e);
    const atoms = [...form.terms.values()];
    if (!(atoms.length === 1 && atoms[0].atom === e)) return rangeOfAffine(form, env);
  }
  const [a, b] = [rangeOf(e.a, env), rangeOf(e.b, env)];
  switch (e.op) {
    case "add":
      return [a[0] + b[0], a[1] + b[1]];
    case "sub":
      return [a[0] - b[1], a[1] - b[0]];
    case "mul": {
      const products = [a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]];
      return products.some(Number.isNaN)
        ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
        : [Math.min(...products), Math.max(...products)];
    }
    case "div":
      return b[0] > 0 && a[0] >= 0
        ? [Math.floor(a[0] / b[1]), Math.floor(a[1] / b[0])]
        : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    case "mod":
      return b[0] > 0 && a[0] >= 0 ? [0, Math.min(a[1], b[1] - 1)] : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    case "min":
      return [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
    case "max":
      return [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
    default:
      return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  }
}
