/** What op records say of axes, held against what the ops mean: every op with a rule, on drawn cases. */
import { describe, expect, it } from "vitest";
import { channelsFormDifference, transposeDifference, transposedRank } from "../../../src/check/axes.js";
import { type Drawn, drawCase } from "../../../src/check/draw/op-case.js";
import { namesAxis, transposeRule } from "../../../src/ir/op/layout.js";
import { inferOp } from "../../../src/ir/op/registry.js";
import { createGen, type Gen } from "../../../src/ir/op/sample.js";
import type { Tensor } from "../../../src/ir/op/tensor.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { type Perm, toChannelsFirst } from "../../../src/ir/type/permutation.js";
import { type StridedView, viewOf } from "../../../src/ir/type/strided-view.js";
import { numElements } from "../../../src/ir/type/tensor-type.js";

const CASES = 80;
type Def = (typeof builtinOps)[number];

function apply(def: Def, inputs: readonly (Tensor | null)[], attrs: Drawn["attrs"]): readonly Tensor[] {
  const types = inputs.map((t) => t?.type ?? null);
  const done = inferOp(def, types, attrs, (code, message) => {
    throw new Error(`${code} ${message}`);
  });
  return def.eval(inputs, done.attrs as never, done.types);
}

function shuffled(g: Gen, rank: number): Perm {
  const left = Array.from({ length: rank }, (_, i) => i);
  return Array.from({ length: rank }, () => left.splice(g.int(0, left.length - 1), 1)[0]);
}

describe("op(transpose(x, p)) = transpose(op'(x), p')", () => {
  for (const def of builtinOps.filter((d) => transposeRule(d))) {
    it(def.name, () => {
      let held = 0;
      for (let seed = 1; seed <= CASES; seed++) {
        const c = drawCase(def, seed);
        const rank = transposedRank(def, c)!;
        if (c.inputs.some((t) => t?.data.length === 0)) continue;
        // integers are interpolated in double: where the spatial axes change places, a tie may round the other way
        const isLayout = rank > 2 && (seed % 2 === 0 || (def.name === "resize" && c.types[0].dtype === "u8"));
        const found = transposeDifference(def, c, isLayout ? toChannelsFirst(rank) : shuffled(createGen(seed), rank));
        if (found === undefined) continue;
        held++;
        expect(found, `seed ${seed}`).toBeNull();
      }
      expect(held).toBeGreaterThan(5);
    });
  }
});

describe("the channels-last form means the same", () => {
  for (const def of builtinOps.filter((d) => d.layout?.channels)) {
    const { last, alongPixels } = def.layout!.channels!;
    it(def.name, () => {
      const drawn = Array.from({ length: CASES }, (_, seed) => channelsFormDifference(def, drawCase(def, seed + 1)));
      const found = drawn.filter((d) => d !== undefined);
      expect(found.length).toBeGreaterThan(10);
      expect(found.filter((d) => d !== null)).toEqual([]);
    });
    it(`${def.name}: the channels-last form has no further one`, () => {
      for (let seed = 1; seed <= CASES; seed++) {
        const attrs = last(drawCase(def, seed).attrs as never);
        if (attrs) expect(last(attrs as never)).toBeNull();
      }
    });
    it.skipIf(!alongPixels)(`${def.name}: its loops along pixels have the products that it costs`, () => {
      let found = 0;
      for (let seed = 1; seed <= 40 * CASES; seed++) {
        const c = drawCase(def, seed);
        const types = c.inputs.map((t) => t?.type ?? null);
        const loops = last(c.attrs as never) && alongPixels!(types, c.types[0], c.attrs as never);
        if (!loops) continue;
        found++;
        expect(loops.channels).toBe(c.types[0].shape[1]);
        expect(2 * loops.products).toBeLessThanOrEqual(def.cost!(types, c.types, c.attrs as never).flops);
        expect(numElements(c.types[0].shape.slice(2)) % loops.pixels).toBe(0);
      }
      expect(found).toBeGreaterThan(2);
    });
  }
});

/** Elements of the base in the order of the view. */
const elements = (v: StridedView): number[] =>
  v.dims.reduce<number[]>((all, d) => all.flatMap((o) => Array.from({ length: d.size }, (_, i) => o + i * d.stride)), [v.offset]);

describe("a view reads what the op leaves", () => {
  for (const def of builtinOps.filter((d) => d.layout?.view)) {
    it(def.name, () => {
      let held = 0;
      for (let seed = 1; seed <= 4 * CASES; seed++) {
        const c = drawCase(def, seed);
        const [x] = c.inputs;
        if (!x || x.data.length === 0) continue;
        const node = { result: c.types[0], constant: (i: number) => c.inputs[i] ?? null };
        const view = def.layout!.view!(viewOf(x.type.shape), c.attrs as never, node);
        if (!view) continue;
        held++;
        const [y] = apply(def, c.inputs, c.attrs);
        expect(elements(view).map((at) => x.data[at])).toEqual([...y.data]);
      }
      expect(held).toBeGreaterThan(10);
    });
  }
});

describe("a join holds its operands one after the other", () => {
  for (const def of builtinOps.filter((d) => d.layout?.joins)) {
    it(def.name, () => {
      for (let seed = 1; seed <= CASES; seed++) {
        const c = drawCase(def, seed);
        const axis = def.layout!.joins!(c.attrs as never);
        const [y] = apply(def, c.inputs, c.attrs);
        const rows = numElements(y.type.shape.slice(0, axis));
        const parts = c.inputs.map((t) => ({ data: t!.data, run: numElements(t!.type.shape.slice(axis)) }));
        const joined = Array.from({ length: rows }, (_, r) =>
          parts.flatMap(({ data, run }) => [...(data as Float64Array).slice(r * run, (r + 1) * run)]),
        );
        expect([...y.data]).toEqual(joined.flat());
      }
    });
  }
});

it("an element-wise op names an axis only where its attributes do", () => {
  const named = builtinOps.filter((def) =>
    Array.from({ length: CASES }, (_, seed) => drawCase(def, seed + 1)).some(
      (c) =>
        def.traits.includes("elementwise") &&
        namesAxis(
          def,
          c.attrs,
          c.inputs.map((t) => t?.type ?? null),
        ),
    ),
  );
  expect(named.map((d) => d.name).sort()).toEqual(["quantize", "requantize"]);
});
