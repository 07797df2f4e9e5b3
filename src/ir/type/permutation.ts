/** Permutations of axes: y = transpose(x, p) has y.shape[i] = x.shape[p[i]]. */

export type Perm = readonly number[];

/** [N, *S, C] -> [N, C, *S] */
export const toChannelsFirst = (rank: number): Perm => [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];
/** [N, C, *S] -> [N, *S, C] */
export const toChannelsLast = (rank: number): Perm => [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];

export const isIdentity = (p: Perm): boolean => p.every((a, i) => a === i);
export const samePerm = (a: Perm, b: Perm): boolean => a.length === b.length && a.every((x, i) => x === b[i]);
/** transpose(transpose(x, a), b) = transpose(x, compose(a, b)) */
export const compose = (a: Perm, b: Perm): Perm => b.map((i) => a[i]);
export const permute = <T>(list: readonly T[], p: Perm): T[] => p.map((i) => list[i]);

export function inverse(p: Perm): Perm {
  const q = new Array<number>(p.length);
  p.forEach((a, i) => {
    q[a] = i;
  });
  return q;
}

/** Does the transpose keep the order of the dimensions that are larger than one, so that no element moves? */
export function movesNothing(shape: readonly number[], p: Perm): boolean {
  const kept = p.filter((axis) => shape[axis] !== 1);
  return kept.every((axis, i) => i === 0 || kept[i - 1] < axis);
}
