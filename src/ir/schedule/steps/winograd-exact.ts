/**
 * Minimal filtering in whole numbers, exact modulo 2^32. F(2, 3) at the points 0, +-1, infinity, F(4, 3) at 0, +-1, +-2, infinity, each row
 * of G times a whole factor that makes it whole. Along one axis, with M_p = V_p U_p, e and o the sums and differences of the M of +-p:
 *   F(2, 3)    2 y0 = M0 + e1          2 y1 = o1 + M3
 *   F(4, 3)   24 y0 = M0 - 4 e1 + e2  12 y1 = o2 - 2 o1   6 y2 = e2 - e1   6 y3 = 2 o2 - o1 + M5
 *   short      6 y0 = 3 e1 - M0        6 y1 = 3 o1 + M5   with the weights of F(4, 3)
 * The sums are known modulo 2^32. Division by 2^a b, b odd: times the inverse of b modulo 2^32, shifted right by a; exact where 2^a |y| < 2^31.
 */
import type { Expr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import { combine, inputTransform, type Lets, matrices, type Term, type TileKind, type WinogradTile } from "./winograd-math.js";

interface Exact {
  readonly pairs: readonly number[];
  /** What each output is multiplied by, and its coefficients of M0, (e, o of each pair in turn) and M at infinity. */
  readonly outputs: readonly { readonly factor: number; readonly terms: readonly number[] }[];
}

const EXACT: Readonly<Record<TileKind, Exact>> = {
  2: {
    pairs: [1],
    outputs: [
      { factor: 2, terms: [1, 1, 0, 0] },
      { factor: 2, terms: [0, 0, 1, 1] },
    ],
  },
  4: {
    pairs: [1, 2],
    outputs: [
      { factor: 24, terms: [1, -4, 0, 1, 0, 0] },
      { factor: 12, terms: [0, 0, -2, 0, 1, 0] },
      { factor: 6, terms: [0, -1, 0, 1, 0, 0] },
      { factor: 6, terms: [0, 0, -1, 0, 2, 1] },
    ],
  },
  short: {
    pairs: [1],
    outputs: [
      { factor: 6, terms: [-1, 3, 0, 0] },
      { factor: 6, terms: [0, 0, 3, 1] },
    ],
  },
};

/** Rows of G, whole. */
const FILTERS: Readonly<Record<WinogradTile, readonly (readonly number[])[]>> = {
  2: [[-2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]], // biome-ignore format: a matrix
  4: [[6, 0, 0], [1, 1, 1], [1, -1, 1], [1, 2, 4], [1, -2, 4], [0, 0, 6]], // biome-ignore format: a matrix
};

/** B^T d: m + 2 values from m + 2 values. */
export const exactInput = (m: TileKind, d: readonly Expr[], lets: Lets): readonly Expr[] =>
  inputTransform(m, d, lets, EXACT[m].pairs);

/** G g for three values. */
export const exactFilter = (m: WinogradTile, g: readonly Expr[]): readonly Expr[] =>
  FILTERS[m].map((row) => combine(row.map((c, r): Term => [c, g[r]])));

/** Multiples of m values from m + 2. */
export function exactOutput(m: TileKind, v: readonly Expr[], lets: Lets): readonly Expr[] {
  const { pairs, outputs } = EXACT[m];
  const halves = pairs.flatMap((_, i) => {
    const [plus, minus] = [v[1 + 2 * i], v[2 + 2 * i]];
    return [lets.bind(make.add(plus, minus)), lets.bind(make.sub(plus, minus))];
  });
  const parts = [v[0], ...halves, v[v.length - 1]];
  return outputs.map(({ terms }) => combine(terms.map((c, i): Term => [c, parts[i]])));
}

const powerOfTwo = (n: number): number => Math.log2(n & -n);

/** The number modulo 2^32 that b times is 1, for b odd (Newton's iteration doubles the bits that are right). */
function inverse(b: number): number {
  let x = b;
  for (let bits = 3; bits < 32; bits *= 2) x = Math.imul(x, 2 - Math.imul(b, x));
  return x;
}

/** Kinds of a tile along rows and columns, and an output's place in it. */
export interface Place {
  readonly kinds: readonly [TileKind, TileKind];
  readonly at: readonly [number, number];
}

const factorAt = ({ kinds, at }: Place): number => EXACT[kinds[0]].outputs[at[0]].factor * EXACT[kinds[1]].outputs[at[1]].factor;

/** The power of two in the multiple of an output. */
export const exactShift = (place: Place): number => powerOfTwo(factorAt(place));

/** An output from its multiple. */
export function exactQuotient(place: Place, multiple: Expr): Expr {
  const shift = exactShift(place);
  const odd = factorAt(place) / 2 ** shift;
  const whole = odd === 1 ? multiple : make.mul(multiple, make.constant("i32", inverse(odd)));
  return make.bin("shr", whole, make.constant("i32", shift));
}

/** Greatest |U| over |w|, greatest |V| over |d|, and the power of two that a sum must be able to take beyond its own bits. */
export function exactGrowth(m: WinogradTile): { readonly input: number; readonly filter: number; readonly sum: number } {
  const absolute = (row: readonly number[]) => row.reduce((s, x) => s + Math.abs(x), 0);
  const sum = Math.max(...EXACT[m].outputs.map((o) => 2 ** powerOfTwo(o.factor)));
  const greatest = (rows: readonly (readonly number[])[]) => Math.max(...rows.map(absolute)) ** 2;
  return { input: greatest(matrices(m, EXACT[m].pairs).b), filter: greatest(FILTERS[m]), sum: sum ** 2 };
}
