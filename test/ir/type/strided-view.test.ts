import fc from "fast-check";
import { expect, it } from "vitest";
import { picked, recipeOf, reshaped, type StridedView, sliced, transposed, viewOf } from "../../../src/ir/type/strided-view.js";

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);

/** Elements of the base in the order of the view. */
function elements(v: StridedView): number[] {
  return v.dims.reduce<number[]>(
    (all, d) => all.flatMap((o) => Array.from({ length: d.size }, (_, i) => o + i * d.stride)),
    [v.offset],
  );
}

/** A view after drawn ops, and the elements that they leave, moved one by one. */
function walk(shape: readonly number[], draws: readonly (readonly number[])[]): { view: StridedView; moved: number[] } {
  let view = viewOf(shape);
  let moved = elements(view);
  for (const [kind, a, b, c] of draws) {
    const sizes = view.dims.map((d) => d.size);
    const index = (at: readonly number[]) => at.reduce((sum, i, d) => sum * sizes[d] + i, 0);
    const axis = a % Math.max(1, sizes.length);
    const list = (next: StridedView, source: (at: number[]) => number[]): void => {
      const all = next.dims.reduce<number[][]>(
        (p, d) => p.flatMap((q) => Array.from({ length: d.size }, (_, i) => [...q, i])),
        [[]],
      );
      moved = all.map((at) => moved[index(source(at))]);
      view = next;
    };
    if (sizes.length === 0) continue;
    if (kind === 0) {
      const perm = sizes.map((_, d) => (d + b) % sizes.length);
      list(transposed(view, perm), (at) => sizes.map((_, d) => at[perm.indexOf(d)]));
    } else if (kind === 1) {
      const start = b % sizes[axis];
      const step = 1 + (c % 2);
      const size = Math.ceil((sizes[axis] - start) / step);
      list(sliced(view, axis, start, size, step), (at) => at.with(axis, start + at[axis] * step));
    } else if (kind === 2) {
      list(picked(view, axis, b % sizes[axis]), (at) => at.toSpliced(axis, 0, b % sizes[axis]));
    } else {
      const next = axis + 1 < sizes.length ? sizes.toSpliced(axis, 2, sizes[axis] * sizes[axis + 1]) : sizes;
      const cut = next.flatMap((d, k) => (k === b % next.length && d % 2 === 0 ? [2, d / 2] : [d]));
      view = reshaped(view, cut) ?? view;
    }
  }
  return { view, moved };
}

const shapes = fc.array(fc.constantFrom(1, 2, 3, 4, 6), { minLength: 1, maxLength: 4 });
const draws = fc.array(fc.tuple(fc.nat(3), fc.nat(5), fc.nat(5), fc.nat(5)), { maxLength: 5 });

it("a view reads what its ops leave, in their order", () => {
  fc.assert(
    fc.property(shapes, draws, (shape, ops) => {
      const { view, moved } = walk(shape, ops);
      expect(elements(view)).toEqual(moved);
    }),
  );
});

it("a recipe of a slice and a transpose makes the view", () => {
  let made = 0;
  fc.assert(
    fc.property(shapes, draws, (shape, ops) => {
      const { view } = walk(shape, ops);
      const recipe = recipeOf(view, product(shape));
      if (!recipe) return;
      made++;
      let v = viewOf(recipe.split);
      recipe.starts.forEach((start, d) => {
        v = sliced(v, d, start, recipe.sizes[d], 1);
      });
      const kept = v.dims.filter((d) => d.size !== 1);
      expect(kept.map((d) => d.size)).toEqual(recipe.kept);
      expect(elements(transposed({ ...v, dims: kept }, recipe.perm))).toEqual(elements(view));
    }),
  );
  expect(made).toBeGreaterThan(20);
});
