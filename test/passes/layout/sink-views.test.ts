import fc from "fast-check";
import { expect, it } from "vitest";
import { dimGroups, shapeIn } from "../../../src/passes/layout/sink-views.js";

const product = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);

/** Two shapes that differ in how neighbouring dimensions are grouped. */
const regrouped = fc
  .array(fc.record({ d: fc.integer({ min: 1, max: 4 }), a: fc.boolean(), b: fc.boolean() }), { minLength: 1, maxLength: 5 })
  .map((parts) => {
    const group = (join: (p: (typeof parts)[number]) => boolean) => {
      const out: number[] = [];
      for (const p of parts) {
        if (out.length && join(p)) out[out.length - 1] *= p.d;
        else out.push(p.d);
      }
      return out;
    };
    return [group((p) => p.a), group((p) => p.b)] as const;
  });

it("groups of dimensions hold equally many elements and cover both shapes in order", () => {
  fc.assert(
    fc.property(regrouped, ([a, b]) => {
      let [i, j] = [0, 0];
      for (const [i0, i1, j0, j1] of dimGroups(a, b)) {
        expect([i0, j0]).toEqual([i, j]);
        expect(product(a.slice(i0, i1))).toBe(product(b.slice(j0, j1)));
        [i, j] = [i1, j1];
      }
      expect([i, j]).toEqual([a.length, b.length]);
    }),
  );
});

/** The element of an operand of shape `own` that each element of `shape` reads, row-major. */
function readBy(own: readonly number[], shape: readonly number[]): number[] {
  const full = [...new Array<number>(shape.length - own.length).fill(1), ...own];
  return Array.from({ length: product(shape) }, (_, flat) => {
    let [rest, at, stride] = [flat, 0, 1];
    for (let d = shape.length - 1; d >= 0; d--) {
      const i = rest % shape[d];
      rest = Math.floor(rest / shape[d]);
      at += (full[d] === 1 ? 0 : i) * stride;
      stride *= full[d];
    }
    return at;
  });
}

it("an operand in other dimensions is read at the same places", () => {
  fc.assert(
    fc.property(regrouped, fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), ([from, to], keep) => {
      const own = from.map((d, k) => (keep[k] ? d : 1));
      const moved = shapeIn(own, from, to);
      if (moved) expect(readBy(moved, to)).toEqual(readBy(own, from));
    }),
  );
});
