/**
 * Minimal filtering F(m, 3) by the Cook-Toom construction: y = A^T ((G g) * (B^T d)) at the points 0, +-a, (+-b,) infinity.
 *   V_p = row p of B^T d: the polynomial product of all other points, applied to the data
 *   U_p = g(p) / (product of differences to the other points)
 *   y_i = sum over p of p^i V_p U_p, plus the product at infinity for the last i
 * Rows of +-a share even and odd parts: E + a O, E - a O. (Lavin and Gray, arXiv 1509.09308; Barabasz et al., arXiv 1803.10986.)
 *
 * F(4, 3) at 0, +-3/4, +-3/2: all coefficients of B and A are exact in float32, and errors grow 3.6 times less than at 0, +-1, +-2
 * (8.8 against 31.4, see `amplification`).
 */
import type { Expr, Scalar } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import type { Stmt } from "../../loop/stmt.js";
import { isFloat } from "../../type/dtype.js";

/** Outputs of a tile along one axis. */
export type WinogradTile = 2 | 4;

/** `short`: two outputs by the points 0, +-a and infinity of F(4, 3), which shares its transformed weights. */
export type TileKind = WinogradTile | "short";

export const outputsOf = (kind: TileKind): WinogradTile => (kind === 4 ? 4 : 2);

/** The points that a tile has along one axis, of those that the weights are transformed at. */
export const pointsAlong = (kind: TileKind): readonly number[] =>
  kind === "short" ? [0, 1, 2, 5] : Array.from({ length: kind + 2 }, (_, p) => p);

/** The positive points. */
const PAIRS: Readonly<Record<TileKind, readonly number[]>> = { 2: [1], 4: [0.75, 1.5], short: [0.75] };

/** What products at a point are multiplied by where the weights were divided by its differences to points that the tile does not have. */
const scaleAt = (kind: TileKind, point: number): number => (kind === "short" ? point ** 2 - PAIRS[4][1] ** 2 : 1);

/** Names for values that are used more than once. */
export interface Lets {
  bind(value: Expr): Expr;
  /** `body` with every name so far in scope. */
  around(body: Stmt): Stmt;
}

export function createLets(prefix: string): Lets {
  const lets: { name: string; value: Expr }[] = [];
  return {
    bind(value) {
      const name = `${prefix}${lets.length}`;
      lets.push({ name, value });
      return make.variable(name, value.t, value.lanes);
    },
    around: (body) => lets.reduceRight((inner, l) => make.letIn(l.name, l.value, inner), body),
  };
}

export type Term = readonly [coefficient: number, value: Expr];

const constantOf = (t: Scalar, v: number): Expr => make.constant(t, v);

/** sum of coefficient * value; exact coefficients 1 and -1 cost no multiplication. */
export function combine(terms: readonly Term[]): Expr {
  const used = terms.filter(([c]) => c !== 0);
  const order = [...used.filter(([c]) => c === 1), ...used.filter(([c]) => c !== 1)];
  const [[c0, x0], ...rest] = order;
  const { t } = x0;
  const first = c0 === 1 ? x0 : make.mul(constantOf(t, c0), x0);
  const float = t !== "index" && isFloat(t);
  return rest.reduce((sum, [c, x]) => {
    if (c === 1) return make.add(sum, x);
    if (c === -1) return make.sub(sum, x);
    return float ? make.fma(constantOf(t, c), x, sum) : make.add(sum, make.mul(constantOf(t, c), x));
  }, first);
}

/** Coefficients of the product of (x^2 - a^2), lowest power first, even powers only. */
const evenProduct = (pairs: readonly number[]): readonly number[] =>
  pairs.reduce<readonly number[]>(
    (poly, a) => Array.from({ length: poly.length + 1 }, (_, i) => (poly[i - 1] ?? 0) - a * a * (poly[i] ?? 0)),
    [1],
  );

/** B^T d: m + 2 values from m + 2 values, in the order 0, a, -a, (b, -b,) infinity. */
export function inputTransform(m: TileKind, d: readonly Expr[], lets: Lets, pairs = PAIRS[m]): readonly Expr[] {
  const all = evenProduct(pairs);
  const spread = (poly: readonly number[], shift: number): Expr => combine(poly.map((c, i): Term => [c, d[2 * i + shift]]));
  const inner = pairs.flatMap((a) => {
    const others = evenProduct(pairs.filter((b) => b !== a));
    const even = lets.bind(spread(others, 2));
    const odd = lets.bind(spread(others, 1));
    return [1, -1].map((sign) =>
      combine([
        [1, even],
        [sign * a, odd],
      ]),
    );
  });
  return [spread(all, 0), ...inner, spread(all, 1)];
}

/** A^T v: m values from m + 2. */
export function outputTransform(kind: TileKind, v: readonly Expr[], lets: Lets): readonly Expr[] {
  const [pairs, m] = [PAIRS[kind], outputsOf(kind)];
  const halves = pairs.map((a, i) => ({
    a,
    even: lets.bind(make.add(v[1 + 2 * i], v[2 + 2 * i])),
    odd: lets.bind(make.sub(v[1 + 2 * i], v[2 + 2 * i])),
  }));
  return Array.from({ length: m }, (_, i) =>
    combine([
      ...(i === 0 ? [[scaleAt(kind, 0), v[0]] as Term] : []),
      ...halves.map(({ a, even, odd }): Term => [scaleAt(kind, a) * a ** i, i % 2 ? odd : even]),
      ...(i === m - 1 ? [[1, v[m + 1]] as Term] : []),
    ]),
  );
}

/** The rows of G, [m + 2][3], times `scale`. */
export function filterMatrix(m: TileKind, scale: number): readonly (readonly number[])[] {
  const points = [0, ...PAIRS[m].flatMap((a) => [a, -a])];
  const finite = points.map((p) => {
    const product = points.filter((q) => q !== p).reduce((f, q) => f * (p - q), 1);
    return [0, 1, 2].map((r) => (scale * p ** r) / product + 0);
  });
  return [...finite, [0, 0, scale]];
}

/** G g for three values. */
export function filterTransform(m: WinogradTile, scale: number, g: readonly Expr[]): readonly Expr[] {
  return filterMatrix(m, scale).map((row) => combine(row.map((c, r): Term => [c, g[r]])));
}

/** B^T and A^T as numbers, for bounds. */
export function matrices(kind: TileKind, pairs = PAIRS[kind]): Readonly<Record<"a" | "b", readonly (readonly number[])[]>> {
  const m = outputsOf(kind);
  const points = [0, ...pairs.flatMap((a) => [a, -a])];
  const times = (poly: readonly number[], root: number): readonly number[] =>
    Array.from({ length: poly.length + 1 }, (_, i) => (poly[i - 1] ?? 0) - root * (poly[i] ?? 0));
  const b = [...points.map((p) => points.filter((q) => q !== p).reduce(times, [1])), points.reduce(times, [1])];
  const a = Array.from({ length: m }, (_, i) => [...points.map((p) => p ** i), i === m - 1 ? 1 : 0]);
  return { b, a };
}

const squares = (row: readonly number[]): number => row.reduce((s, x) => s + x * x, 0);

/**
 * How much rounding errors of the products grow against the direct sum, in the worst of the m x m outputs, for independent data of
 * zero mean: max over i of sum over p of A_ip^2 |B_p|^2 |G_p|^2 / 3 along one axis, both axes multiplied, as a ratio of deviations.
 * F(2, 3): 1.7, F(4, 3): 8.8, short: 2.9.
 */
export function amplification(m: TileKind): number {
  const { a, b } = matrices(m);
  const product = filterMatrix(m, 1).map((g, p) => squares(g) * squares(b[p]));
  return Math.max(...a.map((row) => row.reduce((s, x, p) => s + x * x * product[p], 0) / 3));
}

/**
 * The stated error of a convolution over `channels` channels in float32, over the largest magnitude of its sums: amplification(m) times the
 * unit roundoff 2^-24 times sqrt(channels / 2 + 8), the growth of a sum's random rounding errors with its length and of the transforms',
 * times 1.5 to be safe: two to four times what is measured on random data (test/ir/schedule/winograd.test.ts).
 */
export const winogradBound = (m: WinogradTile, channels: number): number =>
  1.5 * amplification(m) * 2 ** -24 * Math.sqrt(channels / 2 + 8);
