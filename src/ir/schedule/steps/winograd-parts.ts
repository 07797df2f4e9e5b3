/** The three parts of Winograd's algorithm on one block of tiles: input transform, products, output transform. */
import type { Range, Ranges } from "../../loop/affine.js";
import type { Expr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import type { Buffer, Kernel, Stmt } from "../../loop/stmt.js";
import { mapExpr, mapStmt, nestOf, substitute } from "../../loop/visit.js";
import { blockBase, blocksOf, splitVars } from "../tail.js";
import { operandAt } from "./cache.js";
import { exactInput, exactOutput, exactQuotient } from "./winograd-exact.js";
import { type ConvForm, isExact, partsOf, tilesOf } from "./winograd-form.js";
import { createLets, inputTransform, outputTransform, type WinogradTile } from "./winograd-math.js";

/** How the tiles and channels are cut. */
export interface WinogradPlan {
  readonly form: ConvForm;
  readonly m: WinogradTile;
  /** Tiles of a block. */
  readonly block: number;
  /** Tiles and channels of a register tile. */
  readonly positions: number;
  readonly channels: number;
  readonly names: { readonly v: string; readonly m: string; readonly u: string; readonly acc: string };
}

const v = make.variable;
const at = make.index;
const all = (conds: readonly Expr[]): Expr | null => conds.reduce<Expr | null>((a, b) => (a ? make.and(a, b) : b), null);

/** Points of a tile. */
export const pointsOf = (m: WinogradTile): number => (m + 2) ** 2;

/** A cache line between the planes of V, so that those of one tile do not fall into one set of the cache. */
const planeOf = ({ form, block }: WinogradPlan): number => block * form.size.c + (isExact(form) ? 32 : 16);

/** V of one block: [points][tiles x channels, padded]. */
export const inputBuffer = (p: WinogradPlan): Buffer => ({
  name: p.names.v,
  dtype: isExact(p.form) ? "i16" : "f32",
  shape: [pointsOf(p.m), planeOf(p)],
  role: "local",
});

/** Products of one block and one panel of channels: [tiles][parts of the depth x points][channels]. */
export const productBuffer = (p: WinogradPlan): Buffer => ({
  name: p.names.m,
  dtype: p.form.acc.dtype,
  shape: [p.block, partsOf(p.form, p.m) * pointsOf(p.m), p.channels],
  role: "local",
});

/** Transformed weights: [panels][points][c][channels], c in pairs [c / 2][channels][2] for integers. */
export const filterBuffer = (p: WinogradPlan): Buffer => {
  const { k, c } = p.form.size;
  const head = [blocksOf(k, p.channels), pointsOf(p.m)];
  return isExact(p.form)
    ? { name: p.names.u, dtype: "i16", shape: [...head, c / 2, p.channels, 2], role: "const" }
    : { name: p.names.u, dtype: "f32", shape: [...head, c, p.channels], role: "const" };
};

/** for t: { n, y, x = position of the tile } body */
function eachTile(p: WinogradPlan, b: Expr, prefix: string, body: (t: Expr, n: Expr, y: Expr, x: Expr) => Stmt): Stmt {
  const tiles = tilesOf(p.form.size, p.m);
  const t = v(`${prefix}.t`);
  const lets = createLets(`${prefix}.q`);
  const q = lets.bind(make.add(blockBase(b, tiles.all, p.block, "overlap"), t));
  const image = at(tiles.y * tiles.x);
  const [n, rest] = p.form.size.n > 1 ? [lets.bind(make.div(q, image)), lets.bind(make.mod(q, image))] : ([at(0), q] as const);
  const y = lets.bind(make.mul(make.div(rest, at(tiles.x)), at(p.m)));
  const x = lets.bind(make.mul(make.mod(rest, at(tiles.x)), at(p.m)));
  return make.loop(`${prefix}.t`, p.block, lets.around(body(t, n, y, x)));
}

const shift = (e: Expr, by: number): Expr => (by < 0 ? make.sub(e, at(-by)) : make.add(e, at(by)));

/** Whether x, x + 1, .. x + count - 1 all lie in [0, extent), for x in a range. */
function inside(x: Expr, [lo, hi]: Range, count: number, extent: number): Expr | null {
  return all([
    ...(lo < 0 ? [make.bin("ge", x, at(0))] : []),
    ...(hi + count > extent ? [make.bin("le", x, at(extent - count))] : []),
  ]);
}

/** Rows or columns at which tiles begin. */
const origins = (tiles: number, m: number, by: number): Range => [by, (tiles - 1) * m + by];

/**
 * V[i, j][t, c] = (B^T d B)[i, j], d the tile's elements. Tiles whose elements all exist are read without predicates; loops `in.c`, and
 * `rim.c` for tiles that reach into the padding.
 */
export function transformInput(p: WinogradPlan, b: Expr): Stmt {
  const { form, m } = p;
  const { size, top, left } = form;
  const tiles = tilesOf(size, m);
  const size2 = m + 2;
  const steps = Array.from({ length: size2 }, (_, i) => i);
  return eachTile(p, b, "in", (t, n, y, x) => {
    const [y0, x0] = [shift(y, top), shift(x, left)];
    const [ys, xs] = [origins(tiles.y, m, top), origins(tiles.x, m, left)];
    const channels = (prefix: string, exists: (i: number, j: number) => Expr | null): Stmt => {
      const c = v(`${prefix}.c`);
      const lets = createLets(`${prefix}.d`);
      const element = (i: number, j: number): Expr => {
        const value = operandAt(form.data, [n, shift(y0, i), shift(x0, j), c], exists(i, j));
        return lets.bind(make.cast(inputBuffer(p).dtype, value, true));
      };
      const d = steps.map((i) => steps.map((j) => element(i, j)));
      const transform = (row: readonly Expr[]) => (isExact(form) ? exactInput : inputTransform)(m, row, lets);
      const columns = steps.map((j) => transform(d.map((row) => row[j])).map(lets.bind));
      const stores = steps.flatMap((i) =>
        transform(columns.map((column) => column[i])).map((value, j) =>
          make.store(p.names.v, [at(i * size2 + j), make.add(make.mul(t, at(size.c)), c)], value),
        ),
      );
      return make.loop(`${prefix}.c`, size.c, lets.around(make.seq(...stores)));
    };
    const whole = all([inside(y0, ys, size2, size.inY), inside(x0, xs, size2, size.inX)].filter((e) => e !== null));
    if (!whole) return channels("in", () => null);
    const lets = createLets("rim.p");
    const bits = (z0: Expr, [lo, hi]: Range, extent: number) =>
      steps.map((i) => {
        const bit = inside(shift(z0, i), [lo + i, hi + i], 1, extent);
        return bit && lets.bind(bit);
      });
    const [rows, cols] = [bits(y0, ys, size.inY), bits(x0, xs, size.inX)];
    const rim = channels("rim", (i, j) => all([rows[i], cols[j]].filter((e) => e !== null)));
    return make.ifThen(
      whole,
      channels("in", () => null),
      lets.around(rim),
    );
  });
}

/** M[t, p, k] = sum over c of V[p, t, c] U[p, c, k], a register tile at a time: loops `p`, `t.o`, `c` around `t.i`, `k.i`. */
export function multiply(p: WinogradPlan, panel: Expr): Stmt {
  const { form, names, block, positions, channels } = p;
  const { c: depth } = form.size;
  const parts = partsOf(form, p.m);
  const points = pointsOf(p.m);
  const { dtype } = form.acc;
  const acc: Buffer = { name: names.acc, dtype, shape: [positions, channels], role: "local" };
  const base = blockBase(v("t.o"), block, positions, "overlap");
  const tile = (prefix: string, body: (t: Expr, k: Expr) => Stmt): Stmt =>
    make.loop(`${prefix}t.i`, positions, make.loop(`${prefix}k.i`, channels, body(v(`${prefix}t.i`), v(`${prefix}k.i`))));
  const point = parts === 1 ? v("p") : make.mod(v("p"), at(points));
  const first = parts === 1 ? at(0) : make.mul(make.div(v("p"), at(points)), at(depth / parts));
  const c = make.add(first, v("c"));
  const zero = make.constant(dtype, 0);
  const input = (t: Expr) =>
    make.load(names.v, inputBuffer(p).dtype, [point, make.add(make.mul(make.add(base, t), at(depth)), c)]);
  const inPairs = (k: Expr) => [make.div(c, at(2)), k, make.mod(c, at(2))];
  const filter = (k: Expr) => make.load(names.u, filterBuffer(p).dtype, [panel, point, ...(isExact(form) ? inPairs(k) : [c, k])]);
  const product = (t: Expr, k: Expr) => make.mul(make.cast(dtype, input(t), true), make.cast(dtype, filter(k), true));
  const body = make.seq(
    tile("init.", (t, k) => make.store(names.acc, [t, k], zero)),
    make.loop(
      "c",
      depth / parts,
      tile("", (t, k) => make.reduce("add", names.acc, [t, k], product(t, k))),
    ),
    tile("copy.", (t, k) => make.store(names.m, [make.add(base, t), v("p"), k], make.load(names.acc, dtype, [t, k]))),
  );
  return make.loop("p", parts * points, make.loop("t.o", blocksOf(block, positions), { k: "alloc", buffer: acc, body }));
}

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

/** init + (A^T M A)[i, j], written by the maps; loop `out.k`, and `edge.k` with a test for every pixel of tiles that reach over the end. */
export function transformOutput(p: WinogradPlan, kernel: Kernel, b: Expr, panel: Expr): Stmt {
  const { form, m, names } = p;
  const { size, vars, acc } = form;
  const tiles = tilesOf(size, m);
  const [init, , ...maps] = form.stages.map((s) => nestOf(s.body).body);
  const start = init.k === "store" ? init.value : make.constant(acc.dtype, 0);
  const steps = Array.from({ length: m }, (_, i) => i);
  const points = Array.from({ length: m + 2 }, (_, i) => i);
  const buffers = new Map(kernel.buffers.map((x) => [x.name, x]));
  return eachTile(p, b, "out", (t, n, y, x) => {
    const channels = (prefix: string, tested: boolean): Stmt => {
      const own = v(`${prefix}.k`);
      const k = make.add(make.mul(panel, at(p.channels)), own);
      const lets = createLets(`${prefix}.m`);
      const product = (part: number, i: number, j: number) =>
        lets.bind(make.load(names.m, acc.dtype, [t, at(part * pointsOf(m) + i * (m + 2) + j), own]));
      const transform = (row: readonly Expr[]) => (isExact(form) ? exactOutput : outputTransform)(m, row, lets);
      const sumsOf = (part: number): readonly (readonly Expr[])[] => {
        const columns = points.map((j) => transform(points.map((i) => product(part, i, j))).map(lets.bind));
        return steps.map((i) =>
          transform(columns.map((column) => column[i])).map((sum, j) =>
            lets.bind(isExact(form) ? exactQuotient(m, i, j, sum) : sum),
          ),
        );
      };
      const [head, ...others] = Array.from({ length: partsOf(form, m) }, (_, part) => sumsOf(part));
      const rows = others.reduce(
        (sums, more) => sums.map((row, i) => row.map((x, j) => lets.bind(make.add(x, more[i][j])))),
        head,
      );
      const pixel = (i: number, j: number): Stmt => {
        const sum = make.isConstValue(start, 0) ? rows[i][j] : make.add(start, rows[i][j]);
        const position = new Map<string, Expr>([
          ...(vars.n ? [[vars.n, n] as const] : []),
          [vars.y, shift(y, i)],
          [vars.x, shift(x, j)],
        ]);
        const one = make.seq(...maps.map((s, g) => renamed(withSums(s, acc.name, sum), `${prefix}${i}${j}${g}`)));
        const placed = mapStmt(one, (e) => substitute(e, position));
        const runsOver = size.k % p.channels !== 0;
        const env: Ranges = new Map([
          [`${prefix}.k`, [0, p.channels - 1]],
          ["k.o", [0, blocksOf(size.k, p.channels) - 1]],
        ]);
        const stmt = splitVars(placed, [{ name: vars.k, extent: size.k, value: k, runsOver }], env, (name) => buffers.get(name));
        const test =
          tested &&
          all([
            ...(size.y % m ? [make.bin("lt", shift(y, i), at(size.y))] : []),
            ...(size.x % m ? [make.bin("lt", shift(x, j), at(size.x))] : []),
          ]);
        return test ? make.ifThen(test, stmt ?? one) : (stmt ?? one);
      };
      const pixels = steps.flatMap((i) => steps.map((j) => pixel(i, j)));
      return make.loop(`${prefix}.k`, p.channels, lets.around(make.seq(...pixels)));
    };
    const whole = all(
      [inside(y, origins(tiles.y, m, 0), m, size.y), inside(x, origins(tiles.x, m, 0), m, size.x)].filter((e) => e !== null),
    );
    return whole ? make.ifThen(whole, channels("out", false), channels("edge", true)) : channels("out", false);
  });
}
