import type { Body, Range } from "./body.js";

/** c + sum of coefficient * register: the form in which index arithmetic is kept until an address needs it. */
export interface Affine {
  readonly terms: ReadonlyMap<string, number>;
  readonly c: number;
}

export const affineConst = (c: number): Affine => ({ terms: new Map(), c });
export const affineVar = (register: string): Affine => ({ terms: new Map([[register, 1]]), c: 0 });
export const isConst = (a: Affine): boolean => a.terms.size === 0;

export function affineAdd(a: Affine, b: Affine, scale = 1): Affine {
  const terms = new Map(a.terms);
  for (const [v, k] of b.terms) {
    const sum = (terms.get(v) ?? 0) + k * scale;
    if (sum === 0) terms.delete(v);
    else terms.set(v, sum);
  }
  return { terms, c: a.c + b.c * scale };
}

export function affineScale(a: Affine, k: number): Affine {
  if (k === 1) return a;
  return k === 0 ? affineConst(0) : { terms: new Map(Array.from(a.terms, ([v, c]) => [v, c * k])), c: a.c * k };
}

export function affineRange(body: Body, a: Affine): Range {
  let [lo, hi] = [a.c, a.c];
  for (const [v, k] of a.terms) {
    const [min, max] = body.rangeOf(v);
    lo += k > 0 ? k * min : k * max;
    hi += k > 0 ? k * max : k * min;
  }
  return [lo, hi];
}

/**
 * Splits a = q * n + r with every coefficient of q whole, where 0 <= r < n is known; then floor(a / n) = q and a mod n = r.
 * null where it is not known.
 */
export function affineDivMod(body: Body, a: Affine, n: number): { readonly q: Affine; readonly r: Affine } | null {
  const whole = new Map<string, number>();
  const rest = new Map<string, number>();
  for (const [v, k] of a.terms) {
    if (k % n === 0) whole.set(v, k / n);
    else rest.set(v, k);
  }
  const c = Math.floor(a.c / n);
  const r = { terms: rest, c: a.c - c * n };
  const [lo, hi] = affineRange(body, r);
  if (Math.floor(lo / n) !== Math.floor(hi / n)) return null;
  const shift = Math.floor(lo / n);
  return { q: { terms: whole, c: c + shift }, r: { terms: rest, c: r.c - shift * n } };
}

/** Largest power of two, up to `limit`, that divides every value of a * unit. */
export function affineAlign(a: Affine, unit: number, limit: number): number {
  let align = limit;
  for (const k of [a.c, ...a.terms.values()]) while ((k * unit) % align !== 0) align /= 2;
  return align;
}

/** Registers in the order they were made: what belongs to outer loops comes first and is shared. */
function partialSum(body: Body, a: Affine): string | null {
  const terms = [...a.terms].sort((x, y) => body.orderOf(x[0]) - body.orderOf(y[0]));
  let sum: string | null = null;
  for (const [v, k] of terms) {
    const term = k === 1 ? v : body.pure(`mul nsw i64 ${v}, ${k}`);
    sum = sum === null ? term : body.pure(`add nsw i64 ${sum}, ${term}`);
  }
  return sum;
}

/** The value as an i64 operand. */
export function affineText(body: Body, a: Affine): string {
  const sum = partialSum(body, a);
  if (sum === null) return String(a.c);
  return a.c === 0 ? sum : body.pure(`add nsw i64 ${sum}, ${a.c}`);
}

/**
 * base + a elements, the constant in a getelementptr of its own so that neighbours share the rest.
 * `inside`: the result points into the object.
 */
export function affineAddress(body: Body, base: string, element: string, a: Affine, inside: boolean): string {
  const varying = { terms: a.terms, c: 0 };
  const inbounds = inside && a.c >= 0 && affineRange(body, varying)[0] >= 0 ? "inbounds " : "";
  const sum = partialSum(body, varying);
  const pointer = sum === null ? base : body.pure(`getelementptr ${inbounds}${element}, ptr ${base}, i64 ${sum}`);
  return a.c === 0 ? pointer : body.pure(`getelementptr ${inbounds}${element}, ptr ${pointer}, i64 ${a.c}`);
}
