/** The output transform of Winograd's algorithm on one block of tiles, and what follows the sums. */
import type { Ranges } from "../../loop/affine.js";
import type { Expr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import type { Kernel, Stmt } from "../../loop/stmt.js";
import { mapExpr, mapStmt, nestOf, substitute } from "../../loop/visit.js";
import { blocksOf, splitVars } from "../tail.js";
import { exactOutput, exactQuotient, exactShift, type Place } from "./winograd-exact.js";
import { channelsThatFit, isExact, partsOf } from "./winograd-form.js";
import { createLets, type Lets, outputsOf, outputTransform, pointsAlong } from "./winograd-math.js";
import { all, eachTile, inside, origins, shift, type TileAt, type WinogradPlan } from "./winograd-parts.js";
import { planeOf, type Section, type TileGroup } from "./winograd-tiles.js";

const v = make.variable;
const at = make.index;

/** Replaces loads of the sums by a value. */
const withSums = (s: Stmt, acc: string, value: Expr): Stmt =>
  mapStmt(s, (e) => mapExpr(e, (x) => (x.k === "load" && x.buffer === acc ? value : x)));

/** Names of lets get a prefix, for the same statement stands many times. */
function renamed(s: Stmt, prefix: string): Stmt {
  const names = new Set<string>();
  for (let x = s; x.k === "let"; x = x.body) names.add(x.name);
  const name = (n: string) => (names.has(n) ? `${prefix}.${n}` : n);
  return mapStmt(
    s,
    (e) => mapExpr(e, (x) => (x.k === "var" ? { ...x, name: name(x.name) } : x)),
    (x) => (x.k === "let" ? { ...x, name: name(x.name) } : x),
  );
}

const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

/**
 * The sums of a tile from its products: rows of A^T M A. Integers that are summed in parts are added up before the transform where the
 * multiple of the whole sum fits i32, which it does but for the first rows and columns; behind it elsewhere.
 */
function sumsOf(
  p: WinogradPlan,
  g: TileGroup,
  products: (plane: number, part: number) => Expr,
  lets: Lets,
): readonly (readonly Expr[])[] {
  const { form } = p;
  const exact = isExact(form);
  const [is, js] = [g.y, g.x].map(({ kind }) => pointsAlong(kind));
  const [rows, cols] = [g.y, g.x].map(({ kind }) => upTo(outputsOf(kind)));
  const transform = ({ kind }: Section, values: readonly Expr[]) => (exact ? exactOutput : outputTransform)(kind, values, lets);
  const place = (i: number, j: number): Place => ({ kinds: [g.y.kind, g.x.kind], at: [i, j] });
  const from = (read: (i: number, j: number) => Expr, wanted: (i: number, j: number) => boolean) => {
    const rowsWanted = rows.filter((i) => cols.some((j) => wanted(i, j)));
    if (rowsWanted.length === 0) return rows.map((): (Expr | null)[] => []);
    const columns = js.map((_, j) => {
      const column = transform(g.y, is.map((_, i) => read(i, j))); // biome-ignore format: a column
      return new Map(rowsWanted.map((i) => [i, lets.bind(column[i])]));
    });
    return rows.map((i) => {
      if (!rowsWanted.includes(i)) return [];
      const row = transform(g.x, columns.map((column) => column.get(i) as Expr)); // biome-ignore format: a row
      return cols.map((j) => (wanted(i, j) ? lets.bind(exact ? exactQuotient(place(i, j), row[j]) : row[j]) : null));
    });
  };
  const parts = upTo(partsOf(form, p.m));
  const plane = (i: number, j: number) => planeOf(p.tiling, is[i], js[j]).plane;
  const read = parts.map((part) => is.map((_, i) => js.map((_, j) => lets.bind(products(plane(i, j), part)))));
  if (parts.length === 1) return from((i, j) => read[0][i][j], () => true) as Expr[][]; // biome-ignore format: all of one part
  const fits = (i: number, j: number) => form.size.c <= channelsThatFit(form, 2 ** exactShift(place(i, j)));
  const added = read.reduce((sums, more) => sums.map((row, i) => row.map((x, j) => lets.bind(make.add(x, more[i][j])))));
  const whole = from((i, j) => added[i][j], fits);
  const apart = read.map((part) => from((i, j) => part[i][j], (i, j) => !fits(i, j))); // biome-ignore format: of each part
  const sum = (values: readonly (Expr | null)[]): Expr => (values as Expr[]).reduce((a, b) => make.add(a, b));
  return rows.map((i) => cols.map((j) => whole[i][j] ?? lets.bind(sum(apart.map((part) => part[i][j])))));
}

/** init + (A^T M A)[i, j], written by the maps; loop `out.k`, and `edge.k` with a test for every pixel of tiles that reach over the end. */
export const transformOutput = (p: WinogradPlan, kernel: Kernel, b: Expr, panel: Expr): Stmt =>
  make.seq(...p.tiling.tiles.map((g) => eachTile(p, g, b, `${g.prefix}out`, (tile) => outputOf(p, g, kernel, panel, tile))));

function outputOf(p: WinogradPlan, g: TileGroup, kernel: Kernel, panel: Expr, { t, n, y, x }: TileAt): Stmt {
  const { form, m, names } = p;
  const { size, vars, acc } = form;
  const [init, , ...maps] = form.stages.map((s) => nestOf(s.body).body);
  const start = init.k === "store" ? init.value : make.constant(acc.dtype, 0);
  const buffers = new Map(kernel.buffers.map((b) => [b.name, b]));
  const parts = partsOf(form, m);
  const [ys, xs] = [origins(g.y, m, 0), origins(g.x, m, 0)];
  const [high, wide] = [outputsOf(g.y.kind), outputsOf(g.x.kind)];
  const channels = (name: string, tested: boolean): Stmt => {
    const own = v(`${name}.k`);
    const k = make.add(make.mul(panel, at(p.channels)), own);
    const lets = createLets(`${name}.m`);
    const products = (plane: number, part: number) => make.load(names.m, acc.dtype, [t, at(plane * parts + part), own]);
    const rows = sumsOf(p, g, products, lets);
    const pixel = (i: number, j: number): Stmt => {
      const sum = make.isConstValue(start, 0) ? rows[i][j] : make.add(start, rows[i][j]);
      const position = new Map<string, Expr>([
        ...(vars.n ? [[vars.n, n] as const] : []),
        [vars.y, shift(y, i)],
        [vars.x, shift(x, j)],
      ]);
      const one = make.seq(...maps.map((s, order) => renamed(withSums(s, acc.name, sum), `${name}${i}${j}${order}`)));
      const placed = mapStmt(one, (e) => substitute(e, position));
      const runsOver = size.k % p.channels !== 0;
      const env: Ranges = new Map([
        [`${name}.k`, [0, p.channels - 1]],
        ["k.o", [0, blocksOf(size.k, p.channels) - 1]],
      ]);
      const stmt = splitVars(placed, [{ name: vars.k, extent: size.k, value: k, runsOver }], env, (b) => buffers.get(b));
      const test =
        tested &&
        all([
          ...(ys[1] + i >= size.y ? [make.bin("lt", shift(y, i), at(size.y))] : []),
          ...(xs[1] + j >= size.x ? [make.bin("lt", shift(x, j), at(size.x))] : []),
        ]);
      return test ? make.ifThen(test, stmt ?? one) : (stmt ?? one);
    };
    const pixels = rows.flatMap((row, i) => row.map((_, j) => pixel(i, j)));
    return make.loop(`${name}.k`, p.channels, lets.around(make.seq(...pixels)));
  };
  const [wholeY, wholeX] = [inside(y, ys, high, size.y), inside(x, xs, wide, size.x)];
  const whole = all([wholeY, wholeX].filter((e) => e !== null));
  const [out, edge] = [`${g.prefix}out`, `${g.prefix}edge`];
  if ((wholeY && g.y.count === 1) || (wholeX && g.x.count === 1)) return channels(edge, true);
  return whole ? make.ifThen(whole, channels(out, false), channels(edge, true)) : channels(out, false);
}
