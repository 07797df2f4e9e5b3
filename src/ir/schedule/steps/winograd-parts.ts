/** Winograd's algorithm on one block of tiles: buffers, input transform, products. */
import type { Range } from "../../loop/affine.js";
import type { Expr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import type { Buffer, Stmt } from "../../loop/stmt.js";
import { blockBase, blocksOf } from "../tail.js";
import { operandAt } from "./cache.js";
import { exactInput } from "./winograd-exact.js";
import { type ConvForm, isExact, partsOf, tilesOf } from "./winograd-form.js";
import { createLets, inputTransform, pointsAlong, type WinogradTile } from "./winograd-math.js";
import { type PointGroup, planeOf, type Section, type TileGroup, type Tiling } from "./winograd-tiles.js";

/** How the tiles and channels are cut. */
export interface WinogradPlan {
  readonly form: ConvForm;
  readonly m: WinogradTile;
  readonly tiling: Tiling;
  /** Tiles of a block: all of an image where some are short. */
  readonly block: number;
  /** Tiles and channels of a register tile. */
  readonly positions: number;
  readonly channels: number;
  readonly names: { readonly v: string; readonly m: string; readonly u: string; readonly acc: string };
}

const v = make.variable;
const at = make.index;
export const all = (conds: readonly Expr[]): Expr | null => conds.reduce<Expr | null>((a, b) => (a ? make.and(a, b) : b), null);

/** Points of a tile. */
export const pointsOf = (m: WinogradTile): number => (m + 2) ** 2;

/** A cache line between the planes of V, so that those of one tile do not fall into one set of the cache. */
const planeSize = ({ form, block }: WinogradPlan): number => block * form.size.c + (isExact(form) ? 32 : 16);

/** V of one block: [points][tiles x channels, padded]. */
export const inputBuffer = (p: WinogradPlan): Buffer => ({
  name: p.names.v,
  dtype: isExact(p.form) ? "i16" : "f32",
  shape: [pointsOf(p.m), planeSize(p)],
  role: "local",
});

/** Products of one block and one panel of channels: [tiles][points x parts of the depth][channels]. */
export const productBuffer = (p: WinogradPlan): Buffer => ({
  name: p.names.m,
  dtype: p.form.acc.dtype,
  shape: [p.block, partsOf(p.form, p.m) * pointsOf(p.m), p.channels],
  role: "local",
});

/** Transformed weights: [panels][points][c][channels], c in pairs [c / 2][channels 2] for integers. */
export const filterBuffer = (p: WinogradPlan): Buffer => {
  const { k, c } = p.form.size;
  const head = [blocksOf(k, p.channels), pointsOf(p.m)];
  return isExact(p.form)
    ? { name: p.names.u, dtype: "i16", shape: [...head, c / 2, 2 * p.channels], role: "const" }
    : { name: p.names.u, dtype: "f32", shape: [...head, c, p.channels], role: "const" };
};

/** A tile: its place in the block, the image, its first row and column, and among the tiles that have a group of points. */
export interface TileAt {
  readonly t: Expr;
  readonly n: Expr;
  readonly y: Expr;
  readonly x: Expr;
  among(group: PointGroup): Expr;
}

/** for t: body at every tile of a group; in a block of some of the tiles, or of all of one image where some are short. */
export function eachTile(p: WinogradPlan, g: TileGroup, b: Expr, name: string, body: (tile: TileAt) => Stmt): Stmt {
  const tiles = tilesOf(p.form.size, p.m);
  const t = v(`${name}.t`);
  const lets = createLets(`${name}.q`);
  if (p.tiling.tiles.length > 1) {
    const row = lets.bind(make.add(make.div(t, at(g.x.count)), at(g.y.first)));
    const col = lets.bind(make.add(make.mod(t, at(g.x.count)), at(g.x.first)));
    const [y, x] = [row, col].map((z) => lets.bind(make.mul(z, at(p.m))));
    const among = ({ cols }: Pick<PointGroup, "cols">) => make.add(make.mul(row, at(cols)), col);
    const one = body({ t: among({ cols: tiles.x }), n: at(0), y, x, among });
    return make.loop(`${name}.t`, g.y.count * g.x.count, lets.around(one));
  }
  const q = lets.bind(make.add(blockBase(b, tiles.all, p.block, "overlap"), t));
  const image = at(tiles.y * tiles.x);
  const [n, rest] = p.form.size.n > 1 ? [lets.bind(make.div(q, image)), lets.bind(make.mod(q, image))] : ([at(0), q] as const);
  const y = lets.bind(make.mul(make.div(rest, at(tiles.x)), at(p.m)));
  const x = lets.bind(make.mul(make.mod(rest, at(tiles.x)), at(p.m)));
  return make.loop(`${name}.t`, p.block, lets.around(body({ t, n, y, x, among: () => t })));
}

export const shift = (e: Expr, by: number): Expr => (by < 0 ? make.sub(e, at(-by)) : make.add(e, at(by)));

/** Whether x, x + 1, .. x + count - 1 all lie in [0, extent), for x in a range. */
export function inside(x: Expr, [lo, hi]: Range, count: number, extent: number): Expr | null {
  return all([
    ...(lo < 0 ? [make.bin("ge", x, at(0))] : []),
    ...(hi + count > extent ? [make.bin("le", x, at(extent - count))] : []),
  ]);
}

/** Rows or columns at which tiles begin, moved. */
export const origins = (s: Section, m: number, by: number): Range => [s.first * m + by, (s.first + s.count - 1) * m + by];

/**
 * V[i, j][t, c] = (B^T d B)[i, j], d the tile's elements. Tiles whose elements all exist are read without predicates; loops `in.c`, and
 * `rim.c` for tiles that reach into the padding.
 */
export const transformInput = (p: WinogradPlan, b: Expr): Stmt =>
  make.seq(...p.tiling.tiles.map((g) => eachTile(p, g, b, `${g.prefix}in`, (tile) => inputOf(p, g, tile))));

function inputOf(p: WinogradPlan, g: TileGroup, { n, y, x, among }: TileAt): Stmt {
  const { form, m } = p;
  const { size, top, left } = form;
  const [is, js] = [g.y, g.x].map(({ kind }) => pointsAlong(kind));
  const [y0, x0] = [shift(y, top), shift(x, left)];
  const [ys, xs] = [origins(g.y, m, top), origins(g.x, m, left)];
  const channels = (name: string, exists: (i: number, j: number) => Expr | null): Stmt => {
    const c = v(`${name}.c`);
    const lets = createLets(`${name}.d`);
    const element = (i: number, j: number): Expr => {
      const value = operandAt(form.data, [n, shift(y0, i), shift(x0, j), c], exists(i, j));
      return lets.bind(make.cast(inputBuffer(p).dtype, value, true));
    };
    const d = is.map((_, i) => js.map((_, j) => element(i, j)));
    const transform = ({ kind }: Section, row: readonly Expr[]) => (isExact(form) ? exactInput : inputTransform)(kind, row, lets);
    const columns = js.map((_, j) =>
      transform(
        g.y,
        d.map((row) => row[j]),
      ).map(lets.bind),
    );
    const stores = is.flatMap((pi, i) =>
      transform(
        g.x,
        columns.map((column) => column[i]),
      ).map((value, j) => {
        const { group, plane } = planeOf(p.tiling, pi, js[j]);
        return make.store(p.names.v, [at(plane), make.add(make.mul(among(group), at(size.c)), c)], value);
      }),
    );
    return make.loop(`${name}.c`, size.c, lets.around(make.seq(...stores)));
  };
  const [wholeY, wholeX] = [inside(y0, ys, is.length, size.inY), inside(x0, xs, js.length, size.inX)];
  const whole = all([wholeY, wholeX].filter((e) => e !== null));
  if (!whole) return channels(`${g.prefix}in`, () => null);
  const lets = createLets(`${g.prefix}rim.p`);
  const bits = (z0: Expr, steps: readonly number[], [lo, hi]: Range, extent: number) =>
    steps.map((_, i) => {
      const bit = inside(shift(z0, i), [lo + i, hi + i], 1, extent);
      return bit && lets.bind(bit);
    });
  const [rows, cols] = [bits(y0, is, ys, size.inY), bits(x0, js, xs, size.inX)];
  const rim = channels(`${g.prefix}rim`, (i, j) => all([rows[i], cols[j]].filter((e) => e !== null)));
  const never = (wholeY && g.y.count === 1) || (wholeX && g.x.count === 1);
  return never ? lets.around(rim) : make.ifThen(whole, channels(`${g.prefix}in`, () => null), lets.around(rim)); // biome-ignore format: one choice
}

/**
 * M[t, p, k] = sum over c of V[p, t, c] U[p, c, k], a register tile at a time: loops `p`, `t.o`, `c` around `t.i`, `k.i` for every group of
 * points that the same tiles have.
 */
export const multiply = (p: WinogradPlan, panel: Expr): Stmt => make.seq(...p.tiling.points.map((g) => multiplyAt(p, g, panel)));

function multiplyAt(p: WinogradPlan, g: PointGroup, panel: Expr): Stmt {
  const { form, names, channels } = p;
  const { c: depth } = form.size;
  const parts = partsOf(form, p.m);
  const { dtype } = form.acc;
  const tiles = p.tiling.tiles.length > 1 ? g.rows * g.cols : p.block;
  // where fewer tiles have these points, as many register tiles as it takes, of about the same size
  const positions = tiles === p.block ? p.positions : Math.ceil(tiles / Math.ceil(tiles / p.positions));
  const loop = (name: string) => `${g.prefix}${name}`;
  const acc: Buffer = { name: `${names.acc}${g.prefix.replace(".", "")}`, dtype, shape: [positions, channels], role: "local" };
  const base = blockBase(v(loop("t.o")), tiles, positions, "overlap");
  const tile = (name: string, body: (t: Expr, k: Expr) => Stmt): Stmt =>
    make.loop(loop(`${name}t.i`), positions, make.loop(loop(`${name}k.i`), channels, body(v(loop(`${name}t.i`)), v(loop(`${name}k.i`))))); // biome-ignore format: a nest
  // all parts of a point follow each other, as its weights do
  const q = v(loop("p"));
  const plane = make.add(at(g.first), parts === 1 ? q : make.div(q, at(parts)));
  const first = parts === 1 ? at(0) : make.mul(make.mod(q, at(parts)), at(depth / parts));
  const c = make.add(first, v(loop("c")));
  const zero = make.constant(dtype, 0);
  const input = (t: Expr) =>
    make.load(names.v, inputBuffer(p).dtype, [plane, make.add(make.mul(make.add(base, t), at(depth)), c)]);
  const inPairs = (k: Expr) => [make.div(c, at(2)), make.add(make.mul(k, at(2)), make.mod(c, at(2)))];
  const filter = (k: Expr) => make.load(names.u, filterBuffer(p).dtype, [panel, plane, ...(isExact(form) ? inPairs(k) : [c, k])]);
  const product = (t: Expr, k: Expr) => make.mul(make.cast(dtype, input(t), true), make.cast(dtype, filter(k), true));
  const { x: columns } = tilesOf(form.size, p.m);
  const among = (t: Expr): Expr =>
    tiles === p.block || g.cols === columns
      ? t
      : make.add(make.mul(make.div(t, at(g.cols)), at(columns)), make.mod(t, at(g.cols)));
  const column = make.add(at(g.first * parts), q);
  const body = make.seq(
    tile("init.", (t, k) => make.store(acc.name, [t, k], zero)),
    make.loop(
      loop("c"),
      depth / parts,
      tile("", (t, k) => make.reduce("add", acc.name, [t, k], product(t, k))),
    ),
    tile("copy.", (t, k) => make.store(names.m, [among(make.add(base, t)), column, k], make.load(acc.name, dtype, [t, k]))),
  );
  const blocks = make.loop(loop("t.o"), blocksOf(tiles, positions), { k: "alloc", buffer: acc, body });
  return make.loop(loop("p"), parts * g.points.length, blocks);
}
