/**
 * Which tiles there are and which points they have. With `short`, the last tile of an axis whose rest is one or two has two outputs instead
 * of four, by four of the six points; the other two points exist for the tiles before it only:
 *   14 = 4 + 4 + 4 + 2: 22 x 22 products instead of 24 x 24.
 */
import { type ConvForm, tilesOf } from "./winograd-form.js";
import { pointsAlong, type TileKind, type WinogradTile } from "./winograd-math.js";

/** Tiles of one kind along an axis. */
export interface Section {
  readonly kind: TileKind;
  readonly first: number;
  readonly count: number;
}

/** Tiles that are alike. Their loops are named with the prefix. */
export interface TileGroup {
  readonly prefix: string;
  readonly y: Section;
  readonly x: Section;
}

/** Points that the same tiles have: the first `rows` x `cols`. Their products' loops are named with the prefix. */
export interface PointGroup {
  readonly prefix: string;
  readonly points: readonly (readonly [number, number])[];
  readonly rows: number;
  readonly cols: number;
  /** Where their planes begin among all. */
  readonly first: number;
}

export interface Tiling {
  readonly m: WinogradTile;
  readonly tiles: readonly TileGroup[];
  readonly points: readonly PointGroup[];
}

/** Prefixes of loops: along both axes whole, or short along x, y or both. */
export const PREFIXES = ["", "x.", "y.", "yx."] as const;

const prefixOf = (y: boolean, x: boolean): string => PREFIXES[(y ? 2 : 0) + (x ? 1 : 0)];

/** Whether the last tile of an axis is short: its rest is one or two, and there are others. */
const hasShort = (extent: number, m: WinogradTile): boolean => m === 4 && extent > m && (extent % m === 1 || extent % m === 2);

/** Whether some tiles may be short: an axis ends with one, and one block holds all tiles of one image. */
export const mayBeShort = (size: ConvForm["size"], m: WinogradTile, block: number): boolean =>
  size.n === 1 && block === tilesOf(size, m).all && (hasShort(size.y, m) || hasShort(size.x, m));

export function tilingOf(size: ConvForm["size"], m: WinogradTile, short: boolean): Tiling {
  const all = tilesOf(size, m);
  const axis = (extent: number, count: number) => {
    const last = short && hasShort(extent, m);
    const whole = last ? count - 1 : count;
    const shared = last ? pointsAlong("short") : pointsAlong(m);
    return {
      sections: [{ kind: m, first: 0, count: whole }, ...(last ? [{ kind: "short" as const, first: whole, count: 1 }] : [])],
      points: [{ of: shared, count }, ...(last ? [{ of: pointsAlong(m).filter((p) => !shared.includes(p)), count: whole }] : [])],
    };
  };
  const [y, x] = [axis(size.y, all.y), axis(size.x, all.x)];
  const points: PointGroup[] = [];
  let first = 0;
  for (const [i, rows] of y.points.entries()) {
    for (const [j, cols] of x.points.entries()) {
      const own = rows.of.flatMap((p) => cols.of.map((q) => [p, q] as const));
      points.push({ prefix: prefixOf(i > 0, j > 0), points: own, rows: rows.count, cols: cols.count, first });
      first += own.length;
    }
  }
  const tiles = y.sections.flatMap((a, i) => x.sections.map((b, j) => ({ prefix: prefixOf(i > 0, j > 0), y: a, x: b })));
  return { m, tiles, points };
}

/** The group of a point, and its plane among all. */
export function planeOf({ points }: Tiling, i: number, j: number): { readonly group: PointGroup; readonly plane: number } {
  for (const group of points) {
    const found = group.points.findIndex(([p, q]) => p === i && q === j);
    if (found >= 0) return { group, plane: group.first + found };
  }
  throw new RangeError(`no point ${i}, ${j}`);
}
